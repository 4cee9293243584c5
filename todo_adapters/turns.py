"""Let so many work on a store at a time; the others wait, fairly, and not in vain."""

import asyncio
from collections import deque

from todo_core.errors import StorageOverloaded

_WINDOW = 1.0
"""Seconds over which the rate is taken at which the lines move, at most."""

_EVIDENCE = 0.2
"""Seconds for which they must have been moving before the rate says anything."""

_SHARE = 0.9
"""Of the deadline, so much may be spent in line; the work itself needs the rest."""

_Turn = asyncio.Future[None]


class Turns:
    """A number of turns, which go round between the users who wait, in order of arrival within a user.

    A user who is alone may have all of them. Whoever would get a turn too late for a deadline, in seconds, is refused
    on arrival, as far as others are to blame: a line that does not move is a store that wakes, and the line of one user
    is that user's own affair. Whoever gets it too late all the same, while the lines have been moving, is refused then:
    to serve those would make all that follow late as well.
    """

    def __init__(self, number: int, deadline: float) -> None:
        self._free = number
        self._patience = deadline * _SHARE
        self._first: deque[_Turn] = deque()
        # Each with its time of arrival. The next user is the first one, and nobody's line is empty.
        self._lines: dict[str | None, deque[tuple[_Turn, float]]] = {}
        self._in_lines = 0  # without those who have given up, and whose places are still there
        self._moves: deque[float] = deque()  # when the lines moved, within the window
        self._moving_since = 0.0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._first) + self._in_lines

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
            now = loop.time()
            if self._would_be_late(user_id, now):
                raise _overloaded()
            self._lines.setdefault(user_id, deque()).append((turn, now))
            self._in_lines += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                if not first:
                    self._in_lines -= 1
            elif not turn.exception():  # the turn had come already
                self.release()
            raise

    def release(self) -> None:
        """End a turn; whoever is next has it from now on, so that nobody can overtake them."""
        while self._first:
            turn = self._first.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        now = asyncio.get_running_loop().time()
        if not self._moves or self._moves[-1] < now - _WINDOW:
            self._moving_since = now
        while self._lines:
            user_id, line = next(iter(self._lines.items()))
            del self._lines[user_id]
            following = self._next_of(line, now)
            if line:
                self._lines[user_id] = line
            if following is not None:
                following.set_result(None)
                self._moves.append(now)
                self._forget_moves(now)
                return
        self._free += 1
        self._moves.clear()

    def _next_of(self, line: deque[tuple[_Turn, float]], now: float) -> _Turn | None:
        """Take whoever is next from a line; None if nobody is left in it."""
        while line:
            turn, arrival = line.popleft()
            if turn.done():
                continue
            self._in_lines -= 1
            if self._moving_since > arrival or now - arrival <= self._patience:
                return turn
            turn.set_exception(_overloaded())
        return None

    def _forget_moves(self, now: float) -> None:
        while self._moves and self._moves[0] < now - _WINDOW:
            self._moves.popleft()

    def _would_be_late(self, user_id: str | None, now: float) -> bool:
        """Whether a user's next turn would come too late, by the lines and by how often they moved of late."""
        own = len(self._lines.get(user_id, ()))
        # In each round until then every other user has one turn at most.
        others = min(self._in_lines - own, (len(self._lines) - bool(own)) * (own + 1))
        if others < own or not others:
            return False
        self._forget_moves(now)
        seconds = min(now - self._moving_since, _WINDOW)
        if not self._moves or seconds < _EVIDENCE:
            return False
        return own + others > len(self._moves) / seconds * self._patience


def _overloaded() -> StorageOverloaded:
    return StorageOverloaded("More requests wait for the store than it can answer in time.")
