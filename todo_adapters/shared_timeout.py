"""A timeout for the hot path: many tasks are given the same time, and one timer looks after all of them."""

import asyncio
from collections import deque
from types import TracebackType


class SharedTimeout:
    """Does for many blocks of code what ``asyncio.timeout`` does for one, in one event loop.

    ``asyncio.timeout`` makes a timer for each block. Two of them took a fifth of the time of reading a task from
    PostgreSQL. Blocks that all have the same time end in the order in which they began, so the timer needs to know the
    first only.
    """

    def __init__(self, seconds: float) -> None:
        """Give every block so many seconds."""
        self._seconds = seconds
        self._running: deque[_Block] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def block(self) -> "_Block":
        """Return a context manager that raises TimeoutError when the time of its block is over."""
        return _Block(self)

    def _begin(self, block: "_Block") -> None:
        loop = asyncio.get_running_loop()
        block.end = loop.time() + self._seconds
        self._running.append(block)
        if self._timer is None:
            self._timer = loop.call_at(block.end, self._expire)

    def _forget_ended(self) -> None:
        while self._running and self._running[0].task is None:
            self._running.popleft()

    def _expire(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        now = loop.time()
        while self._running and self._running[0].end <= now:
            self._running.popleft().expire()
        if self._running:
            self._timer = loop.call_at(self._running[0].end, self._expire)


class _Block:
    __slots__ = ("_cancellations", "_expired", "_shared", "end", "task")

    def __init__(self, shared: SharedTimeout) -> None:
        self._shared = shared
        self._expired = False
        self.task: asyncio.Task[object] | None = None
        """Whose block it is, while it runs."""
        self.end = 0.0
        """When its time is over, by the event loop's clock."""

    def expire(self) -> None:
        """End the block, if it has not ended."""
        if self.task is not None:
            self._expired = True
            self.task.cancel()

    def __enter__(self) -> None:
        self.task = asyncio.current_task()
        if self.task is None:
            raise RuntimeError("a timeout can only end a task")
        self._cancellations = self.task.cancelling()
        self._shared._begin(self)  # noqa: SLF001  the other half of one idea

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        task, self.task = self.task, None
        self._shared._forget_ended()  # noqa: SLF001  likewise
        if not self._expired or task is None:
            return
        # As asyncio.timeout does: whoever else has cancelled the task must not be told of a timeout.
        if task.uncancel() <= self._cancellations and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error
