"""What the domain needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from todo_core.query import TaskQuery
from todo_core.task import NewTask, Task

Outcome = TypeVar("Outcome", bound=Task | None)

Decision = Callable[[Mapping[int, Task]], Mapping[int, Outcome]]
"""Sees a user's tasks by their ids, and returns what becomes of those that change."""


class Clock(Protocol):
    """Tells the time."""

    @abstractmethod
    def now(self) -> datetime:
        """Return an aware time in UTC, in whole microseconds."""


class Owners(Protocol):
    """Tells whose a task is: the one question that goes beyond one user's tasks, on a sharded table to every shard."""

    @abstractmethod
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        """Return the id of the user who owns a task outside the trash.

        Asked only to tell a stranger's task from a missing one, and for audit logs. The question waits for the store in
        the turn of the user who asks, which is ``user_id``. Raises as TaskRepository does.
        """


class TaskRepository(Owners, Protocol):
    """Keeps tasks. Every method but ``owner_of`` sees the tasks of one user only.

    Every method may raise StorageUnavailable and StorageUnusable. Each call is one atomic step, durable when it
    returns.
    """

    @abstractmethod
    async def add(self, new: NewTask) -> Task | None:
        """Store a task under an id above all that were given before; ids count from 1 over all users.

        Returns None, and stores nothing, if one of the user's tasks holds the same idempotency key.
        """

    @abstractmethod
    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        """Store tasks of one user, all or none, without holding all of them in memory.

        A task whose idempotency key one of the user's tasks already holds is left out. Returns the ids of the stored
        tasks in their order. An error of the iterable is passed on.
        """

    @abstractmethod
    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        """Return the task, in the trash or not, that an idempotency key made, and the digest kept with it."""

    @abstractmethod
    async def get(self, user_id: str, task_id: int) -> Task | None:
        """Return a task of the user, in the trash or not."""

    @abstractmethod
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        """Return the tasks that a query asks for, in its order."""

    @abstractmethod
    async def count(self, user_id: str, query: TaskQuery) -> int:
        """Return how many tasks match a query's filter; its start and its limit do not matter."""

    @abstractmethod
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        """Return the ids of the tasks that ``find`` would return, in its order."""

    @abstractmethod
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        """Return those of some tasks that a query's filter shows now, in the order of the ids.

        The query's start and limit do not matter. ``order`` and then this method read a long list in parts although
        tasks change in between: no task comes twice, and none is missing that stays in the list all the while.
        """

    @abstractmethod
    async def replace(self, before: Task, after: Task | None) -> bool:
        """Compare and set: store ``after``, or remove the task for None, if it is still at the version of ``before``.

        Returns False, and changes nothing, if it is not.
        """

    @abstractmethod
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        """Let ``decide`` see those of the tasks that the user has, and store what it returns for them, all or none.

        None removes a task; a task that ``decide`` does not return stays as it is. Nobody else changes the tasks in
        between, and callers are served about in order of arrival. So this always succeeds, where ``replace`` may be
        overtaken again and again. An error of ``decide`` is passed on, and nothing is stored. Returns the tasks as they
        are stored: a store that keeps its own time may change those of ``decide``.
        """

    @abstractmethod
    async def check(self) -> None:
        """Return if the store answers and can be used; raise what is wrong otherwise."""


class TokenVerifier(Protocol):
    """Tells who sent a request."""

    @abstractmethod
    async def verify(self, token: str, longest: timedelta | None = None, resource: str | None = None) -> str:
        """Return the user id that a compact JWT proves, if the token expires at most ``longest`` from now.

        A token that was issued for one address counts only if ``resource`` is that address. Raises TokenRefused, and
        KeysUnavailable when there is no key to verify with.
        """

    @abstractmethod
    async def check(self) -> None:
        """Return if tokens can be verified now. Raises KeysUnavailable."""
