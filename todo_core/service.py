"""The use cases of the to-do list."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    TaskForbidden,
    TaskHidden,
    TaskNotFound,
    TodoError,
    VersionConflict,
)
from todo_core.policy import TaskPolicy
from todo_core.ports import Clock, Outcome, Owners, TaskRepository
from todo_core.query import Status, TaskQuery
from todo_core.task import ABSENT, Idempotency, NewTask, Task, TaskFields, deletion, is_task_id

Versions = Collection[int] | None
"""The versions that a caller accepts for a task it wants to change; None accepts any."""


class Created(NamedTuple):
    """The outcome of a create request; ``replayed`` says that an earlier request had made the task."""

    task: Task
    replayed: bool


class TaskService:
    """What a user can do with tasks, under one policy. Holds no state of its own.

    Where a method takes ``versions``, it raises VersionConflict unless the task is at one of them. All but ``create``,
    ``count`` and the lists raise TaskNotFound or, if the policy lets strangers know, TaskForbidden. A change that would
    change nothing stores nothing.
    """

    def __init__(
        self, repository: TaskRepository, clock: Clock, policy: TaskPolicy, owners: Owners | None = None
    ) -> None:
        """``owners`` is asked whose a task is, where the policy tells strangers; unless given, the repository is."""
        self._repository = repository
        self._clock = clock
        self._policy = policy
        self._owners = owners or repository

    async def create(self, user_id: str, fields: TaskFields, key: str | None = None) -> Created:
        """Create a task, or return the one that the same idempotency key has made.

        Raises InvalidInput, IdempotencyKeyReused and IdempotencyKeyInTrash.
        """
        idempotency = None if key is None else Idempotency(key, _digest(fields))
        new = NewTask.draft(user_id, fields, self._policy, self._clock.now(), idempotency)
        while True:
            task = await self._repository.add(new)
            if task is not None:
                return Created(task, replayed=False)
            earlier = idempotency and await self._repository.find_by_key(user_id, idempotency.key)
            if idempotency and earlier:
                return _replay(*earlier, idempotency)
            # The key's task was deleted for good in between, so the key is free again.

    async def list(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        """Return a user's tasks. Raises InvalidInput when the trash is asked for and the policy has none."""
        self._check(query)
        return await self._repository.find(user_id, query)

    async def count(self, user_id: str, query: TaskQuery) -> int:
        """Return how many of a user's tasks match the filter of a list, on all its pages. Raises as ``list``."""
        self._check(query)
        return await self._repository.count(user_id, query)

    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        """Return the ids of a list's tasks in its order, which ``list_among`` reads in parts. Raises as ``list``."""
        self._check(query)
        return await self._repository.order(user_id, query)

    async def list_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        """Return a part of a list, without tasks that the list no longer shows. Raises as ``list``."""
        self._check(query)
        return await self._repository.find_among(user_id, query, task_ids)

    async def get(self, user_id: str, task_id: int) -> Task:
        """Return a task."""
        task = await self._find(user_id, task_id)
        if task is None or not task.visible:
            raise await absence(self._owners, self._policy, user_id, task_id)
        return task

    async def update(self, user_id: str, task_id: int, changes: TaskFields, versions: Versions = None) -> Task:
        """Change the fields that were sent. Raises InvalidInput, whether or not the user has the task."""
        try:
            return await self._change(
                user_id, task_id, lambda task, now: task.edit(changes, self._policy, now), versions
            )
        except (TaskNotFound, TaskForbidden):
            changes.check(self._policy)
            raise

    async def toggle(self, user_id: str, task_id: int, versions: Versions = None) -> Task:
        """Complete an open task, reopen a completed one; concurrent toggles never lose one another."""
        return await self._change(user_id, task_id, Task.toggle, versions)

    async def complete(self, user_id: str, task_id: int, versions: Versions = None) -> Task:
        """Mark a task as done."""
        return await self._change(user_id, task_id, Task.complete, versions)

    async def reopen(self, user_id: str, task_id: int, versions: Versions = None) -> Task:
        """Mark a task as still to do."""
        return await self._change(user_id, task_id, Task.reopen, versions)

    async def delete(self, user_id: str, task_id: int, versions: Versions = None) -> Task:
        """Remove a task for good, or put it into the trash, as the policy says. Returns it as it was in the end."""
        delete, seen = deletion(self._policy), list[Task]()

        def change(task: Task, now: datetime) -> Task | None:
            # Called again after a conflict; the task seen last is the one that was removed.
            seen.append(task)
            return delete(task, now)

        return await self._change(user_id, task_id, change, versions) or seen[-1]

    async def restore(self, user_id: str, task_id: int, versions: Versions = None) -> Task:
        """Take a task out of the trash; where deletion is permanent there is none."""
        return await self._change(user_id, task_id, Task.restore, versions, in_trash=self._policy.has_trash)

    def _check(self, query: TaskQuery) -> None:
        if query.status is Status.DELETED and not self._policy.has_trash:
            raise InvalidInput("status", "not_allowed", "There is no trash here.")

    async def _change(
        self,
        user_id: str,
        task_id: int,
        change: Callable[[Task, datetime], Outcome],
        versions: Versions,
        *,
        in_trash: bool = False,
    ) -> Outcome:
        def decide(found: Task) -> Outcome:
            # The change first: invalid input is told whatever the version.
            after = change(found, self._clock.now())
            if versions is not None and found.version not in versions:
                raise VersionConflict(task_id, found.version)
            return after

        try:
            before = present(await self._find(user_id, task_id), task_id, in_trash=in_trash)
            after = decide(before)
            if after is before or await self._repository.replace(before, after):
                return after
            # Somebody was faster. Trying the same again starves under contention, so this time wait in line.
            outcomes = await self._repository.change(
                user_id,
                [task_id],
                lambda tasks: {task_id: decide(present(tasks.get(task_id), task_id, in_trash=in_trash))},
            )
        except TaskNotFound:
            raise await absence(self._owners, self._policy, user_id, task_id) from None
        return outcomes[task_id]

    async def _find(self, user_id: str, task_id: int) -> Task | None:
        return await self._repository.get(user_id, task_id) if is_task_id(task_id) else None


def present(task: Task | None, task_id: int, *, in_trash: bool) -> Task:
    """Return a task that can be changed; one in the trash only if ``in_trash``. Raises TaskNotFound."""
    if task is None or not (task.visible or in_trash):
        raise TaskNotFound(task_id)
    return task


async def absence(owners: Owners, policy: TaskPolicy, user_id: str, task_id: int) -> TodoError:
    """Return the error for a task that the user does not have."""
    if not is_task_id(task_id):
        return TaskNotFound(task_id)
    if not policy.stranger_forbidden:
        return TaskHidden(task_id)
    owner = await owners.owner_of(user_id, task_id)
    return TaskNotFound(task_id) if owner is None or owner == user_id else TaskForbidden(task_id)


def _digest(fields: TaskFields) -> bytes:
    import hashlib  # noqa: PLC0415  a key is rare, and OpenSSL slow to load
    import json  # noqa: PLC0415  likewise

    sent = {name: value for name, value in fields._asdict().items() if value is not ABSENT}
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).digest()


def _replay(task: Task, digest: bytes, idempotency: Idempotency) -> Created:
    if digest != idempotency.digest:
        raise IdempotencyKeyReused
    if not task.visible:
        raise IdempotencyKeyInTrash
    return Created(task, replayed=True)
