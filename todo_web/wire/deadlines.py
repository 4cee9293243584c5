"""How long a connection may keep the server waiting."""

from dataclasses import dataclass

LINGER = 2.0
"""Seconds for a client to read the last answer of a connection before it is cut (RFC 9112, section 9.6)."""


@dataclass(frozen=True)
class Deadlines:
    """Seconds. A connection between two requests has the server's own limit."""

    request: float = 15
    """From the first byte of a request, or of a new connection, to the last byte of the body."""

    answer: float = 30
    """For which no byte of an unsent answer leaves."""


DEADLINES = Deadlines()


class UnsentAnswer:
    """Tells whether a client has stopped reading, from the bytes that wait to be sent."""

    def __init__(self) -> None:
        self._bytes = 0
        self._since = 0.0

    def moves(self) -> None:
        """Note that bytes have left, even if as many were added meanwhile."""
        self._bytes = 0

    def seconds_without_progress(self, waiting: int, now: float) -> float:
        """Return for how long the same number of bytes waits."""
        if waiting != self._bytes:
            self._bytes, self._since = waiting, now
        return now - self._since if waiting else 0.0
