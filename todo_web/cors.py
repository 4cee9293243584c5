"""Which pages of other origins may call, and what they may send and read (CORS)."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from todo_web.ignored_fields import IGNORED
from todo_web.problems import Problem, problem_response
from todo_web.settings import Settings

_LOGGER = logging.getLogger("todo.web")

_EXPOSED = (
    *("ETag", "Link", "Location", "X-Request-ID", "WWW-Authenticate", "Retry-After", "Idempotency-Replayed"),
    IGNORED,
)
_ALLOWED = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID")
_ALLOWED_TO_ASSISTANTS = ("Mcp-Protocol-Version", "Mcp-Session-Id", "Mcp-Method", "Mcp-Name")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_LOOPBACK = r"https?://(([a-z0-9-]+\.)*localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?"
"""Origins of pages that this machine serves to itself."""

_SHOWN = 200
"""So much is logged of what a client sent."""


def cors(settings: Settings, *, development: bool) -> Middleware:
    """Return the middleware that lets the pages of the settings call, and in ``development`` those of this machine."""
    return Middleware(
        Cors,
        allow_origins=settings.allowed_origins,
        allow_origin_regex=_LOOPBACK if development else None,
        allow_methods=_METHODS,
        allow_headers=(*_ALLOWED, *_ALLOWED_TO_ASSISTANTS) if settings.mcp else _ALLOWED,
        allow_credentials=True,  # many clients ask with them; every origin is explicit, and no cookie is read
        expose_headers=_EXPOSED,
    )


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
