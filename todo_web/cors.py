"""What pages of other origins may send (CORS); what they may read is in ``todo_web/allowed_pages.py``."""

import logging
from collections.abc import Awaitable, Mapping, Sequence
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from todo_core.override import override
from todo_web.allowed_pages import AllowedPages
from todo_web.problems import Problem, problem_response
from todo_web.settings import Settings

_LOGGER = logging.getLogger("todo.web")

_ALLOWED = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID")
_ADDED_BY_LIBRARIES = (
    *("traceparent", "tracestate", "baggage", "sentry-trace"),  # telemetry in the browser
    *("X-Requested-With", "Cache-Control", "Pragma"),
)
"""What a page sends without its author's doing."""

_ALLOWED_TO_ASSISTANTS = ("Mcp-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_SHOWN = 200
"""So much is logged of what a client sent."""


def cors(settings: Settings, *, development: bool) -> Middleware:
    """Return the middleware that lets the pages of the settings call, and in ``development`` those of this machine."""
    return Middleware(
        Cors,
        pages=AllowedPages(settings.allowed_origins, loopback=development),
        headers=(*_ALLOWED, *_ADDED_BY_LIBRARIES, *(_ALLOWED_TO_ASSISTANTS if settings.mcp else ())),
    )


class Cors(CORSMiddleware):
    """The library's CORS, which refuses a preflight request with a problem as well."""

    def __init__(self, app: ASGIApp, pages: AllowedPages, headers: Sequence[str]) -> None:
        """Allow the ``pages`` to send ``headers``.

        Every origin is explicit, and no cookie is read: so they may send credentials, as many clients do, and call from
        a public network into a private one.
        """
        super().__init__(
            app, allow_methods=_METHODS, allow_headers=headers, allow_credentials=True, allow_private_network=True
        )
        self._pages = pages

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:  # type: ignore[override]  # no coroutine of its own
        """Handle one request. The library would wrap ``send`` to add what every answer has."""
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            return self._answer(scope, receive, send)
        return super().__call__(scope, receive, send)

    @override
    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        """Handle a request with OPTIONS that is no preflight request."""
        await self._answer(scope, receive, send)

    def _answer(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        scope["state"]["added"] += self._pages.fields(scope["headers"])
        return self.app(scope, receive, send)

    @override
    def is_allowed_origin(self, origin: str) -> bool:
        """Whether pages of an origin may call."""
        return self._pages.allows(origin)

    @override
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
