"""Admission control: how many requests are begun at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

PER_ROUND = 50
"""Requests that are begun in one round of the event loop: they take some 10 ms then, and answers are not held up."""


class Admission:
    """Begins at most ``PER_ROUND`` requests in each iteration of the event loop, in order of arrival.

    When thousands come at once, the event loop would begin all of them before it did anything else. Meanwhile it would
    take no answer from the store, and answer no health check.
    """

    def __init__(self, app: ASGIApp, at_once: str) -> None:
        """Begin a request at once if its path starts with ``at_once``."""
        self._app = app
        self._at_once = at_once
        self._room = PER_ROUND
        self._waiting: deque[asyncio.Future[None]] = deque()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._at_once) or self._has_room():
            return self._app(scope, receive, send)
        return self._wait(scope, receive, send)

    def _has_room(self) -> bool:
        if self._room == PER_ROUND:
            asyncio.get_running_loop().call_soon(self._begin_round)
        if self._room == 0:
            return False
        self._room -= 1
        return True

    async def _wait(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn
        await self._app(scope, receive, send)

    def _begin_round(self) -> None:
        self._room = PER_ROUND
        while self._waiting and self._room:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._room -= 1
        if self._room < PER_ROUND:
            asyncio.get_running_loop().call_soon(self._begin_round)
