"""The parameters of a list, and the cursor that leads to its next page."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import blake2s
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from pydantic_core import from_json
from starlette.datastructures import QueryParams

from todo_core.errors import InvalidInput
from todo_core.query import PAGE_LIMIT, Position, Sort, Status, TaskQuery
from todo_core.task import MAX_TASK_ID, Task
from todo_core.text import clean_search, clean_title
from todo_web.addresses import requested_path

_LIMIT = re.compile("[1-9][0-9]{0,3}")
_CURSOR = re.compile("[A-Za-z0-9_-]{1,8000}")
_DIGEST_BYTES = 8
_PARAMETERS = ("status", "completed", "sort", "limit", "q")


def list_query(request: Request, user_id: str, page_size: int | None) -> TaskQuery:
    """Read the parameters of a list, its cursor included. Raises InvalidInput."""
    parameters = request.query_params
    search, cursor = parameters.get("q"), parameters.get("cursor")
    query = TaskQuery(
        status=_status(parameters),
        sort=Sort(_one_of("sort", parameters.get("sort", Sort.CREATED), tuple(Sort))),
        search=None if search is None else clean_search("q", search),
        limit=_limit(parameters, page_size),
    )
    return query if cursor is None else _after(query, user_id, cursor)


def next_link(request: Request, user_id: str, query: TaskQuery, last: Task) -> str:
    """Return the ``Link`` to the page after a task (RFC 8288), relative to the request's own address."""
    position = query.sort.position(last)
    place = msgspec.json.encode([position.value, position.task_id])
    cursor = urlsafe_b64encode(_digest(query, user_id, place) + place).rstrip(b"=").decode()
    sent = request.query_params
    parameters = {name: sent[name] for name in _PARAMETERS if name in sent} | {"cursor": cursor}
    return f'<{requested_path(request.scope)}?{urlencode(parameters)}>; rel="next"'


def _status(parameters: QueryParams) -> Status:
    status = Status(_one_of("status", parameters.get("status", Status.ALL), tuple(Status)))
    completed = parameters.get("completed")
    if completed is None:
        return status
    wanted = Status.COMPLETED if _one_of("completed", completed, ("true", "false")) == "true" else Status.PENDING
    if status not in {Status.ALL, wanted}:
        raise InvalidInput("completed", "contradiction", "The completed and status parameters contradict each other.")
    return wanted


def _limit(parameters: QueryParams, page_size: int | None) -> int | None:
    limit = parameters.get("limit")
    if limit is None:
        return page_size
    if not _LIMIT.fullmatch(limit) or int(limit) > PAGE_LIMIT:
        raise InvalidInput("limit", "out_of_range", f"The limit must be a number from 1 to {PAGE_LIMIT}.")
    return int(limit)


def _one_of(name: str, value: str, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        raise InvalidInput(name, "not_accepted", f"The {name} must be one of {', '.join(accepted)}.")
    return value


def _after(query: TaskQuery, user_id: str, cursor: str) -> TaskQuery:
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
    return TaskQuery(query.status, query.sort, query.search, query.limit, position)


def _position(sort: Sort, place: object) -> Position:
    """Return where a page ended. Raises ValueError and InvalidInput for where none can have ended."""
    match place:
        case [str(value), int(task_id)] if 1 <= task_id <= MAX_TASK_ID and task_id is not True:
            if sort.field == "title":
                return Position(clean_title(value, len(value)), task_id)
            time = datetime.fromisoformat(value)
            if time.utcoffset() == timedelta(0):
                return Position(time, task_id)
    raise ValueError("not a place in this list")


def _digest(query: TaskQuery, user_id: str, place: bytes) -> bytes:
    """Bind a cursor to its list. It guards against mistakes: every statement is scoped by the owner anyway.

    It needs no secret, so a cursor that fits may still hold anything.
    """
    bound = msgspec.json.encode([user_id, query.status, query.sort, query.search])
    return blake2s(bound + b"\0" + place, digest_size=_DIGEST_BYTES).digest()
