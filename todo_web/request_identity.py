"""The id of a request, by which the log and the client know it."""

import re
from collections.abc import Iterable
from secrets import token_hex
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_web.request_log import RequestLog

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
