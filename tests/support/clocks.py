"""A clock that tests set by hand."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Implements todo_core.ports.Clock; stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> datetime:
        self.time += timedelta(**by)
        return self.time
