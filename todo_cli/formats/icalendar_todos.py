"""To-dos in iCalendar (RFC 5545, section 3.6.2), which Apple Reminders and many others write."""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, cast

from todo_cli.formats.record import Entry, LeftOut, Record, Unreadable, numbered, one_line, rest_of
from todo_cli.formats.text_file import LIMIT, BrokenFile, TextFile

if TYPE_CHECKING:
    from icalendar import Todo

_REST = {
    "due": "DUE",
    "start": "DTSTART",
    "priority": "PRIORITY",
    "categories": "CATEGORIES",
    "parent": "RELATED-TO",
    "recurrence": "RRULE",
    "location": "LOCATION",
    "link": "URL",
    "duration": "DURATION",
    "status": "STATUS",
    "progress": "PERCENT-COMPLETE",
}
_TIMES = {"completed": "COMPLETED", "created": "CREATED", "modified": "LAST-MODIFIED"}
_USUAL = {"priority": {"0"}, "status": {"NEEDS-ACTION", "COMPLETED"}, "progress": {"0", "100"}}
"""What says nothing, or nothing else than whether a to-do is done."""

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
                yield numbered(start, lambda todo=todo, task_list=task_list: _todo(todo, task_list))  # type: ignore[misc]
                todo = _Lines()
        elif mark.startswith(_CALENDAR_NAME):
            task_list = line.strip()[len(_CALENDAR_NAME) :]
    if todo.length:
        raise BrokenFile(start, "The file ends in the middle of this to-do.")


class _Lines:
    """The lines of a to-do without the files attached to it, which may be of any size."""

    def __init__(self) -> None:
        self.length = 0
        self.attached = False
        """Whether there are such files."""

        self._lines: list[str] = []
        self._skipping = False

    def add(self, line: str) -> None:
        """Add a line, unless it is too much."""
        folded = line.startswith((" ", "\t"))  # It goes on with the line before (RFC 5545, section 3.1).
        self._skipping = self._skipping if folded else _ATTACHED.match(line) is not None
        self.attached |= self._skipping
        if not self._skipping:
            self.length += len(line)
            if self.length <= LIMIT:
                self._lines.append(line)

    @property
    def text(self) -> str:
        """The lines. Raises Unreadable if they are longer than a task can be."""
        if self.length > LIMIT:
            raise Unreadable(f"This is longer than {LIMIT} characters.")
        return "".join(self._lines)


def _todo(lines: _Lines, task_list: str) -> Record | LeftOut:
    try:
        todo = _parsed(lines.text)
        status, progress = _first(todo, "STATUS").strip().upper(), _text(todo, "PERCENT-COMPLETE")
        if status == "CANCELLED":
            return LeftOut("cancelled")
        times = {name: _time(todo, name) for name in _TIMES.values()}
        key = " ".join(_text(todo, name) for name in ("UID", "RECURRENCE-ID") if name in todo)
        rest = {name: _text(todo, field) for name, field in _REST.items()}
        rest |= {name: _text(todo, field) for name, field in _TIMES.items() if times[field] is None}
        told = {name: text for name, text in rest.items() if text not in _USUAL.get(name, ())}
        return Record(
            one_line(_first(todo, "SUMMARY")),
            "\n".join(filter(None, [_first(todo, "DESCRIPTION"), *map(str, _all(todo, "COMMENT"))])) or None,
            status == "COMPLETED" or _text(todo, "COMPLETED") != "" or (not status and progress == "100"),
            times["COMPLETED"],
            times["CREATED"],
            times["LAST-MODIFIED"],
            f"icalendar {key}" if key else None,
            rest_of({**told, "attachment": lines.attached, "alarm": bool(todo.subcomponents), "list": task_list}),
        )
    except (ValueError, AttributeError, TypeError, KeyError, OSError):  # The last for a zone that can be no file.
        raise Unreadable("This is not an iCalendar to-do.") from None


def _parsed(text: str) -> "Todo":
    from icalendar import Todo  # noqa: PLC0415  slow, and only this format needs it

    Todo.ignore_exceptions = True  # What cannot be read of a to-do stays as text; the library asks its class for that.
    with warnings.catch_warnings():
        # The library guesses what zones of other programs' own mean; no time that is taken has one.
        warnings.simplefilter("ignore")
        return cast("Todo", Todo.from_ical(text))


def _all(todo: "Todo", name: str) -> Sequence[Any]:
    """Return the values of a property, which may stand in a to-do several times though it should not."""
    found = todo.get(name, [])
    return found if isinstance(found, list) else [found]


def _first(todo: "Todo", name: str) -> str:
    return str(next(iter(_all(todo, name)), ""))


def _text(todo: "Todo", name: str) -> str:
    """Return the values of a property as the file has them."""
    return ", ".join(value.to_ical().decode() for value in _all(todo, name)).strip()


def _time(todo: "Todo", name: str) -> datetime | None:
    """Return a time in UTC, which is what RFC 5545 wants where a to-do was made, changed and completed.

    A day stands for its beginning. None where there is no time, or none that can be read.
    """
    try:
        value = _all(todo, name)[0].dt
        if not isinstance(value, datetime):
            value = datetime.combine(value, time())
    except (IndexError, ValueError, TypeError, AttributeError):  # the last two for a duration or a period
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
