"""A pool of asyncpg's connections in which nobody overtakes those who wait.

A newcomer to asyncpg's own pool can take a connection that has just come back although others wait for one, and some of
those run into their deadline (https://github.com/MagicStack/asyncpg/issues/1247). With it, 52 of 710,821 requests
failed in ten minutes of 100 users who never pause; with this pool, none did. asyncpg's pool also takes each connection
back in a task of its own, which costs as much as a short statement (docs/performance.md).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from todo_adapters.fair_queue import FairSemaphore
from todo_adapters.neon import PoolUse
from todo_adapters.neon.sockets import is_ready

Connection = Any
"""A connection of asyncpg, whose types say less than is used here."""

_IDLE = 60.0
"""Seconds. An unused connection is closed after one to two times this, before Neon suspends by default."""


class ConnectionPool:
    """Keeps up to ``size`` connections for the running event loop, each acquired by one caller at a time.

    Callers wait in a ``FairSemaphore``. The connection that was released last is acquired first, so those that are not
    needed stay idle, and are closed after ``idle`` seconds, or twice as many at most.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], size: int, deadline: float, idle: float = _IDLE
    ) -> None:
        """Refuse a caller who would wait longer than ``deadline`` seconds because of others."""
        self._connect = connect
        self._size = size
        self._idle_seconds = idle
        self._semaphore = FairSemaphore(size, deadline)
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        self._closing = False
        self._unused = 0  # so many of the idle ones, the first, were not acquired since the last look at them
        self._close_unused_later()

    async def acquire(self, user_id: str | None, *, alive: bool = True, priority: bool = False) -> Connection:
        """Return a connection, opened if need be; if it need not be ``alive``, it may have ended while it was idle.

        ``priority`` is for a use case that has waited for a connection before, and needs one again: it goes before
        those that begin. Without that the slowest twentieth of 100 users' requests took 133 ms instead of 91.

        Raises StorageOverloaded, and what asyncpg raises.
        """
        await self._semaphore.acquire(user_id, priority=priority)
        try:
            while self._idle:
                connection = self._idle.pop()
                self._unused = min(self._unused, len(self._idle))
                if not (connection.is_closed() or (alive and _is_ending(connection))):
                    return connection
                self._end(connection)
            connection = await self._connect()
        except BaseException:
            self._semaphore.release()
            raise
        self._open.add(connection)
        return connection

    def release(self, connection: Connection) -> None:
        """Give a connection back; one that the caller has terminated is forgotten."""
        if connection.is_closed() or self._closing:
            self._end(connection)
        else:
            self._idle.append(connection)
        self._semaphore.release()

    def use(self) -> PoolUse:
        """Return how many are in use and idle, and how many callers wait; any thread may ask."""
        idle = len(self._idle)
        return PoolUse(used=len(self._open) - idle, idle=idle, waiting=self._semaphore.waiting)

    async def close(self, grace: float) -> None:
        """Close all connections, those in use as soon as they are released; after ``grace`` seconds at once."""
        self._closing = True
        self._next_closing.cancel()
        try:
            async with asyncio.timeout(grace):
                await asyncio.gather(*(connection.close() for connection in self._idle), return_exceptions=True)
                for _ in range(self._size):
                    await self._semaphore.acquire(None, priority=True)
        except TimeoutError:
            pass
        finally:
            for connection in self._open:
                connection.terminate()

    def _close_unused(self) -> None:
        for connection in self._idle[: self._unused]:
            self._end(connection)
        del self._idle[: self._unused]
        self._unused = len(self._idle)
        self._close_unused_later()

    def _close_unused_later(self) -> None:
        self._next_closing = asyncio.get_running_loop().call_later(self._idle_seconds, self._close_unused)

    def _end(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.terminate()


def _is_ending(connection: Connection) -> bool:
    """Whether the server has closed an idle connection, and the event loop has not noticed it yet.

    Found out before a write is sent, because afterwards nobody could tell whether it was carried out.
    """
    socket = connection._transport.get_extra_info("socket")  # noqa: SLF001  asyncpg has no public way to look at it
    return is_ready(socket, reading=True, timeout=0)
