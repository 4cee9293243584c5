"""What Todoist saves as a template of a project, in CSV: a row for each task, section and comment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from todo_cli.formats.csv_rows import table
from todo_cli.formats.record import Entry, LeftOut, Numbered, Record, Unreadable, one_line, rest_of
from todo_cli.formats.text_file import TextFile

_TAKEN = {"type", "content", "description", "indent"}
_SETTINGS = {"date_lang", "deadline_lang", "timezone", "duration_unit", "is_collapsed"}
"""How other columns are to be read, or shown."""

_LOWEST_PRIORITY = "4"
_NAMES = {"date": "due"}


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file, each with the comments below it. Such a file holds open tasks only."""
    task: tuple[int, Record] | None = None
    section, above = "", list[str]()
    for row in table(file.lines()).rows:
        if isinstance(row.value, Unreadable):
            yield Numbered(row.line, row.value)
            continue
        kind, content = row.value.get("type", "").strip().lower(), row.value.get("content", "").strip()
        if kind == "task":
            if task:
                yield Numbered(*task)
            del above[_depth(row.value) :]
            task = row.line, _task(row.value, one_line(content), section, above[-1:])
            above.append(one_line(content))
        elif kind == "note" and task:
            description = "\n".join(filter(None, [task[1].description, content]))
            task = task[0], replace(task[1], description=description or None)
        elif kind == "note":
            yield Numbered(row.line, LeftOut("comment on the project"))
        elif kind == "section":
            section = content
    if task:
        yield Numbered(*task)


def _depth(fields: Mapping[str, str]) -> int:
    indent = fields.get("indent", "").strip()
    return int(indent) - 1 if indent in {"2", "3", "4", "5"} else 0


def _task(fields: Mapping[str, str], title: str, section: str, parent: list[str]) -> Record:
    rest = {_NAMES.get(name, name): text for name, text in fields.items() if name not in _TAKEN | _SETTINGS}
    if rest.get("priority", "").strip() == _LOWEST_PRIORITY:
        del rest["priority"]
    description = fields.get("description", "").strip() or None
    return Record(title, description, completed=False, rest=rest_of({**rest, "section": section, "parent": parent}))
