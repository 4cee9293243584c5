"""One line of the log for each request, so that the id in a problem leads to what was asked."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from starlette.types import Scope

_DELAY = 0.1
"""Seconds for which lines are gathered: to write each by itself would cost a twentieth of what reading a task costs."""


class _Line(msgspec.Struct, gc=False, kw_only=True):
    """The form is that of ``todo_web.logs``; Python's logging would take several times as long."""

    level: str = "INFO"
    logger: str = "todo.request"
    event: str = "request"
    method: str
    route: str | None
    status: int | None
    milliseconds: float
    request_id: str
    time: datetime


class RequestLog:
    """Gathers lines and writes them to standard output."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self._encoder = msgspec.json.Encoder()

    def note(self, scope: Scope, seconds: float) -> None:
        """Add a request that was answered after so many seconds; no status means that the client left before that."""
        if not self._lines:
            asyncio.get_running_loop().call_later(_DELAY, self.write)
        self._lines.append(
            _Line(
                method=scope["method"],
                route=getattr(scope.get("route"), "path_format", None),  # the path itself may hold what is private
                status=scope["state"]["status"],
                milliseconds=round(seconds * 1000, 2),
                request_id=scope["state"]["request_id"],
                time=datetime.now(UTC),
            )
        )

    def write(self) -> None:
        """Write what has been gathered."""
        lines = self._encoder.encode_lines(self._lines).decode()
        self._lines.clear()
        with suppress(OSError, ValueError):  # nobody reads the log any more; that is no reason not to answer
            sys.stdout.write(lines)
            sys.stdout.flush()
