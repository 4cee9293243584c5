"""Every error answer, as problem details (RFC 9457)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import Response
from pydantic import BaseModel
from starlette.types import Scope

from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    KeysUnavailable,
    StorageError,
    StorageOverloaded,
    StorageUnusable,
    TaskForbidden,
    TaskNotFound,
    TodoError,
    TokenExpired,
    TokenRefused,
    VersionConflict,
)
from todo_web.durations import in_words
from todo_web.paths import requested_path

MEDIA_TYPE = "application/problem+json"
NOT_STORED = {"Cache-Control": "no-store"}
"""What is missing now may be there in a moment, and without this a cache may keep a 404 (RFC 9110, section 15.1)."""

INSTANCE_LIMIT = 200
REALM = "tasks"

RETRY_AFTER = "1"
"""Seconds; a suspended database is awake again by then, mostly."""


class InvalidValue(BaseModel):
    """One value that breaks a rule."""

    pointer: str
    detail: str


@dataclass(eq=False)
class Problem(Exception):
    """An error answer. ``code`` is stable, ``detail`` is for people; neither repeats what the client sent."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[InvalidValue, ...] = ()


class InvalidRequest(Exception):
    """A request breaks several rules at once."""

    def __init__(self, errors: tuple[InvalidInput, ...]) -> None:
        super().__init__(errors)
        self.errors = errors


def invalid_request(status: int, *errors: InvalidInput) -> Problem:
    """Say which values break which rules; ``pointer`` is an RFC 6901 pointer into the body, or "/" and a parameter."""
    listed = tuple(
        InvalidValue(pointer=f"/{error.field}" if error.field else "", detail=error.detail) for error in errors
    )
    return Problem(status, errors[0].code, errors[0].detail, errors=listed)


_ANSWERS: Mapping[type[TodoError], tuple[int, str, Mapping[str, str]]] = {
    TaskNotFound: (404, "Task not found.", {}),
    TaskForbidden: (403, "The task belongs to another user.", {}),
    VersionConflict: (412, "The task was changed since; fetch it again.", {}),
    IdempotencyKeyReused: (422, "The key was used with another payload.", {}),
    IdempotencyKeyInTrash: (409, "The task of this key is in the trash.", {}),
    # The issuer is asked again every 30 s.
    KeysUnavailable: (503, "Tokens cannot be verified now; try again.", {"Retry-After": "30"}),
    # Whoever waits now has been served by then, or has given up.
    StorageOverloaded: (503, "Too many requests are waiting; try again.", {"Retry-After": "5"}),
    # A person has to mend it first; the log says what.
    StorageUnusable: (503, "The tasks cannot be used until their store is mended.", {"Retry-After": "30"}),
    StorageError: (503, "The tasks cannot be reached now; try again.", {"Retry-After": RETRY_AFTER}),
}
"""Status, detail and headers of the answer to an error; its code is the error's own."""


def problem_of(error: TodoError) -> Problem:
    """Return the answer to an error of the domain; InvalidInput has a status only where a contract gives it one."""
    if isinstance(error, TokenRefused):
        return _token_problem(error)
    status, detail, headers = next(_ANSWERS[kind] for kind in type(error).__mro__ if kind in _ANSWERS)
    if isinstance(error, VersionConflict):
        # Tells the version of a task in the trash as well, which no other answer does (RFC 9110, section 8.8.3).
        headers = {"ETag": f'"{error.version}"'}
    return Problem(status, error.code, detail, headers)


def _token_problem(error: TokenRefused) -> Problem:
    """Say no more than whether the token has expired or is valid for too long (RFC 6750, section 3.1)."""
    description = "The token has expired" if isinstance(error, TokenExpired) else "The token is invalid"
    if error.longest is not None:
        description = f"The token is valid for longer than {in_words(error.longest)}"
    challenge = f'Bearer realm="{REALM}", error="invalid_token", error_description="{description}"'
    return Problem(401, error.code, f"{description}.", {"WWW-Authenticate": challenge})


class ProblemRepresentation(BaseModel):
    """Problem details (RFC 9457). ``message`` repeats ``detail`` for clients that look for it there."""

    type: str
    title: str
    status: int
    detail: str
    message: str
    instance: str
    code: str
    request_id: str
    errors: list[InvalidValue] | None = None


def represent(problem: Problem, instance: str, request_id: str) -> ProblemRepresentation:
    """Return what a client sees of a problem."""
    return ProblemRepresentation(
        type=f"urn:todo:problem:{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        message=problem.detail,
        instance=instance,
        code=problem.code,
        request_id=request_id,
        errors=list(problem.errors) or None,
    )


def problem_response(scope: Scope, problem: Problem) -> Response:
    """Return the response that tells a problem."""
    body = represent(problem, requested_path(scope)[:INSTANCE_LIMIT], scope["state"]["request_id"])
    headers = {**NOT_STORED, **problem.headers}
    return Response(body.model_dump_json(exclude_none=True), problem.status, headers, MEDIA_TYPE)


def unexpected_error() -> Problem:
    """Return the answer to a request that the program has a fault with."""
    return Problem(500, "unexpected_error", "Something went wrong; the request id helps to find out what.")
