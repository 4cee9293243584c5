"""Let so many work on a store at a time; the others wait, fairly, and not in vain."""

import asyncio
from collections import deque

from todo_core.errors import StorageOverloaded

_WINDOW = 1.0
"""Seconds over which the rate is taken at which waiting users get their turns."""

_REFUSALS = 500
"""So many are refused in a second at most. Clients that come back at once would take all the processor's time from the
requests that were let in, if refusing them had no limit; they wait for the refusal instead."""

_REFUSED_AT_ONCE = 50

_Turn = asyncio.Future[None]


class Turns:
    """A number of turns, which go round between the users who wait, in order of arrival within a user.

    A user who is alone may have all of them. Whoever would get a turn only after ``deadline`` seconds is refused, as
    far as others are to blame: a line that does not move is a store that wakes, and the line of one user is that user's
    own affair.
    """

    def __init__(self, number: int, deadline: float) -> None:
        self._free = number
        self._deadline = deadline
        self._first: deque[_Turn] = deque()
        self._lines: dict[str | None, deque[_Turn]] = {}  # the next user is the first one; nobody's line is empty
        self._in_lines = 0
        self._moves: deque[float] = deque()  # when the lines moved, within the window
        self._moving_since = 0.0
        self._last_refusal = 0.0

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
        if not first and self._would_be_late(user_id):
            await self._pace_refusals()
            raise StorageOverloaded("More requests wait for the store than it can answer in time.")
        turn: _Turn = asyncio.get_running_loop().create_future()
        if first:
            self._first.append(turn)
        else:
            self._lines.setdefault(user_id, deque()).append(turn)
            self._in_lines += 1
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn had come already
                self.release()
            elif not first:
                self._leave(user_id, turn)
            raise

    def release(self) -> None:
        """End a turn; whoever is next has it from now on, so that nobody can overtake them."""
        while self._first:
            turn = self._first.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        while self._lines:
            turn = self._next_in_lines()
            if not turn.done():
                turn.set_result(None)
                self._note_move()
                return
        self._free += 1
        self._moves.clear()

    def _next_in_lines(self) -> _Turn:
        user_id, line = next(iter(self._lines.items()))
        del self._lines[user_id]
        turn = line.popleft()
        self._in_lines -= 1
        if line:
            self._lines[user_id] = line
        return turn

    def _leave(self, user_id: str | None, turn: _Turn) -> None:
        line = self._lines.get(user_id)
        if line and turn in line:
            line.remove(turn)
            self._in_lines -= 1
            if not line:
                del self._lines[user_id]

    def _note_move(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._moves or self._moves[-1] < now - _WINDOW:
            self._moving_since = now
        self._moves.append(now)
        self._forget_moves(now - _WINDOW)

    def _forget_moves(self, before: float) -> None:
        while self._moves and self._moves[0] < before:
            self._moves.popleft()

    def _would_be_late(self, user_id: str | None) -> bool:
        """Whether a user's next turn would come too late, by the lines and by how often they moved of late."""
        own = len(self._lines.get(user_id, ()))
        # In each round until then every other user has one turn at most.
        others = min(self._in_lines - own, (len(self._lines) - bool(own)) * (own + 1))
        if others < own or not others:
            return False
        now = asyncio.get_running_loop().time()
        self._forget_moves(now - _WINDOW)
        known = self._moves and self._moving_since <= now - _WINDOW
        return bool(known) and own + others > len(self._moves) / _WINDOW * self._deadline

    async def _pace_refusals(self) -> None:
        now = asyncio.get_running_loop().time()
        self._last_refusal = max(self._last_refusal, now - _REFUSED_AT_ONCE / _REFUSALS) + 1 / _REFUSALS
        if self._last_refusal > now:
            await asyncio.sleep(self._last_refusal - now)
