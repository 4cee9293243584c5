"""A slash at the end of a path, which some clients send."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlash:
    """Lets a slash at the end of a path mean nothing: the same resource answers, at once and under its own address.

    A redirect would lose the token in many clients, and the body in some.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one request."""
        # An escaped slash is a part of its segment (RFC 3986, section 2.2).
        if scope["type"] == "http" and scope["raw_path"].endswith(b"/") and scope["path"] != "/":
            scope["path"], scope["raw_path"] = scope["path"][:-1], scope["raw_path"][:-1]
        return self._app(scope, receive, send)
