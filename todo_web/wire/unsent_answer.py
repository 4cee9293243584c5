"""An answer that the client does not read."""


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
