"""Members of a JSON document, of the type that they must have."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from todo_cli.formats.record import Unreadable, parse_time

Kind = TypeVar("Kind")


def member(document: Mapping[str, object], name: str, kind: Callable[..., Kind]) -> Kind | None:
    """Return a member; None where it is missing or null. Raises Unreadable for one of another type."""
    value = document.get(name)
    if value is None:
        return None
    if type(value) is not kind:
        raise Unreadable(f"{name} has the wrong type.")
    return value  # type: ignore[return-value]


def time_member(document: Mapping[str, object], name: str) -> datetime | None:
    """Return a member that is a time, in UTC. Raises Unreadable for what is none."""
    text = member(document, name, str)
    return None if text is None else parse_time(name, text)
