"""todo.txt (https://github.com/todotxt/todo.txt): ``x (priority) completed created title``.

Dates are in UTC. A task has no field for a priority, so that stays in front of the title. The format knows no
descriptions; one is kept in a ``note:`` tag at the end, percent-encoded. Where a title ends in what would be read as
such a tag, an empty one follows.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from todo_cli.formats.record import Entry, Record, Unreadable, numbered
from todo_cli.formats.text_file import TextFile
from todo_core.task import Task

_DATE = r"\d{4}-\d\d-\d\d"
_PRIORITY = r"\([A-Z]\) (?! )"
_TASK = re.compile(
    rf"(?P<done>x +(?P<first>{_PRIORITY})?(?:(?P<completed>{_DATE})(?: +|$)(?(first)|(?P<between>{_PRIORITY})?))?)?"
    rf"(?(done)|(?P<open>{_PRIORITY})?)"
    rf"(?:(?P<created>{_DATE})(?: |$))?(?P<title>.*)",
    re.DOTALL,
)
_PRIORITISED = re.compile(f"({_PRIORITY})(.+)", re.DOTALL)
_NOTE = re.compile(r"(?:^|[ \t])note:(\S*)\Z")


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return one line for each task."""
    for task in tasks:
        prioritised = _PRIORITISED.fullmatch(task.title)
        priority, title = prioritised.groups() if prioritised else ("", task.title)
        done = "x " if task.completed else ""
        dates = [time.date().isoformat() for time in (task.completed_at, task.created_at) if time]
        note = f" note:{quote(task.description or '', safe='')}" if task.description or _NOTE.search(title) else ""
        yield f"{done}{priority}{' '.join(dates)} {title}{note}"


def read(file: TextFile) -> Iterator[Entry]:
    """Return the tasks of a file; empty lines are left out."""
    for number, line in enumerate(file.lines(), 1):
        text = line.rstrip("\r\n").strip(" \t")
        if text:
            yield numbered(number, lambda text=text: _record(text))  # type: ignore[misc]


def _record(text: str) -> Record:
    found = _TASK.fullmatch(text)
    if found is None:
        raise Unreadable("This is not a line of todo.txt.")
    title, description = found["title"], None
    if note := _NOTE.search(title):
        try:
            description = unquote(note[1], errors="strict") or None
            title = title[: note.start()]
        except UnicodeDecodeError:
            pass  # Another program's tag.
    return Record(
        title=(found["first"] or found["between"] or found["open"] or "") + title,
        description=description,
        completed=bool(found["done"]),
        completed_at=_day(found["completed"]),
        created_at=_day(found["created"]),
    )


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable("There is no such date.") from None
