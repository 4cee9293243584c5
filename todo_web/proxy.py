"""What trusted proxies say about a request."""

from collections.abc import Sequence
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from todo_web.paths import read_prefix


class ProxyHeaders:
    """Takes the client and the path prefix from trusted proxies: ``X-Forwarded-For``, ``-Proto`` and ``-Prefix``.

    A proxy removes the prefix before it passes a request on. A prefix in the settings overrules the proxy's.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str], root_path: str) -> None:
        self._forwarded = ProxyHeadersMiddleware(cast("Any", app), list(trusted))
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and (prefix := self._root_path or self._forwarded_prefix(scope)):
            scope["root_path"] = prefix
            scope["path"] = prefix + scope["path"]
            scope["raw_path"] = prefix.encode() + scope["raw_path"]
        await self._forwarded(cast("Any", scope), cast("Any", receive), cast("Any", send))

    def _forwarded_prefix(self, scope: Scope) -> str:
        sent = [value for name, value in scope["headers"] if name == b"x-forwarded-prefix"]
        if len(sent) != 1 or not scope.get("client") or scope["client"][0] not in self._forwarded.trusted_hosts:
            return ""
        try:
            return read_prefix(sent[0].decode("latin-1"))
        except ValueError:
            return ""
