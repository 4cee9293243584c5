"""Which of a user's tasks a list shows, in which order, and from where on."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from todo_core.task import Task

PAGE_LIMIT = 1000
"""The largest page that a caller may ask for."""

OFFSET_LIMIT = 2**31
"""The most tasks that a caller may ask to leave out."""


class Status(StrEnum):
    """Which tasks are shown. Only DELETED shows the trash, and it shows nothing else."""

    ALL = "all"
    PENDING = "pending"
    COMPLETED = "completed"
    DELETED = "deleted"


class Sort(StrEnum):
    """The order of a list; ties are broken by the id, in the same direction. Titles compare by code point."""

    CREATED = "created_at"
    CREATED_LATEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_LATEST = "-updated_at"
    TITLE = "title"
    TITLE_LAST = "-title"

    @property
    def field(self) -> str:
        """Name of the task's attribute that is compared."""
        return self.value.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""
        return self.value.startswith("-")

    def position(self, task: Task) -> "Position":
        """Where a task stands in this order."""
        value: datetime | str = getattr(task, self.field)
        return Position(value, task.id)


class Position(NamedTuple):
    """A place in a sorted list: the value that the list is sorted by, then the task's id."""

    value: datetime | str
    task_id: int


class TaskQuery(NamedTuple):
    """A list of one user's tasks.

    ``search`` is literal text that the title or the description must hold, whatever the case of its letters. ``after``
    leaves out everything up to that position, itself included, and ``offset`` then leaves out so many more. A ``limit``
    of None means all.
    """

    status: Status = Status.ALL
    sort: Sort = Sort.CREATED
    search: str | None = None
    limit: int | None = None
    after: Position | None = None
    offset: int = 0
