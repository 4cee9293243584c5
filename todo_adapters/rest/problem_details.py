"""What a server's problem details (RFC 9457) mean in the domain."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from todo_adapters.rest.response import Response
from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    KeysUnavailable,
    StorageUnavailable,
    StorageUnusable,
    TaskForbidden,
    TaskNotFound,
    TodoError,
    TokenExpired,
    TokenRefused,
    VersionConflict,
)
from todo_core.text import clean_title

DETAIL_LIMIT = 300
_INVALID = "The server refuses the input."
_WORD = re.compile("[a-z][a-z_]{0,50}")

_REFUSALS: Mapping[tuple[int, str], Callable[[int], TodoError]] = {
    (401, TokenExpired.code): lambda _: TokenExpired("The token has expired."),
    (403, TaskForbidden.code): TaskForbidden,
    (404, TaskNotFound.code): TaskNotFound,
    (409, IdempotencyKeyInTrash.code): lambda _: IdempotencyKeyInTrash(),
    (422, IdempotencyKeyReused.code): lambda _: IdempotencyKeyReused(),
    (503, KeysUnavailable.code): lambda _: KeysUnavailable("The server cannot verify tokens now; try again later."),
}


def domain_error(response: Response, task_id: int = 0) -> TodoError:
    """Return the error that a server's refusal means; ``task_id`` is the task that was asked for."""
    code = _word(response.problem.get("code"))
    if known := _REFUSALS.get((response.status, code)):
        return known(task_id)
    if response.status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused("The server does not accept the token.")
    if response.status == HTTPStatus.PRECONDITION_FAILED:
        return VersionConflict(task_id, response.version)
    if response.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return _invalid_input(response.problem, code)
    return _fault(response.status)


def _invalid_input(problem: Mapping[str, object], code: str) -> InvalidInput:
    field = ""
    match problem.get("errors"):
        case [{"pointer": str(pointer)}, *_]:
            field = _word(pointer.removeprefix("/"))
    detail = problem.get("detail")
    try:
        said = clean_title(detail, DETAIL_LIMIT) if isinstance(detail, str) else _INVALID
    except InvalidInput:
        said = _INVALID
    return InvalidInput(field, code, said)


def _word(text: object) -> str:
    """Return a text of a problem if it is a name, else an empty text."""
    return text if isinstance(text, str) and _WORD.fullmatch(text) else ""


def _fault(status: int) -> TodoError:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return StorageUnavailable(f"The server cannot do that now (status {status}); try again later.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return StorageUnusable("The server redirects, and a token is not taken elsewhere; use the final address.")
    return StorageUnusable(
        f"The server does not serve tasks here (status {status}); check the address, and that the contract "
        "backend-todo-api is among those that it serves."
    )
