"""CSV (RFC 4180) with a line of names first; of the columns only ``title`` is required when it is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from todo_cli.documents import task_document
from todo_cli.formats.record import Numbered, Record, Unreadable, numbered, origin, parse_time
from todo_core.task import Task

_COLUMNS = ("id", "user_id", "title", "description", "completed", "completed_at", "created_at", "updated_at")
_END = "\r\n"
_TRUTH = {"true": True, "yes": True, "x": True, "1": True, "false": False, "no": False, "0": False, "": None}


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return a line of names and one record for each task; a record has more lines where its description has."""
    yield ",".join(_COLUMNS)
    for task in tasks:
        text = io.StringIO()
        document = task_document(task) | {"completed": str(task.completed).lower()}
        # The writer quotes what its own line end holds, so both characters must be in it.
        csv.writer(text, lineterminator=_END).writerow([document[column] for column in _COLUMNS])
        yield text.getvalue().removesuffix(_END)


def read(lines: Iterable[str]) -> Iterator[Numbered[Record]]:
    """Return the tasks of a file; each has the number of its first line."""
    rows = csv.reader(lines, strict=True)
    start = 1
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        refusal = _refusal(names)
        if refusal:
            yield Numbered(1, Unreadable(refusal))
            return
        start = rows.line_num + 1
        for row in rows:
            if row:
                yield numbered(start, lambda row=row: _record(names, row))  # type: ignore[misc]
            start = rows.line_num + 1
    except csv.Error as error:
        yield Numbered(start, Unreadable(f"This is not CSV: {error}."))


def _refusal(names: list[str]) -> str | None:
    if "title" not in names:
        return "The first line must name the columns, title among them."
    if len(set(names)) < len(names) or set(names) - set(_COLUMNS):
        return f"The columns must be among {', '.join(_COLUMNS)}, each at most once."
    return None


def _record(names: list[str], row: list[str]) -> Record:
    if len(row) != len(names):
        raise Unreadable(f"There must be {len(names)} fields, not {len(row)}.")
    fields = dict(zip(names, row, strict=True))
    times = {name: _time(fields, name) for name in ("completed_at", "created_at", "updated_at")}
    completed = fields.get("completed", "").strip().lower()
    if completed not in _TRUTH:
        raise Unreadable("completed must be true or false.")
    return Record(
        fields["title"],
        fields.get("description"),
        _TRUTH[completed],
        **times,
        origin=origin(fields.get("user_id"), fields.get("id"), times["created_at"]),
    )


def _time(fields: Mapping[str, str], name: str) -> datetime | None:
    text = fields.get(name, "").strip()
    return parse_time(name, text) if text else None
