"""The time of this machine."""

from datetime import UTC, datetime

from todo_core.override import override
from todo_core.ports import Clock


class SystemClock(Clock):
    """The operating system's clock."""

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)
