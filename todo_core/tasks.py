"""The driving port: one user's to-do list, as a program for that user works with it."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from todo_core.query import Status, TaskQuery
from todo_core.task import NewTask, Task, TaskFields, TaskState


class Change(NamedTuple):
    """What a step did to one task: ``after`` is the same object where nothing changed, None where the task is gone."""

    before: Task
    after: Task | None


class Reversion(NamedTuple):
    """Give a task back what it had, provided that nobody changed it since it was at ``version``."""

    task_id: int
    version: int
    state: TaskState


class Tasks(Protocol):
    """One user's to-do list, wherever it is kept.

    What changes several tasks changes all of them or none. It returns one change for each id, in the order of the ids,
    and raises TaskNotFound, or TaskForbidden where the policy tells strangers, for the first id that the user has not.
    Every method may raise StorageUnavailable, StorageUnusable and, where the list is on a server, TokenError.
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
        """Return the tasks that a query asks for, in its order. A list need not tell their versions: they may be 0."""

    @abstractmethod
    def pages(self, status: Status) -> AsyncIterator[Sequence[Task]]:
        """Return the tasks with a status, the oldest first, without holding them all in memory. Versions as above."""

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

        Raises VersionConflict for a task that was changed since, or created after ``known_at``: it is another one then,
        under the same id of a store that was begun anew.
        """
