"""A task as a file tells it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Unreadable(Exception):
    """Something in a file is no task; the message says what, and never repeats it."""


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
    """Where the file says which task this is, in whatever store it was: the same text for the same task."""


def numbered(line: int, read: Callable[[], Value]) -> Numbered[Value]:
    """Return what ``read`` returns, or the Unreadable that it raises, with its line."""
    try:
        return Numbered(line, read())
    except Unreadable as reason:
        return Numbered(line, reason)


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
    """Return what tells a task of another store apart, where a file says enough for that."""
    return None if not task_id or created_at is None else f"{user_id} {task_id} {created_at.isoformat()}"
