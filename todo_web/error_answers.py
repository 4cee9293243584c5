"""What a client is answered, and what is logged, when its request raises an error."""

import asyncio
import logging
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.routing import iter_route_contexts
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_core.errors import StorageError, StorageUnusable, TodoError
from todo_web.audit import audit
from todo_web.paths import public_path
from todo_web.problems import Problem, problem_of, problem_response, unexpected_error

_LOGGER = logging.getLogger("todo.web")


class ErrorAnswers:
    """Answers whatever a request raises with a problem.

    It stands inside the CORS middleware, so that a page can read these answers as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            if _has_begun(scope):
                raise
            # The answer is the end of the request; raised, the server would log a fault of the program.
            await problem_response(scope, shutting_down())(scope, receive, send)
        except Exception as error:
            request = Request(scope, receive)
            if not _has_begun(scope):
                await give(answer_to(request, error), request, send)
                return
            if isinstance(error, StorageError):
                log_storage_error(error, request_id=request.state.request_id)
            else:
                log_fault(scope, error)
            raise


def _has_begun(scope: Scope) -> bool:
    """Whether an answer is on its way, so that no other can be given."""
    return scope["state"]["status"] is not None


def shutting_down() -> Problem:
    """Return the answer to a request that the end of the service cuts off; what it began may still be carried out."""
    return Problem(503, "shutting_down", "The service is shutting down; try again.", {"Retry-After": "1"})


def answer_to(request: Request, error: Exception) -> Response:
    """Return the answer to what a request has raised; to a fault of the program, one that tells nothing of it."""
    match error:
        case Problem():
            return problem_response(request.scope, error)
        case TodoError():
            if isinstance(error, StorageError):
                log_storage_error(error, request_id=request.state.request_id)
            response = problem_response(request.scope, problem_of(error))
            # After the answer, so that the time it takes does not tell a hidden task from a missing one.
            response.background = BackgroundTask(audit, request, error)
            return response
        case HTTPException():
            return problem_response(request.scope, _framework_problem(request, error))
    log_fault(request.scope, error)
    return problem_response(request.scope, unexpected_error())


async def give(answer: Response, request: Request, send: Send) -> None:
    """Send an answer, and do what is due after it, also if the client does not take the answer."""
    after, answer.background = answer.background, None
    try:
        await answer(request.scope, request.receive, send)
    finally:
        if after:
            await after()


def log_fault(scope: Scope, error: Exception) -> None:
    """Log a fault of the program."""
    _LOGGER.error("unexpected_error", exc_info=error, extra={"request_id": scope["state"]["request_id"]})


def log_storage_error(error: StorageError, **facts: object) -> None:
    """Log why the store did not do what it was asked, which a client is not told; as an error if it needs a person."""
    level = logging.ERROR if isinstance(error, StorageUnusable) else logging.WARNING
    _LOGGER.log(level, "storage_error", extra={"reason": str(error), **facts})


def _framework_problem(request: Request, error: HTTPException) -> Problem:
    """Say what the framework refuses: unknown paths and methods."""
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    if status is HTTPStatus.NOT_FOUND:
        detail = f"Nothing is served at this path; {public_path(request.scope, '/docs')} shows what is."
        return Problem(status, status.name.lower(), detail, headers)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return Problem(status, status.name.lower(), f"{status.description or status.phrase}.", headers)


def _methods(request: Request) -> set[str]:
    """Return every method of a path; the router itself only knows those of the first route that fits."""
    methods: set[str] = set()
    # A mounted application has moved its own path into the prefix.
    scope = {**request.scope, "root_path": request.scope.get("app_root_path", request.scope["root_path"])}
    for context in iter_route_contexts(request.app.routes):
        match, _ = context.matches(scope)
        if match is not Match.NONE:
            methods |= context.methods or {"GET", "HEAD"}  # files have no methods of their own
    return methods
