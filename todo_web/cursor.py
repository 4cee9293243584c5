"""The cursor that leads from one page of a list to the next."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import blake2s

import msgspec
from pydantic_core import from_json

from todo_core.errors import InvalidInput
from todo_core.query import Position, Sort, TaskQuery
from todo_core.task import Task, is_task_id
from todo_core.text import clean_title

_CURSOR = re.compile("[A-Za-z0-9_-]{1,8000}")
_DIGEST_BYTES = 8


def cursor_after(query: TaskQuery, user_id: str, last: Task) -> str:
    """Return the cursor that leads to the page after the one that ends with a task."""
    position = query.sort.position(last)
    place = msgspec.json.encode([position.value, position.task_id])
    return urlsafe_b64encode(_digest(query, user_id, place) + place).rstrip(b"=").decode()


def follow_cursor(query: TaskQuery, user_id: str, cursor: str) -> TaskQuery:
    """Return the query of the page to which a cursor leads. Raises InvalidInput."""
    refusal = InvalidInput("cursor", "not_accepted", "The cursor does not belong to this list; start without one.")
    if not _CURSOR.fullmatch(cursor):
        raise refusal
    try:
        content = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = content[_DIGEST_BYTES:]
        if content[:_DIGEST_BYTES] != _digest(query, user_id, place):
            raise refusal
        position = _position(query.sort, from_json(place))
    except (ValueError, InvalidInput):
        raise refusal from None
    return query._replace(after=position)


def _position(sort: Sort, place: object) -> Position:
    """Return the position at which a page ended. Raises ValueError and InvalidInput if no page can end there."""
    match place:
        case [str(value), int(task_id)] if is_task_id(task_id) and task_id is not True:
            if sort.field == "title":
                return Position(clean_title(value, len(value)), task_id)
            time = datetime.fromisoformat(value)
            if time.utcoffset() == timedelta(0):
                return Position(time, task_id)
    raise ValueError("not a place in this list")


def _digest(query: TaskQuery, user_id: str, place: bytes) -> bytes:
    """Return the digest that binds a cursor to its list.

    It guards against mistakes only, and needs no secret, because every statement is scoped by the owner. So a cursor
    that fits may still hold anything.
    """
    bound = msgspec.json.encode([user_id, query.status, query.sort, query.search])
    return blake2s(bound + b"\0" + place, digest_size=_DIGEST_BYTES).digest()
