"""A task as a file tells it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Unreadable(Exception):
    """Something in a file is no task; the message says what, and never repeats it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in a file that is left out on purpose; ``kind`` says why in a word, such as "deleted"."""

    kind: str


@dataclass(frozen=True, slots=True)
class Numbered(Generic[Value]):
    """What stands in a file at a line, counted from 1: a value, or the reason why there is none."""

    line: int
    value: Value | Unreadable


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says about one task; None where it says nothing."""

    title: str
    description: str | None = None
    completed: bool | None = None
    completed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    origin: str | None = None
    """What identifies the task in the store that it comes from, if the file says so: the same text for the same
    task."""

    rest: tuple["Rest", ...] = ()
    """What the other program knows of the task and no field here can hold, such as a due date: names and values."""


Rest = tuple[str, str]
Entry = Numbered[Record | LeftOut]

_DONE = {"done", "isdone", "is_done", "iscompleted", "is_completed", "checked"}

_TELLING = ("displayName", "title", "description", "dateTime", "webUrl", "link", "start")
"""Members that say what an object among the rest is; the first one counts."""


def numbered(line: int, read: Callable[[], Value]) -> Numbered[Value]:
    """Return what ``read`` returns, or the Unreadable that it raises, with its line."""
    try:
        return Numbered(line, read())
    except Unreadable as reason:
        return Numbered(line, reason)
    except RecursionError:  # What can be decoded may still be too deep for what is made of it.
        return Numbered(line, Unreadable("This is nested too deeply."))


def parse_time(name: str, text: str) -> datetime:
    """Return a time in UTC. Raises Unreadable for what is not ISO 8601 with an offset."""
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise Unreadable(f"{name} must have an offset from UTC, such as Z.")
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} must be a time such as 2026-01-31T09:30:00Z.") from None


def origin(user_id: object, task_id: object, created_at: datetime | None) -> str | None:
    """Return what identifies a task of another store; None if a file does not say enough for that."""
    return None if not task_id or created_at is None else f"{user_id} {task_id} {created_at.isoformat()}"


def done_member(members: Mapping[str, object], truth: Callable[[object], bool]) -> str:
    """Return the name by which a file says whether a task is done, which is ``completed`` unless that is missing.

    ``truth`` says whether a value can mean that; other programs have other things under those names, too.
    """
    if "completed" in members:
        return "completed"
    names = (name for name, value in members.items() if name.lower() in _DONE and truth(value))
    return next(names, "completed")


def one_line(text: str) -> str:
    """Return a title of another program, which may have several lines and tabs, as one line."""
    return " ".join(part.strip() for part in text.replace("\t", " ").splitlines())


def rest_of(members: Mapping[str, object]) -> tuple[Rest, ...]:
    """Return the names and texts of those members that are not empty."""
    texts = ((name, _text(value)) for name, value in members.items())
    return tuple((name, text) for name, text in texts if text)


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        telling = next((value[name] for name in _TELLING if name in value), None)
        return json.dumps(value, ensure_ascii=False) if telling is None and value else _text(telling)
    return "yes" if value is True else str(value).strip()
