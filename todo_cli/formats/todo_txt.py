"""todo.txt (https://github.com/todotxt/todo.txt): ``x completed created title``.

Dates are in UTC. The format knows no descriptions; one is kept in a ``note:`` tag at the end, percent-encoded. A
priority stays a part of the title.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from todo_cli.formats.record import Numbered, Record, Unreadable, numbered
from todo_core.task import Task

_DATE = r"\d{4}-\d\d-\d\d"
_DONE = re.compile(rf"x +(?:(?P<completed>{_DATE}) +(?:(?P<created>{_DATE}) +)?)?(?P<title>.*)")
_OPEN = re.compile(rf"(?:(?P<created>{_DATE}) +)?(?P<title>.*)")
_NOTE = re.compile(r"(?:^|\s)note:(\S+)$")


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return one line for each task."""
    for task in tasks:
        done = f"x {task.completed_at:%Y-%m-%d} " if task.completed_at else ""
        note = f" note:{quote(task.description, safe='')}" if task.description else ""
        yield f"{done}{task.created_at:%Y-%m-%d} {task.title}{note}"


def read(lines: Iterable[str]) -> Iterator[Numbered[Record]]:
    """Return the tasks of a file; empty lines are left out."""
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield numbered(number, lambda text=text: _record(text.strip()))  # type: ignore[misc]


def _record(text: str) -> Record:
    done = _DONE.fullmatch(text)
    found = done or _OPEN.fullmatch(text)
    if found is None:
        raise Unreadable("This is not a line of todo.txt.")
    title, note = found["title"], _NOTE.search(found["title"])
    return Record(
        title=title[: note.start()] if note else title,
        description=unquote(note[1]) if note else None,
        completed=done is not None,
        completed_at=_day(done["completed"]) if done else None,
        created_at=_day(found["created"]),
    )


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable("There is no such date.") from None
