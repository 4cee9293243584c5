"""CSV with the fields of the API as columns; when it is read only ``title`` is required, and there may be others."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from todo_cli.formats.csv_rows import table
from todo_cli.formats.record import Entry, Record, Unreadable, done_member, numbered, origin, parse_time, rest_of
from todo_cli.formats.text_file import BrokenFile, TextFile
from todo_cli.json_output import task_document
from todo_core.task import PUBLISHED_FIELDS, Task

_END = "\r\n"
_TRUTH = {"true": True, "yes": True, "x": True, "1": True, "false": False, "no": False, "0": False, "": None}


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return a line of names and one record for each task; a record has several lines if its description has."""
    yield ",".join(PUBLISHED_FIELDS)
    for task in tasks:
        text = io.StringIO()
        document = task_document(task) | {"completed": str(task.completed).lower()}
        # The writer quotes what its own line end holds, so both characters must be in it.
        csv.writer(text, lineterminator=_END).writerow([document[column] for column in PUBLISHED_FIELDS])
        yield text.getvalue().removesuffix(_END)


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file; each has the number of its first line."""
    names, rows = table(file.lines())
    _check(names)
    for row in rows:
        yield numbered(row.line, lambda fields=row.value: _record(fields))  # type: ignore[misc]


def _check(names: list[str]) -> None:
    if "title" not in names:
        raise BrokenFile(1, "The first line must name the columns, title among them.")
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        raise BrokenFile(1, "Two columns have the same name.")


def _record(fields: Mapping[str, str] | Unreadable) -> Record:
    if isinstance(fields, Unreadable):
        raise fields
    times = {name: _time(fields, name) for name in ("completed_at", "created_at", "updated_at")}
    done = done_member(fields, lambda text: _word(text) in _TRUTH)
    completed = _word(fields.get(done, ""))
    if completed not in _TRUTH:
        raise Unreadable("completed must be true or false.")
    return Record(
        fields["title"],
        fields.get("description"),
        _TRUTH[completed],
        times["completed_at"],
        times["created_at"],
        times["updated_at"],
        origin(fields.get("user_id"), fields.get("id"), times["created_at"]),
        rest_of({name: text for name, text in fields.items() if name not in {*PUBLISHED_FIELDS, done}}),
    )


def _word(text: object) -> str:
    return str(text).strip().lower()


def _time(fields: Mapping[str, str], name: str) -> datetime | None:
    text = fields.get(name, "").strip()
    return parse_time(name, text) if text else None
