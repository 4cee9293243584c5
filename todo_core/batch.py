"""The use cases on several of a user's tasks at once: all of them or none."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from todo_core.errors import TaskForbidden, TaskNotFound, VersionConflict
from todo_core.policy import TaskPolicy
from todo_core.ports import Clock, Outcome, TaskRepository
from todo_core.service import absence, present
from todo_core.task import MAX_TASK_ID, NewTask, Task, TaskFields, TaskState, deletion, remove


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did to one task: ``after`` is the same object where nothing changed, None where the task is gone."""

    before: Task
    after: Task | None


@dataclass(frozen=True, slots=True)
class Reversion:
    """Give a task back what it had, provided that nobody changed it since it was at ``version``."""

    task_id: int
    version: int
    state: TaskState


class TaskBatch:
    """Several tasks of one user in one atomic step. Holds no state of its own.

    Every method but ``add_all`` returns one change for each id, in the order of the ids, and raises TaskNotFound, or
    TaskForbidden where the policy tells strangers, for the first id that the user has not.
    """

    def __init__(self, repository: TaskRepository, clock: Clock, policy: TaskPolicy) -> None:
        self._repository = repository
        self._clock = clock
        self._policy = policy

    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        """Store drafts, except for those whose idempotency key has made a task already; return the ids of the rest."""
        return await self._repository.add_all(user_id, new)

    async def update(self, user_id: str, task_ids: Collection[int], changes: TaskFields) -> Sequence[Change]:
        """Change the fields that were sent. Raises InvalidInput, whether or not the user has the tasks."""
        try:
            return await self._change(user_id, task_ids, lambda task, now: task.edit(changes, self._policy, now))
        except (TaskNotFound, TaskForbidden):
            changes.check(self._policy)
            raise

    async def complete(self, user_id: str, task_ids: Collection[int]) -> Sequence[Change]:
        """Mark tasks as done."""
        return await self._change(user_id, task_ids, Task.complete)

    async def reopen(self, user_id: str, task_ids: Collection[int]) -> Sequence[Change]:
        """Mark tasks as still to do."""
        return await self._change(user_id, task_ids, Task.reopen)

    async def delete(self, user_id: str, task_ids: Collection[int]) -> Sequence[Change]:
        """Remove tasks for good, or put them into the trash, as the policy says."""
        return await self._change(user_id, task_ids, deletion(self._policy))

    async def remove(self, user_id: str, task_ids: Collection[int]) -> Sequence[Change]:
        """Remove tasks for good, in the trash or not, where the policy has a trash."""
        return await self._change(user_id, task_ids, remove, in_trash=self._policy.has_trash)

    async def restore(self, user_id: str, task_ids: Collection[int]) -> Sequence[Change]:
        """Take tasks out of the trash; where deletion is permanent there is none."""
        return await self._change(user_id, task_ids, Task.restore, in_trash=self._policy.has_trash)

    async def put_back(self, user_id: str, reversions: Collection[Reversion], known_at: datetime) -> Sequence[Change]:
        """Return tasks to earlier states.

        Raises VersionConflict for a task that was changed since, or created after ``known_at``: it is another one then,
        under the same id of a store that was begun anew.
        """
        steps = {reversion.task_id: reversion for reversion in reversions}

        def revert(task: Task, now: datetime) -> Task:
            step = steps[task.id]
            if task.version != step.version or task.created_at > known_at:
                raise VersionConflict(task.id, task.version)
            return task.put_back(step.state, now)

        return await self._change(user_id, steps.keys(), revert, in_trash=True)

    async def _change(
        self,
        user_id: str,
        task_ids: Collection[int],
        change: Callable[[Task, datetime], Outcome],
        *,
        in_trash: bool = False,
    ) -> Sequence[Change]:
        ids = list(dict.fromkeys(task_ids))
        changes: list[Change] = []

        def decide(tasks: Mapping[int, Task]) -> Mapping[int, Outcome]:
            now = self._clock.now()
            # Begun anew each time, because a store may ask again after it gave up on its first try.
            found = [present(tasks.get(task_id), task_id, in_trash=in_trash) for task_id in ids]
            changes[:] = [Change(task, change(task, now)) for task in found]
            return {step.before.id: step.after for step in changes if step.after is not step.before}  # type: ignore[misc]  # an Outcome again

        try:
            _refuse_impossible(ids)
            stored = await self._repository.change(user_id, ids, decide)
        except TaskNotFound as missing:
            raise await absence(self._repository, self._policy, user_id, missing.task_id) from None
        return [Change(step.before, stored.get(step.before.id, step.after)) for step in changes]


def _refuse_impossible(task_ids: Iterable[int]) -> None:
    for task_id in task_ids:
        if not 1 <= task_id <= MAX_TASK_ID:
            raise TaskNotFound(task_id)
