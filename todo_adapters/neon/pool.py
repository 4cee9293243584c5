"""Lend out asyncpg's connections.

asyncpg has a pool of its own. It takes every connection back in a new task, which costs as much as a short statement
does, and lets whoever comes at the right moment overtake those who wait, up to their deadline. So this takes its place.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from todo_adapters.fair_queue import Turns
from todo_adapters.neon import PoolUse
from todo_adapters.neon.sockets import is_ready

Connection = Any
"""A connection of asyncpg, whose types say less than is used here."""

_IDLE = 60.0
"""Seconds after which an unused connection is closed: twice as many are less than Neon waits, by default, before it
suspends."""


class Connections:
    """Keeps up to ``size`` connections for the running event loop, each with one borrower at a time.

    Borrowers take turns by their users, those first who continue what they have begun, each with the connection that
    came back last; so those that are not needed any more stay untouched, and are closed after ``idle`` seconds, twice
    as many at most.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], size: int, deadline: float, idle: float = _IDLE
    ) -> None:
        """Refuse a borrower who would wait longer than ``deadline`` seconds because of others."""
        self._connect = connect
        self._size = size
        self._idle_seconds = idle
        self._turns = Turns(size, deadline)
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        self._closing = False
        self._untouched = 0  # so many of the idle ones, the first, have not been lent since the last look at them
        self._look_later()

    async def borrow(self, user_id: str | None, *, alive: bool = True, continues: bool = False) -> Connection:
        """Return a connection, opened if need be; if it need not be ``alive``, it may have ended while it was idle.

        Raises StorageOverloaded, and what asyncpg raises.
        """
        await self._turns.acquire(user_id, first=continues)
        try:
            while self._idle:
                connection = self._idle.pop()
                self._untouched = min(self._untouched, len(self._idle))
                if not (connection.is_closed() or (alive and _is_ending(connection))):
                    return connection
                self._end(connection)
            connection = await self._connect()
        except BaseException:
            self._turns.release()
            raise
        self._open.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        """Take back a connection; one that its borrower has terminated is forgotten."""
        if connection.is_closed() or self._closing:
            self._end(connection)
        else:
            self._idle.append(connection)
        self._turns.release()

    def use(self) -> PoolUse:
        """Return how many are lent and idle, and how many borrowers wait; any thread may ask."""
        idle = len(self._idle)
        return PoolUse(used=len(self._open) - idle, idle=idle, waiting=self._turns.waiting)

    async def close(self, grace: float) -> None:
        """Close all connections, those that are lent as soon as they are back; after ``grace`` seconds at once."""
        self._closing = True
        self._next_look.cancel()
        try:
            async with asyncio.timeout(grace):
                await asyncio.gather(*(connection.close() for connection in self._idle), return_exceptions=True)
                for _ in range(self._size):
                    await self._turns.acquire(None, first=True)
        except TimeoutError:
            pass
        finally:
            for connection in self._open:
                connection.terminate()

    def _close_untouched(self) -> None:
        for connection in self._idle[: self._untouched]:
            self._end(connection)
        del self._idle[: self._untouched]
        self._untouched = len(self._idle)
        self._look_later()

    def _look_later(self) -> None:
        self._next_look = asyncio.get_running_loop().call_later(self._idle_seconds, self._close_untouched)

    def _end(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.terminate()


def _is_ending(connection: Connection) -> bool:
    """Whether the server has closed an idle connection, and the event loop has not noticed it yet.

    Found out before a write is sent, because afterwards nobody could tell whether it was carried out.
    """
    socket = connection._transport.get_extra_info("socket")  # noqa: SLF001  asyncpg has no public way to look at it
    return is_ready(socket, reading=True, timeout=0)
