"""To-dos in iCalendar (RFC 5545, section 3.6.2), which Apple Reminders and many others write."""

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from todo_cli.formats.record import Entry, LeftOut, Record, Unreadable, numbered, one_line, rest_of
from todo_cli.formats.text_file import LIMIT, BrokenFile, TextFile

_REST = {
    "due": "DUE",
    "start": "DTSTART",
    "priority": "PRIORITY",
    "categories": "CATEGORIES",
    "parent": "RELATED-TO",
    "recurrence": "RRULE",
    "location": "LOCATION",
    "link": "URL",
}
_UNDEFINED_PRIORITY = "0"
_CALENDAR_NAME = "X-WR-CALNAME:"
_ATTACHED = re.compile("ATTACH[;:]", re.IGNORECASE)


def read(file: TextFile) -> Iterator[Entry]:
    """Return the to-dos of a file; events, and whatever else is in a calendar, are passed over."""
    task_list, start, todo = "", 0, _Lines()
    for number, line in enumerate(file.lines(), 1):
        mark = line.strip().upper()
        if mark == "BEGIN:VTODO":
            start, todo = number, _Lines()
            todo.add(line)
        elif todo.length:
            todo.add(line)
            if mark == "END:VTODO":
                yield numbered(start, lambda todo=todo, task_list=task_list: _todo(todo.text, task_list))  # type: ignore[misc]
                todo = _Lines()
        elif mark.startswith(_CALENDAR_NAME):
            task_list = line.strip()[len(_CALENDAR_NAME) :]
    if todo.length:
        raise BrokenFile(start, "The file ends in the middle of this to-do.")


class _Lines:
    """The lines of a to-do without the files attached to it, which may be of any size."""

    def __init__(self) -> None:
        self.length = 0
        self._lines: list[str] = []
        self._attached = False

    def add(self, line: str) -> None:
        """Add a line, unless it is too much."""
        folded = line.startswith((" ", "\t"))  # It goes on with the line before (RFC 5545, section 3.1).
        self._attached = self._attached if folded else _ATTACHED.match(line) is not None
        if not self._attached:
            self.length += len(line)
            if self.length <= LIMIT:
                self._lines.append(line)

    @property
    def text(self) -> str:
        """The lines. Raises Unreadable if they are longer than a task can be."""
        if self.length > LIMIT:
            raise Unreadable(f"This is longer than {LIMIT} characters.")
        return "".join(self._lines)


def _todo(text: str, task_list: str) -> Record | LeftOut:
    from icalendar import Todo  # noqa: PLC0415  slow, and only this format needs it

    try:
        with warnings.catch_warnings():
            # The library guesses what zones of other programs' own mean; no time that is taken has one.
            warnings.simplefilter("ignore")
            todo = Todo.from_ical(text)
        status = str(todo.get("STATUS", "")).upper()
        if status == "CANCELLED":
            return LeftOut("cancelled")
        completed_at = _time(todo.decoded("COMPLETED", None))
        key = " ".join(_plain(todo[name]) for name in ("UID", "RECURRENCE-ID") if name in todo)
        rest = {name: _plain(todo[field]) for name, field in _REST.items() if field in todo}
        if rest.get("priority") == _UNDEFINED_PRIORITY:
            del rest["priority"]
        return Record(
            one_line(str(todo.get("SUMMARY", ""))),
            str(todo.get("DESCRIPTION", "")) or None,
            status == "COMPLETED" or completed_at is not None,
            completed_at,
            _time(todo.decoded("CREATED", None)),
            _time(todo.decoded("LAST-MODIFIED", None)),
            f"icalendar {key}" if key else None,
            rest_of({**rest, "alarm": bool(todo.subcomponents), "list": task_list}),
        )
    except (ValueError, AttributeError, TypeError, KeyError, OSError):  # The last for a zone that can be no file.
        raise Unreadable("This is not an iCalendar to-do.") from None


def _time(value: object) -> datetime | None:
    """Return a time in UTC, which is what RFC 5545 wants where a to-do was made, changed and completed."""
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _plain(value: Any) -> str:  # noqa: ANN401  a value of the library, or several
    values = value if isinstance(value, list) else [value]
    return ", ".join(one.to_ical().decode() for one in values)
