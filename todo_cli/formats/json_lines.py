"""JSON lines: one task per line, as the API shows it. Nothing gets lost on the way out and back in."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from todo_cli.documents import line, task_document
from todo_cli.formats.record import Numbered, Record, Unreadable, numbered, origin, parse_time
from todo_core.task import Task

Kind = TypeVar("Kind")

_MEMBERS = {"id", "user_id", "title", "description", "completed", "completed_at", "created_at", "updated_at"}


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return one document for each task."""
    return (line(task_document(task)) for task in tasks)


def read(lines: Iterable[str]) -> Iterator[Numbered[Record]]:
    """Return the tasks of a file; empty lines are left out."""
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield numbered(number, lambda text=text: _record(text))  # type: ignore[misc]


def _record(text: str) -> Record:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("This is not JSON.") from None
    if not isinstance(document, dict):
        raise Unreadable("This is not a JSON object; there must be one task on each line.")
    if document.keys() - _MEMBERS:
        raise Unreadable(f"Members must be among {', '.join(sorted(_MEMBERS))}.")
    title = _member(document, "title", str)
    if title is None:
        raise Unreadable("The title is required.")
    times = {name: _time(document, name) for name in ("completed_at", "created_at", "updated_at")}
    return Record(
        title,
        _member(document, "description", str),
        _member(document, "completed", bool),
        **times,
        origin=origin(_member(document, "user_id", str), _member(document, "id", int), times["created_at"]),
    )


def _time(document: dict[str, object], name: str) -> datetime | None:
    text = _member(document, name, str)
    return None if text is None else parse_time(name, text)


def _member(document: dict[str, object], name: str, kind: Callable[..., Kind]) -> Kind | None:
    value = document.get(name)
    if value is None:
        return None
    if type(value) is not kind:
        raise Unreadable(f"{name} has the wrong type.")
    return value  # type: ignore[return-value]
