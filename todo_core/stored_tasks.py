"""One user's to-do list in a store."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from todo_core.errors import TaskForbidden, TaskNotFound, VersionConflict
from todo_core.override import override
from todo_core.policy import TaskPolicy
from todo_core.ports import Clock, Outcome, TaskRepository
from todo_core.query import PAGE_LIMIT, Status, TaskQuery
from todo_core.service import TaskService, absence, present
from todo_core.task import NewTask, Task, TaskFields, deletion, is_task_id, remove
from todo_core.tasks import Change, Reversion, Tasks


class StoredTasks(Tasks):
    """The tasks of one user in a repository, under one policy."""

    def __init__(self, repository: TaskRepository, clock: Clock, policy: TaskPolicy, user_id: str) -> None:
        self._repository = repository
        self._clock = clock
        self._policy = policy
        self._user_id = user_id
        self._service = TaskService(repository, clock, policy)

    @override
    async def check(self) -> None:
        await self._repository.check()

    @override
    async def create(self, fields: TaskFields) -> Task:
        return (await self._service.create(self._user_id, fields)).task

    @override
    async def get(self, task_id: int) -> Task:
        return await self._service.get(self._user_id, task_id)

    @override
    async def find(self, query: TaskQuery) -> Sequence[Task]:
        return await self._service.list(self._user_id, query)

    @override
    async def count(self, status: Status) -> int:
        return await self._service.count(self._user_id, TaskQuery(status))

    @override
    async def pages(self, status: Status) -> AsyncIterator[Sequence[Task]]:
        query = TaskQuery(status, limit=PAGE_LIMIT)
        while tasks := await self.find(query):
            yield tasks
            if len(tasks) < PAGE_LIMIT:
                return
            query = query._replace(after=query.sort.position(tasks[-1]))

    @override
    async def add_all(self, new: Iterable[NewTask]) -> Sequence[int]:
        return await self._repository.add_all(self._user_id, new)

    async def count_known(self, new: Iterable[NewTask]) -> int:
        """Return how many drafts ``add_all`` would leave out."""
        known = 0
        for draft in new:
            if draft.idempotency:
                known += await self._repository.find_by_key(self._user_id, draft.idempotency.key) is not None
        return known

    @override
    async def update(self, task_ids: Collection[int], changes: TaskFields) -> Sequence[Change]:
        try:
            return await self._change(task_ids, lambda task, now: task.edit(changes, self._policy, now))
        except (TaskNotFound, TaskForbidden):
            changes.check(self._policy)
            raise

    @override
    async def complete(self, task_ids: Collection[int]) -> Sequence[Change]:
        return await self._change(task_ids, Task.complete)

    @override
    async def reopen(self, task_ids: Collection[int]) -> Sequence[Change]:
        return await self._change(task_ids, Task.reopen)

    @override
    async def delete(self, task_ids: Collection[int]) -> Sequence[Change]:
        return await self._change(task_ids, deletion(self._policy))

    async def remove(self, task_ids: Collection[int]) -> Sequence[Change]:
        """Remove tasks for good, in the trash or not, where the policy has a trash."""
        return await self._change(task_ids, remove, in_trash=self._policy.has_trash)

    @override
    async def restore(self, task_ids: Collection[int]) -> Sequence[Change]:
        return await self._change(task_ids, Task.restore, in_trash=self._policy.has_trash)

    @override
    async def put_back(self, reversions: Collection[Reversion], known_at: datetime) -> Sequence[Change]:
        steps = {reversion.task_id: reversion for reversion in reversions}

        def revert(task: Task, now: datetime) -> Task:
            step = steps[task.id]
            if task.version != step.version or task.created_at > known_at:
                raise VersionConflict(task.id, task.version)
            return task.put_back(step.state, now)

        return await self._change(steps.keys(), revert, in_trash=True)

    async def _change(
        self,
        task_ids: Collection[int],
        change: Callable[[Task, datetime], Outcome],
        *,
        in_trash: bool = False,
    ) -> Sequence[Change]:
        ids = list(dict.fromkeys(task_ids))
        changes: list[Change] = []

        def decide(tasks: Mapping[int, Task]) -> Mapping[int, Outcome]:
            now = self._clock.now()
            # Begun anew each time, because a store may call again when its first attempt failed.
            found = [present(tasks.get(task_id), task_id, in_trash=in_trash) for task_id in ids]
            changes[:] = [Change(task, change(task, now)) for task in found]
            return {step.before.id: step.after for step in changes if step.after is not step.before}  # type: ignore[misc]  # an Outcome again

        try:
            _refuse_impossible(ids)
            stored = await self._repository.change(self._user_id, ids, decide)
        except TaskNotFound as missing:
            raise await absence(self._repository, self._policy, self._user_id, missing.task_id) from None
        return [Change(step.before, stored.get(step.before.id, step.after)) for step in changes]


def _refuse_impossible(task_ids: Iterable[int]) -> None:
    for task_id in task_ids:
        if not is_task_id(task_id):
            raise TaskNotFound(task_id)
