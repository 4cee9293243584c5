"""Let so many do something at a time, and the others wait in line."""

import asyncio
from collections import deque


class Turns:
    """A semaphore with two lines, each first come, first served; the second is served while the first is empty.

    asyncio's semaphore knows one line only.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._lines: tuple[deque[asyncio.Future[None]], ...] = (deque(), deque())

    @property
    def waiting(self) -> int:
        """How many stand in line, those included who have given up since the last turn."""
        return sum(map(len, self._lines))

    async def take(self, *, first: bool = False) -> None:
        """Wait for a turn, in the first line or in the second."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._lines[0 if first else 1].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn had come already
                self.pass_on()
            raise

    def pass_on(self) -> None:
        """End a turn; whoever is next has it from now on, so that nobody can overtake them."""
        for line in self._lines:
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
