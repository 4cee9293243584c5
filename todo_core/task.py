"""A task, and every rule about what may happen to one."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, NamedTuple

from todo_core.errors import InvalidInput
from todo_core.policy import TaskPolicy
from todo_core.text import clean_description, clean_title, is_blank

UNTITLED = "Untitled task"

MAX_TASK_ID = 2**63 - 1


def is_task_id(number: int) -> bool:
    """Whether a task may have this id."""
    return 1 <= number <= MAX_TASK_ID


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""The field was not sent, which differs from sending null."""

Absent = Literal[_Absent.ABSENT]


class TaskFields(NamedTuple):
    """The fields of a task that a caller sent; the others stay as they are."""

    title: str | Absent | None = ABSENT
    description: str | Absent | None = ABSENT
    completed: bool | Absent = ABSENT

    def check(self, policy: TaskPolicy) -> None:
        """Raise InvalidInput for a value that no task may have."""
        if self.title is not ABSENT:
            _changed_title(self.title, policy)
        if self.description is not ABSENT:
            clean_description(self.description, policy.description_limit)


class Times(NamedTuple):
    """When a task from elsewhere was created, changed and completed; None where that is not known."""

    created_at: datetime | None
    updated_at: datetime | None
    completed_at: datetime | None


class TaskState(NamedTuple):
    """Fields of a task as they were at some version; an absent field stays as it is."""

    title: str | Absent = ABSENT
    description: str | Absent | None = ABSENT
    completed_at: datetime | Absent | None = ABSENT
    deleted_at: datetime | Absent | None = ABSENT

    @classmethod
    def difference(cls, task: "Task", other: "Task") -> "TaskState":
        """Return those fields of a task that differ from another version of it."""
        return cls(**{name: getattr(task, name) for name in cls._fields if getattr(task, name) != getattr(other, name)})


class Idempotency(NamedTuple):
    """A caller's key for one create request, and the payload's digest that tells a replay from a misuse."""

    key: str
    digest: bytes


class NewTask(NamedTuple):
    """A task that no store has given an id yet; its version will be 1. Times are aware and in UTC."""

    user_id: str
    title: str
    description: str | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    idempotency: Idempotency | None = None

    @property
    def completed(self) -> bool:
        """Whether the task is done."""
        return self.completed_at is not None

    @classmethod
    def draft(
        cls,
        user_id: str,
        fields: TaskFields,
        policy: TaskPolicy,
        now: datetime,
        idempotency: Idempotency | None = None,
    ) -> "NewTask":
        """Apply the policy to what a caller sent. Raises InvalidInput."""
        description = None if fields.description is ABSENT else fields.description
        description = clean_description(description, policy.description_limit)
        if fields.title is not ABSENT and fields.title is not None:
            title = clean_title(fields.title, policy.title_limit)
        elif policy.title_generated:
            title = _generate_title(description, policy.title_limit)
        else:
            raise InvalidInput("title", "required", "The title is required.")
        completed_at = now if fields.completed is True else None
        return cls(user_id, title, description, completed_at, now, now, None, idempotency)

    @classmethod
    def imported(cls, user_id: str, fields: TaskFields, policy: TaskPolicy, now: datetime, times: Times) -> "NewTask":
        """Apply the policy to a task from elsewhere, which keeps its times.

        A time that is not known is filled in. The task was created now, completed at its last change or else now, and
        changed when it was completed or else created. If ``completed`` was not sent, a task with a time of completion
        is completed. Raises InvalidInput.
        """
        created_at = times.created_at or now
        draft = cls.draft(user_id, fields, policy, created_at)
        completed = times.completed_at is not None if fields.completed is ABSENT else fields.completed
        if times.completed_at and not completed:
            raise InvalidInput("completed_at", "contradiction", "A task with a completed_at must be completed.")
        completed_at = (times.completed_at or times.updated_at or now) if completed else None
        updated_at = times.updated_at or max(created_at, completed_at or created_at)
        return draft._replace(completed_at=completed_at, updated_at=updated_at)

    def with_id(self, task_id: int) -> "Task":
        """Return the task that this draft becomes under an id."""
        return Task(
            id=task_id,
            user_id=self.user_id,
            title=self.title,
            description=self.description,
            completed_at=self.completed_at,
            created_at=self.created_at,
            updated_at=self.updated_at,
            deleted_at=self.deleted_at,
            version=1,
        )


PUBLISHED_FIELDS = ("id", "user_id", "title", "description", "completed", "completed_at", "created_at", "updated_at")
"""What is shown of a task, by the names that the API, the console's JSON and files share.

All but those of TaskFields are the program's to set.
"""


class Task(NamedTuple):
    """One user's task; a change returns a new value with the next version, or the same object if nothing changes.

    Times are aware and in UTC; a task with a ``deleted_at`` is in the trash.
    """

    id: int
    user_id: str
    title: str
    description: str | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    version: int

    @property
    def completed(self) -> bool:
        """Whether the task is done."""
        return self.completed_at is not None

    @property
    def visible(self) -> bool:
        """Whether the task is outside the trash."""
        return self.deleted_at is None

    def published(self) -> tuple[object, ...]:
        """Return what is shown of the task, in the order of PUBLISHED_FIELDS."""
        task_id, user_id, title, description, completed_at, created_at, updated_at, _, _ = self
        completed = completed_at is not None
        return task_id, user_id, title, description, completed, completed_at, created_at, updated_at

    def edit(self, changes: TaskFields, policy: TaskPolicy, now: datetime) -> "Task":
        """Change the fields that were sent, and validate only those. Raises InvalidInput."""
        title, description, completed = self.title, self.description, self.completed
        if changes.title is not ABSENT and changes.title != title:
            title = _changed_title(changes.title, policy)
        if changes.description is not ABSENT and changes.description != description:
            description = clean_description(changes.description, policy.description_limit)
        if changes.completed is not ABSENT:
            completed = changes.completed
        if (title, description, completed) == (self.title, self.description, self.completed):
            return self
        completed_at = self.completed_at if completed == self.completed else now if completed else None
        return self._changed(now, title=title, description=description, completed_at=completed_at)

    def complete(self, now: datetime) -> "Task":
        """Mark the task as done; a task that is done already keeps the time at which it was done."""
        return self if self.completed else self._changed(now, completed_at=now)

    def reopen(self, now: datetime) -> "Task":
        """Mark the task as still to do."""
        return self._changed(now, completed_at=None) if self.completed else self

    def toggle(self, now: datetime) -> "Task":
        """Complete an open task, reopen a completed one."""
        return self.reopen(now) if self.completed else self.complete(now)

    def delete(self, now: datetime) -> "Task":
        """Put the task into the trash."""
        return self._changed(now, deleted_at=now) if self.visible else self

    def restore(self, now: datetime) -> "Task":
        """Take the task out of the trash."""
        return self if self.visible else self._changed(now, deleted_at=None)

    def put_back(self, state: TaskState, now: datetime) -> "Task":
        """Give the task the fields of an earlier state; stored values are not validated again."""
        sent = {name: getattr(state, name) for name in state._fields if getattr(state, name) is not ABSENT}
        if all(getattr(self, name) == value for name, value in sent.items()):
            return self
        return self._changed(now, **sent)

    def _changed(self, now: datetime, **fields: Any) -> "Task":  # noqa: ANN401  as NamedTuple._replace
        # A clock that was set back must not make a change look older than the one before it.
        return self._replace(updated_at=max(now, self.updated_at), version=self.version + 1, **fields)


def remove(task: Task, now: datetime) -> None:
    """Remove the task for good."""


def deletion(policy: TaskPolicy) -> Callable[[Task, datetime], Task | None]:
    """Return the change by which a policy deletes a task: into the trash, or for good."""
    return Task.delete if policy.has_trash else remove


def _changed_title(sent: str | None, policy: TaskPolicy) -> str:
    if sent is None:
        raise InvalidInput("title", "required", "The title must not be null.")
    return clean_title(sent, policy.title_limit)


def _generate_title(description: str | None, limit: int) -> str:
    first_line = (description or "").split("\n", 1)[0].replace("\t", " ").strip()
    title = first_line[:limit].strip()
    return UNTITLED if is_blank(title) else title
