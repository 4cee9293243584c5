"""What happens to every request, whatever its path."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_web.problems import Problem, answer_to, log_fault, problem_response
from todo_web.request_log import RequestLog

_LOGGER = logging.getLogger("todo.web")
_SHOWN = 200
"""So much is logged of what a client sent."""

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the id of a request: the client's where it is harmless, else a new one."""
    sent = next((value for name, value in headers if name == b"x-request-id"), b"")
    return sent if _REQUEST_ID.fullmatch(sent) else token_hex(16).encode()


class RequestIdentity:
    """Gives every request an id, by which the log knows it, and puts it on every answer.

    Beside it in the request's state are ``status``, which is None until the answer has begun, and the fields that are
    ``added`` to the answer, whoever gives it.
    """

    def __init__(self, app: ASGIApp, log: RequestLog | None) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = request_id_of(scope["headers"])
        state = scope.setdefault("state", {})
        added = [(b"x-request-id", request_id), (b"x-content-type-options", b"nosniff")]
        state |= {"request_id": request_id.decode(), "status": None, "added": added}
        began = perf_counter()
        ended: float | None = None

        async def send_with_identity(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                message["headers"] = [*message["headers"], *added]
            await send(message)
            ended = perf_counter()  # what is done after the answer is not what the client waited for

        try:
            return await self._app(scope, receive, send_with_identity)
        finally:
            if self._log:
                self._log.note(scope, (ended or perf_counter()) - began)


class TrailingSlash:
    """Lets a slash at the end of a path mean nothing: the same resource answers, at once and under its own address.

    A redirect would lose the token in many clients, and the body in some.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        # An escaped slash is a part of its segment (RFC 3986, section 2.2).
        if scope["type"] == "http" and scope["raw_path"].endswith(b"/") and scope["path"] != "/":
            scope["path"], scope["raw_path"] = scope["path"][:-1], scope["raw_path"][:-1]
        await self._app(scope, receive, send)


class ErrorAnswers:
    """Answers whatever a request raises with a problem.

    It stands inside the CORS middleware, so that a page can read these answers as well.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            if not _has_begun(scope):
                await problem_response(scope, shutting_down())(scope, receive, send)
            raise
        except Exception as error:
            if _has_begun(scope):
                log_fault(scope, error)
                raise
            await answer_to(Request(scope, receive), error)(scope, receive, send)


def _has_begun(scope: Scope) -> bool:
    """Whether an answer is on its way, so that no other can be given."""
    return scope["state"]["status"] is not None


def shutting_down() -> Problem:
    """Return the answer to a request that could not be carried out before the service ends."""
    return Problem(503, "shutting_down", "The service is shutting down; try again.", {"Retry-After": "1"})


class Cors(CORSMiddleware):
    """The library's CORS, which refuses a preflight request with a problem as well."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Most come from no page, and the library would wrap ``send`` for those too."""
        if scope["type"] != "http" or any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            scope["state"]["added"].append((b"vary", b"Origin"))
            await self.app(scope, receive, send)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a preflight request; it never carries a token."""
        response = super().preflight_response(request_headers)
        if response.status_code == HTTPStatus.OK:
            return response
        return _RefusedPreflight(self._refused(request_headers), headers={"Vary": response.headers["Vary"]})

    def _refused(self, headers: Headers) -> dict[str, object]:
        """Return what was asked for in vain, and what would be allowed: the setting, or what can be used instead."""
        origin, method = headers["origin"], headers["access-control-request-method"]
        names = [name.strip() for name in headers.get("access-control-request-headers", "").split(",")]
        unknown = ", ".join(name for name in names if name.lower() not in self.allow_headers)
        refused: dict[str, object] = {}
        if not self.is_allowed_origin(origin):
            refused |= {"origin": origin[:_SHOWN], "setting": "TODO_CORS_ORIGINS"}
        if method not in self.allow_methods:
            refused |= {"method": method[:_SHOWN], "allowed_methods": self.allow_methods}
        if unknown:
            refused |= {"headers": unknown[:_SHOWN], "allowed_headers": self.allow_headers}
        return refused


class _RefusedPreflight(Response):
    def __init__(self, refused: Mapping[str, object], headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _LOGGER.warning("cors_refused", extra={**self._refused, "request_id": scope["state"]["request_id"]})
        problem = Problem(
            400, "cors_refused", "This origin, method or header is not allowed.", {"Vary": self.headers["Vary"]}
        )
        await problem_response(scope, problem)(scope, receive, send)
