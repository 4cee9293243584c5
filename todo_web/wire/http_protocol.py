"""One connection: uvicorn's HTTP/1.1 with the limits that it lacks (docs/decisions/wire-protocol.md)."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from uvicorn.server import ServerState

from todo_web.problems import Problem
from todo_web.request_identity import request_id_of
from todo_web.wire.config import WireConfig
from todo_web.wire.deadlines import LINGER
from todo_web.wire.error_responses import encode, request_timeout
from todo_web.wire.held_reading import HeldReading
from todo_web.wire.request_parser import BODY, NOTHING, Arriving, BoundedRequests
from todo_web.wire.unsent_answer import UnsentAnswer

_LOGGER = logging.getLogger("todo.web")

PIPELINE_LIMIT = 30
"""Requests of one connection that may wait for those before them."""

AHEAD_LIMIT = 64 * 1024
"""Bytes of requests that wait for those before them."""

PIECE = 1024
"""Bytes that are read at once; the parser cannot stop within them, so a limit may be exceeded by what they hold."""


class WireProtocol(BoundedRequests):
    """Takes requests from one connection and answers them in their order.

    Whatever the client sends, it costs bounded memory and time: heads, trailers and the requests that wait are limited,
    and so is every wait for the client. What cannot be a request is answered by a problem, in its turn, and ends the
    connection.
    """

    def __init__(
        self,
        config: WireConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadlines = config.deadlines
        self._prefix = config.prefix
        self._pages = config.pages
        self._check_interval = min(config.deadlines.request, config.deadlines.answer, config.timeout_keep_alive)
        self._timer: asyncio.TimerHandle
        self._unsent = UnsentAnswer()
        self._waiting_since = 0.0
        self._active: RequestResponseCycle | None = None
        self._bytes_ahead = 0
        self._unread = b""
        self._last_answer: bytes | None = None
        self._ending = False

    # What the network tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.flow: HeldReading = HeldReading(transport)
        self._waiting_since = self.loop.time()
        self._timer = self.loop.call_at(self._waiting_since + self._check_interval, self._check_deadlines)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application that nobody waits for its answer."""
        self._timer.cancel()
        self._ending = True
        if self._active is not None:
            self._active.disconnected = True
            self._active.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the network delivers."""
        if self._ending:
            return
        if self._unread:
            self._unread += data
            return
        between_requests = self.arriving is NOTHING
        self._take(data)
        if between_requests and self.arriving is not NOTHING:
            self._waiting_since = self.loop.time()

    def resume_writing(self) -> None:
        """Let the application go on with its answer."""
        self._unsent.moves()
        super().resume_writing()

    # Requests, one after the other

    def _take(self, data: bytes) -> None:
        """Read on, until more requests wait than may."""
        for start in range(0, len(data), PIECE):
            if self._ending:
                return
            # Only while others wait: the next bytes may be the body of the request that is being answered.
            if self.pipeline and (len(self.pipeline) >= PIPELINE_LIMIT or self._bytes_ahead > AHEAD_LIMIT):
                self._unread = data[start:]
                self.flow.hold()
                return
            piece = data[start : start + PIECE]
            try:
                self.read(piece)
            except Problem as problem:
                self._refuse(problem)
            self._bytes_ahead = self._bytes_ahead + len(piece) if self.pipeline else 0

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  uvicorn's private type
        self._active = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Go on with the next request of this connection.

        Instead of uvicorn's own, which makes a timer for each request.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline or self.arriving is not BODY:
            self._waiting_since = self.loop.time()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._last_answer is not None:
            self._end_with(self._last_answer)
            return
        if self._unread:
            unread, self._unread = self._unread, b""
            self.flow.release()
            self._take(unread)
        self.flow.resume_reading()

    @property
    def _answers_first(self) -> bool:
        """Whether an earlier request is not answered yet: then the client waits, and not the server."""
        active = self._active
        if active is None or active.response_complete:
            return False
        return self.arriving is not BODY or active is not self.cycle

    # The end of a connection

    def _refuse(self, problem: Problem) -> None:
        """Answer the arriving request with a problem, after the requests before it, and read nothing more."""
        arriving, self.arriving = self.arriving, NOTHING
        self._ending = True
        answer = self._written(problem, arriving)
        if arriving is BODY and self.cycle is self._active:
            # It is in the hands of the application, which must not answer it as well.
            if self.cycle.response_started:
                answer = b""
            self.cycle.disconnected = self.cycle.response_complete = True
            self.cycle.message_event.set()
        elif arriving is BODY:
            self.pipeline.popleft()
        if self._answers_first:
            self._last_answer = answer
            self.flow.hold()
        else:
            self._end_with(answer)

    def _written(self, problem: Problem, arriving: Arriving) -> bytes:
        target, fields, method = b"", [], b""
        if arriving is not NOTHING:
            prefix = self._prefix.of(self.headers, self.client)
            target, fields, method = prefix.encode() + self.url, self.headers, self.parser.get_method()
        request_id = request_id_of(fields)
        _LOGGER.info(
            "request_refused",
            extra={"code": problem.code, "status": problem.status, "request_id": request_id.decode()},
        )
        common = [*self.server_state.default_headers, *self._pages.fields(fields)]
        return encode(problem, target, request_id, common, with_body=method != b"HEAD")

    def _end_with(self, answer: bytes) -> None:
        """Write the last answer, and read on for a moment: a reset would take the answer from the client."""
        self._last_answer = None
        self.transport.write(answer)
        if self.transport.can_write_eof():
            self.flow.release()
            self.transport.write_eof()
            self._waiting_since = self.loop.time()
            self._check_at(self._waiting_since + LINGER)
        else:
            self.transport.close()

    # Deadlines

    def _check_deadlines(self) -> None:
        """End the connection if it keeps the server waiting for too long, else look again later."""
        now = self.loop.time()
        unsent = self.transport.get_write_buffer_size()
        if self._unsent.seconds_without_progress(unsent, now) >= self._deadlines.answer:
            _LOGGER.info("answer_given_up", extra={"unsent": unsent})
            self.transport.abort()
            return
        if self.transport.is_closing() or self._answers_first:
            self._waiting_since = now
        elif self._waiting_since + self._allowed_wait <= now:
            self._waiting_since = now
            self._time_out()
        self._check_at(min(self._waiting_since + self._allowed_wait, now + self._check_interval))

    def _check_at(self, moment: float) -> None:
        self._timer.cancel()
        self._timer = self.loop.call_at(moment, self._check_deadlines)

    @property
    def _allowed_wait(self) -> float:
        if self._ending:
            return LINGER
        if self.arriving is NOTHING and self._active is not None:
            return self.timeout_keep_alive
        return self._deadlines.request

    def _time_out(self) -> None:
        if self._ending:
            self.transport.abort()
        elif self.arriving is NOTHING:
            self.transport.close()
        else:
            self._refuse(request_timeout(self._deadlines.request))
