"""The time of this machine."""

from datetime import UTC, datetime


class SystemClock:
    """Implements todo_core.ports.Clock."""

    def now(self) -> datetime:  # noqa: D102  the port says it
        return datetime.now(UTC)
