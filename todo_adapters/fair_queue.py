"""Let so many work on a store at a time; the others wait, fairly, and not in vain."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from todo_core.errors import StorageOverloaded

_WINDOW = 1.0
"""Seconds over which the rate is taken at which the lines move, at most."""

_EVIDENCE = 0.2
"""Seconds for which they must have been moving before the rate says anything."""

_SHARE = 0.9
"""Of the deadline, so much may be spent in line; the work itself needs the rest."""


class Place(NamedTuple):
    """One who waits: what ends the waiting, since when, and what it waits to do."""

    turn: asyncio.Future[Any]
    arrival: float
    work: Any = None


class Lines:
    """Those who wait, in one line for each user; who is next goes round between the users.

    Whoever would be next too late for a deadline, in seconds, is refused on arrival, as far as others are to blame:
    lines that do not move are a store that wakes, and the line of one user is that user's own affair. Whoever is next
    too late all the same, while the lines have been moving, is refused then: to serve those would make all that follow
    late as well. Whoever has given up keeps a place until it is next.
    """

    def __init__(self, deadline: float, refuse: Callable[[asyncio.Future[Any]], object]) -> None:
        """``refuse`` ends the waiting of one who is late."""
        self._patience = deadline * _SHARE
        self._refuse = refuse
        self._lines: dict[str | None, deque[Place]] = {}  # the next user is the first one, and no line is empty
        self._moves: deque[float] = deque()  # when somebody was next and others waited on, within the window
        self._moving_since = 0.0
        self.waiting = 0

    def join(self, user_id: str | None, place: Place) -> None:
        """Wait behind the user's others. Raises StorageOverloaded."""
        line = self._lines.get(user_id)
        own = len(line) if line else 0
        if self.waiting > own and self._would_be_late(own, place.arrival):
            raise overloaded()
        if line is None:
            self._lines[user_id] = line = deque()
        line.append(place)
        self.waiting += 1

    def next(self, now: float) -> Place | None:
        """Take out who is next; None if nobody waits."""
        if not self._moves or self._moves[-1] < now - _WINDOW:
            self._moving_since = now
        while self._lines:
            user_id, line = next(iter(self._lines.items()))
            place = self._next_of(line, now)
            if not line:
                del self._lines[user_id]
            elif len(self._lines) > 1:
                del self._lines[user_id]
                self._lines[user_id] = line
            if place is not None:
                self._note_move(now)
                return place
        return None

    def _next_of(self, line: deque[Place], now: float) -> Place | None:
        while line:
            place = line.popleft()
            self.waiting -= 1
            if place.turn.done():
                continue
            if self._moving_since > place.arrival or now - place.arrival <= self._patience:
                return place
            self._refuse(place.turn)
        return None

    def _note_move(self, now: float) -> None:
        if self._lines:
            self._moves.append(now)
            self._forget_moves(now)
        else:  # it says nothing of the rate when nobody waits
            self._moves.clear()

    def _forget_moves(self, now: float) -> None:
        while self._moves and self._moves[0] < now - _WINDOW:
            self._moves.popleft()

    def _would_be_late(self, own: int, now: float) -> bool:
        """Whether a user who has so many in line would get one more turn too late, at the rate of late."""
        # In each round until then every other user has one turn at most.
        others = min(self.waiting - own, (len(self._lines) - bool(own)) * (own + 1))
        if others < own:
            return False
        self._forget_moves(now)
        seconds = min(now - self._moving_since, _WINDOW)
        if not self._moves or seconds < _EVIDENCE:
            return False
        return own + others > len(self._moves) / seconds * self._patience


class Turns:
    """A number of turns on an event loop; a user who is alone may have all of them."""

    def __init__(self, number: int, deadline: float) -> None:
        """Refuse as ``Lines`` does."""
        self._free = number
        self._first: deque[asyncio.Future[None]] = deque()
        self._lines = Lines(deadline, lambda turn: turn.set_exception(overloaded()))

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._first) + self._lines.waiting

    async def acquire(self, user_id: str | None, *, first: bool = False) -> None:
        """Wait for a turn of a user; ``first`` comes before all users, and is never refused.

        Raises StorageOverloaded.
        """
        if self._free:
            self._free -= 1
            return
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        if first:
            self._first.append(turn)
        else:
            self._lines.join(user_id, Place(turn, loop.time()))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and not turn.exception():  # the turn had come already
                self.release()
            raise

    def release(self) -> None:
        """End a turn; whoever is next has it from now on, so that nobody can overtake them."""
        while self._first:
            turn = self._first.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        place = self._lines.next(asyncio.get_running_loop().time())
        if place is None:
            self._free += 1
        else:
            place.turn.set_result(None)


def overloaded() -> StorageOverloaded:
    """Return what those are told who would have to wait too long."""
    return StorageOverloaded("More requests wait for the store than it can answer in time.")
