"""The driving port: one user's to-do list, as a program for that user works with it."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from todo_core.query import Status, TaskQuery
from todo_core.task import NewTask, Task, TaskFields, TaskState


class Change(NamedTuple):
    """What was done to one task: ``after`` is the same object if nothing changed, None if the task was removed."""

    before: Task
    after: Task | None


class Reversion(NamedTuple):
    """A step back: give a task an earlier state, if the task is still at ``version``."""

    task_id: int
    version: int
    state: TaskState


class Tasks(Protocol):
    """One user's to-do list, wherever it is kept.

    A method that changes several tasks changes all of them or none, and returns one change for each id, in the order of
    the ids. For the first id that the user does not have it raises TaskNotFound or, if the policy lets strangers know,
    TaskForbidden. Every method may raise StorageUnavailable, StorageUnusable and, where the list is on a server,
    TokenError.
    """

    @abstractmethod
    async def check(self) -> None:
        """Return if the list can be used; raise what is wrong otherwise."""

    @abstractmethod
    async def create(self, fields: TaskFields) -> Task:
        """Create a task. Raises InvalidInput."""

    @abstractmethod
    async def get(self, task_id: int) -> Task:
        """Return a task outside the trash. Raises as a change does."""

    @abstractmethod
    async def find(self, query: TaskQuery) -> Sequence[Task]:
        """Return the tasks that a query asks for, in its order. A version may be missing from a list; it is 0 then."""

    @abstractmethod
    async def count(self, status: Status) -> int:
        """Return how many tasks have a status, without holding them all in memory."""

    @abstractmethod
    def pages(self, status: Status) -> AsyncIterator[Sequence[Task]]:
        """Return the tasks with a status, the oldest first, without holding them all in memory.

        A version may be missing, as in ``find``.
        """

    @abstractmethod
    async def add_all(self, new: Iterable[NewTask]) -> Sequence[int]:
        """Store drafts, except for those whose idempotency key has made a task already; return the ids of the rest."""

    @abstractmethod
    async def update(self, task_ids: Collection[int], changes: TaskFields) -> Sequence[Change]:
        """Change the fields that were sent. Raises InvalidInput, whether or not the user has the tasks."""

    @abstractmethod
    async def complete(self, task_ids: Collection[int]) -> Sequence[Change]:
        """Mark tasks as done."""

    @abstractmethod
    async def reopen(self, task_ids: Collection[int]) -> Sequence[Change]:
        """Mark tasks as still to do."""

    @abstractmethod
    async def delete(self, task_ids: Collection[int]) -> Sequence[Change]:
        """Put tasks into the trash; remove them for good where the policy has none."""

    @abstractmethod
    async def restore(self, task_ids: Collection[int]) -> Sequence[Change]:
        """Take tasks out of the trash; where deletion is permanent there is none."""

    @abstractmethod
    async def put_back(self, reversions: Collection[Reversion], known_at: datetime) -> Sequence[Change]:
        """Return tasks to earlier states.

        Raises VersionConflict for a task that was changed since, or that was created after ``known_at``: the store was
        begun anew then, and another task has the id.
        """
