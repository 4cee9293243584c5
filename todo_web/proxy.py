"""What trusted proxies say about a request."""

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from todo_web.header_fields import HeaderField, field_values
from todo_web.paths import read_prefix

_FORWARDED = {b"x-forwarded-for", b"x-forwarded-proto"}
"""What the library looks at."""


class PublicPrefix:
    """The path in front of every path of the service: that of the settings, else what a trusted proxy says of it."""

    def __init__(self, trusted: Sequence[str], root_path: str) -> None:
        self._trusted = ProxyHeadersMiddleware(cast("Any", None), list(trusted)).trusted_hosts
        self._root_path = root_path

    def of(self, fields: Iterable[HeaderField], client: tuple[str, int] | None) -> str:
        """Return the prefix of a request with these fields of its head, from this client; empty if there is none."""
        if self._root_path:
            return self._root_path
        sent = field_values(fields, b"x-forwarded-prefix")
        if len(sent) != 1 or not client or client[0] not in self._trusted:
            return ""
        try:
            return read_prefix(sent[0])
        except ValueError:
            return ""


class ProxyHeaders:
    """Takes the client and the path prefix from trusted proxies: ``X-Forwarded-For``, ``-Proto`` and ``-Prefix``.

    A proxy removes the prefix before it passes a request on. A prefix in the settings overrules the proxy's.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str], root_path: str) -> None:
        self._app = app
        self._forwarded = cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), list(trusted)))
        self._prefix = PublicPrefix(trusted, root_path)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one request. Most carry nothing that the library would look at."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        if prefix := self._prefix.of(scope["headers"], scope.get("client")):
            scope["root_path"] = prefix
            scope["path"] = prefix + scope["path"]
            scope["raw_path"] = prefix.encode() + scope["raw_path"]
        app = self._app if _FORWARDED.isdisjoint(dict(scope["headers"])) else self._forwarded
        return app(scope, receive, send)
