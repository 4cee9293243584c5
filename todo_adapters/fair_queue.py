"""Fair queueing in front of a store: round robin between users, first come, first served within a user.

Only so many requests work on a store at a time, and the others wait. Without fairness one user's many requests keep
everybody else waiting. A request that would wait longer than its deadline because of others is refused when it arrives,
so that the store does no work whose answer comes too late.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from todo_core.errors import StorageOverloaded

_WINDOW = 1.0
"""Seconds over which the rate of service is measured, at most."""

_EVIDENCE = 0.2
"""Seconds for which requests must have been served without a pause before that rate is believed."""

_SHARE = 0.9
"""The part of the deadline that may be spent waiting; the work itself needs the rest."""


class Waiter(NamedTuple):
    """A request that waits: the future that ends its waiting, its arrival, and the work that it waits to do."""

    future: asyncio.Future[Any]
    arrival: float
    work: Any = None


class FairQueue:
    """Waiting requests, in one line for each user; the users are served in turn.

    A request is refused with StorageOverloaded when it arrives if, at the present rate of service, it would wait longer
    than the deadline (in seconds) allows. Two reasons to wait are no overload: a store that serves nobody, which may be
    waking, and other requests of the same user. A request that was admitted, and whose turn comes too late although the
    queue kept moving, is refused then: if it were served, all requests behind it would be late as well. A request that
    was given up keeps its place until its turn comes.
    """

    def __init__(self, deadline: float, refuse: Callable[[asyncio.Future[Any]], object]) -> None:
        """``refuse`` ends the waiting of a request that is late."""
        self._longest_wait = deadline * _SHARE
        self._refuse = refuse
        self._lines: dict[str | None, deque[Waiter]] = {}  # the next user is the first one, and no line is empty
        self._served_at: deque[float] = deque()  # when a request was served while others waited, within the window
        self._busy_since = 0.0
        self.waiting = 0

    def join(self, user_id: str | None, waiter: Waiter) -> None:
        """Put a request behind the others of its user. Raises StorageOverloaded."""
        line = self._lines.get(user_id)
        own = len(line) if line else 0
        if self.waiting > own and self._would_be_late(own, waiter.arrival):
            raise overloaded()
        if line is None:
            self._lines[user_id] = line = deque()
        line.append(waiter)
        self.waiting += 1

    def take(self, now: float) -> Waiter | None:
        """Take out the request whose turn it is; None if nobody waits."""
        if not self._served_at or self._served_at[-1] < now - _WINDOW:
            self._busy_since = now
        while self._lines:
            user_id, line = next(iter(self._lines.items()))
            waiter = self._first_of(line, now)
            del self._lines[user_id]
            if line:
                self._lines[user_id] = line  # behind the other users
            if waiter is not None:
                self._note_service(now)
                return waiter
        return None

    def _first_of(self, line: deque[Waiter], now: float) -> Waiter | None:
        while line:
            waiter = line.popleft()
            self.waiting -= 1
            if waiter.future.done():
                continue
            if self._busy_since > waiter.arrival or now - waiter.arrival <= self._longest_wait:
                return waiter
            self._refuse(waiter.future)
        return None

    def _note_service(self, now: float) -> None:
        if self._lines:
            self._served_at.append(now)
            self._forget_old_services(now)
        else:  # the rate of an idle store says nothing
            self._served_at.clear()

    def _forget_old_services(self, now: float) -> None:
        while self._served_at and self._served_at[0] < now - _WINDOW:
            self._served_at.popleft()

    def _would_be_late(self, own: int, now: float) -> bool:
        """Whether one more request of a user who has ``own`` waiting would be late at the present rate of service."""
        # In each round until then every other user has one turn at most.
        others = min(self.waiting - own, (len(self._lines) - bool(own)) * (own + 1))
        if others < own:  # they wait for their own requests above all
            return False
        self._forget_old_services(now)
        seconds = min(now - self._busy_since, _WINDOW)
        if not self._served_at or seconds < _EVIDENCE:
            return False
        return own + others > len(self._served_at) / seconds * self._longest_wait


class FairSemaphore:
    """A semaphore for one event loop whose waiters stand in a FairQueue; a user who is alone may take every permit."""

    def __init__(self, number: int, deadline: float) -> None:
        """Refuse a request that would wait too long, as ``FairQueue`` does."""
        self._free = number
        self._priority: deque[asyncio.Future[None]] = deque()
        self._queue = FairQueue(deadline, lambda future: future.set_exception(overloaded()))

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._priority) + self._queue.waiting

    async def acquire(self, user_id: str | None, *, priority: bool = False) -> None:
        """Wait for a permit in a user's turn. With ``priority`` wait before all users, and never be refused.

        Raises StorageOverloaded.
        """
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        if priority:
            self._priority.append(future)
        else:
            self._queue.join(user_id, Waiter(future, loop.time()))
        try:
            await future
        except asyncio.CancelledError:
            if not future.cancelled() and not future.exception():  # the permit had come already
                self.release()
            raise

    def release(self) -> None:
        """Give a permit back. The next waiter has it from this moment on, so that no newcomer can overtake it."""
        while self._priority:
            future = self._priority.popleft()
            if not future.done():
                future.set_result(None)
                return
        waiter = self._queue.take(asyncio.get_running_loop().time())
        if waiter is None:
            self._free += 1
        else:
            waiter.future.set_result(None)


def overloaded() -> StorageOverloaded:
    """Return the refusal of a request that would have to wait too long."""
    return StorageOverloaded("More requests wait for the store than it can answer in time.")
