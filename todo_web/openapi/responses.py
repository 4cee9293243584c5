"""Every answer that an operation may give."""

from typing import Any

from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    KeysUnavailable,
    StorageOverloaded,
    StorageUnavailable,
    TaskForbidden,
    TaskNotFound,
    TokenExpired,
    TokenRefused,
    VersionConflict,
)
from todo_web.authentication import path_forbidden, token_required
from todo_web.body import content_too_large, unsupported_media_type
from todo_web.ignored_fields import IGNORED, NAMED_LIMIT
from todo_web.openapi import patterns
from todo_web.openapi.schemas import ref
from todo_web.problems import MEDIA_TYPE, InvalidValue, Problem, problem_of, represent, unexpected_error
from todo_web.wire.deadlines import DEADLINES
from todo_web.wire.error_responses import malformed_request, request_timeout
from todo_web.wire.head import head_too_large, http_version_not_supported, invalid_host, invalid_transfer_encoding

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The request's own id where it is harmless, else a new one.",
        "required": True,
        "schema": {"type": "string", "pattern": patterns.REQUEST_ID},
    },
    "ETag": {
        "description": "The version of the task, for If-Match and If-None-Match (RFC 9110, section 8.8.3).",
        "required": True,
        "schema": {"type": "string", "pattern": patterns.TASK_ETAG},
    },
    "Location": {
        "description": "The path of the task.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, as `<…>; rel="next"` (RFC 8288); none on the last.',
        "schema": {"type": "string"},
    },
    IGNORED: {
        "description": f"Up to {NAMED_LIMIT} names in the request that mean nothing here, written as in a URL.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "There if an earlier request with the same key had made the task.",
        "schema": {"type": "boolean", "const": True},
    },
    "WWW-Authenticate": {
        "description": "What is wrong with the token, as far as its sender may know (RFC 6750).",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
}


def headers(*names: str) -> dict[str, Any]:
    """Return the headers of an answer."""
    return {name: ref("headers", name) for name in ("X-Request-ID", *names)}


def _invalid(status: int) -> Problem:
    detail = "The title must not be blank."
    return Problem(status, "blank", detail, errors=(InvalidValue(pointer="/title", detail=detail),))


_MALFORMED = (malformed_request(), invalid_host(), invalid_transfer_encoding())
_REUSED = problem_of(IdempotencyKeyReused())
_PROBLEMS: dict[str, tuple[str, tuple[Problem, ...]]] = {
    "Unauthorized": (
        "There is no valid token.",
        (token_required(), problem_of(TokenExpired("")), problem_of(TokenRefused(""))),
    ),
    "ForeignPath": ("The path belongs to another user.", (path_forbidden(),)),
    "ForeignTask": ("The task belongs to another user.", (problem_of(TaskForbidden(1)),)),
    "ForeignPathOrTask": ("It belongs to another user.", (path_forbidden(), problem_of(TaskForbidden(1)))),
    "NotFound": ("The user has no such task.", (problem_of(TaskNotFound(1)),)),
    "KeyInTrash": ("The task of this key is in the trash.", (problem_of(IdempotencyKeyInTrash()),)),
    "VersionConflict": ("The task is at another version.", (problem_of(VersionConflict(1, 1)),)),
    "TooLarge": ("The body is too large.", (content_too_large(),)),
    "NotJson": ("The body is not JSON.", (unsupported_media_type(),)),
    "Malformed": ("The server cannot read the request.", _MALFORMED),
    "BadInput": (
        "The input breaks a rule, or the server cannot read the request.",
        (_invalid(400), *_MALFORMED),
    ),
    "RequestTimeout": ("The request did not arrive in time.", (request_timeout(DEADLINES.request),)),
    "HeadTooLarge": ("The head of the request is too large.", (head_too_large(),)),
    "VersionNotSupported": ("The request is of another version of HTTP.", (http_version_not_supported(),)),
    "InvalidInput": ("The input breaks a rule.", (_invalid(422),)),
    "KeyReused": ("The key was used with another payload.", (_REUSED,)),
    "InvalidInputOrKeyReused": (
        "The input breaks a rule, or the key was used with another payload.",
        (_invalid(422), _REUSED),
    ),
    "Unexpected": ("A fault of the service.", (unexpected_error(),)),
    "Unavailable": (
        "The tasks, or the keys of the tokens, cannot be reached now.",
        (problem_of(StorageUnavailable()), problem_of(StorageOverloaded()), problem_of(KeysUnavailable())),
    ),
}


def component_responses() -> dict[str, dict[str, Any]]:
    """Return every error answer that an operation may refer to."""
    return {name: _response(description, problems) for name, (description, problems) in _PROBLEMS.items()}


_OF_ANY_REQUEST = ("Malformed", "RequestTimeout", "HeadTooLarge", "VersionNotSupported", "Unexpected")


def errors(*names: str) -> dict[str, Any]:
    """Return these error answers, and those that any request may meet, by status."""
    return {str(_PROBLEMS[name][1][0].status): ref("responses", name) for name in (*_OF_ANY_REQUEST, *names)}


def _response(description: str, problems: tuple[Problem, ...]) -> dict[str, Any]:
    more = {401: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(problems[0].status, [])
    examples = {problem.code: {"value": _example(problem)} for problem in problems}
    content = {MEDIA_TYPE: {"schema": ref("schemas", "Problem"), "examples": examples}}
    return {"description": description, "headers": headers(*more), "content": content}


def _example(problem: Problem) -> dict[str, Any]:
    return represent(problem, "/tasks/1", "0f8fad5bd9cb469fa16570867728950e").model_dump(exclude_none=True)
