"""The task repository over PostgreSQL, whatever the driver."""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from todo_adapters.neon import statements
from todo_adapters.neon.executor import Executor, Row, Transaction, Values
from todo_adapters.neon.sqlstates import MIGRATE, NEWER, NOT_UTF8, READ_ONLY, UTF8
from todo_adapters.neon.table import REVISION
from todo_core.errors import StorageUnusable
from todo_core.override import override
from todo_core.ports import Decision, Outcome, TaskRepository
from todo_core.query import TaskQuery
from todo_core.task import NewTask, Task

_BATCH = 500


class NeonTaskRepository(TaskRepository):
    """Keeps tasks in PostgreSQL; suspends exactly if its executor does.

    ``find_by_key``, ``count`` and ``replace`` have priority, because a use case calls them after another statement.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    @override
    async def add(self, new: NewTask) -> Task | None:
        rows = await self._executor.fetch(statements.ADD, {"owner": new.user_id, **_draft(new)})
        return new.with_id(rows[0][0]) if rows else None

    @override
    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        drafts = iter(new)
        stored: list[int] = []
        async with self._executor.transaction(user_id) as transaction:
            while batch := [_draft(draft) for draft in islice(drafts, _BATCH)]:
                columns = {name: [draft[name] for draft in batch] for name in batch[0]}
                rows = await transaction.fetch(statements.ADD_ALL, {"owner": user_id, **columns})
                stored += [row[0] for row in rows]
        return stored

    @override
    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        values = {"owner": user_id, "key": key}
        rows = await self._executor.fetch(statements.FIND_BY_KEY, values, repeatable=True, priority=True)
        return (Task._make(rows[0][:-1]), rows[0][-1]) if rows else None

    @override
    async def get(self, user_id: str, task_id: int) -> Task | None:
        values = {"owner": user_id, "task_id": task_id}
        rows = await self._executor.fetch(statements.GET, values, repeatable=True)
        return Task._make(rows[0]) if rows else None

    @override
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        statement = statements.find(statements.ListShape.of(query))
        rows = await self._executor.fetch(statement, _page(user_id, query), repeatable=True)
        return [Task._make(row) for row in rows]

    @override
    async def count(self, user_id: str, query: TaskQuery) -> int:
        statement = statements.count(query.status, searching=query.search is not None)
        values = {"owner": user_id, "search": query.search}
        rows = await self._executor.fetch(statement, values, repeatable=True, priority=True)
        return int(rows[0][0])

    @override
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        statement = statements.order(statements.ListShape.of(query))
        rows = await self._executor.fetch(statement, _page(user_id, query), repeatable=True)
        return array("q", (row[0] for row in rows))

    @override
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        statement = statements.find_among(query.status, searching=query.search is not None)
        values = {"owner": user_id, "search": query.search, "task_ids": [*task_ids]}
        rows = await self._executor.fetch(statement, values, repeatable=True)
        tasks = _by_id(rows)
        return [tasks[task_id] for task_id in task_ids if task_id in tasks]

    @override
    async def replace(self, before: Task, after: Task | None) -> bool:
        return bool(await self._executor.fetch(*_replacement(before, after), priority=True))

    @override
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        async with self._executor.transaction(user_id) as transaction:
            before = await _lock(transaction, user_id, task_ids)
            outcomes = decide(before)
            for task_id in before.keys() & outcomes.keys():
                await transaction.fetch(*_replacement(before[task_id], outcomes[task_id]))
            return outcomes

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        # Without priority, though a use case has waited before: whoever asks for many ids must not overtake others.
        values = {"owner": user_id, "task_id": task_id}
        rows = await self._executor.fetch(statements.OWNER_OF, values, repeatable=True)
        return rows[0][0] if rows else None

    @override
    async def check(self) -> None:
        rows = await self._executor.fetch(statements.STATE, {}, repeatable=True, priority=True)
        revision, encoding, read_only = rows[0] if rows else ("", UTF8, "off")
        if encoding != UTF8:
            raise StorageUnusable(NOT_UTF8)
        if revision < REVISION:
            raise StorageUnusable(f"The database's schema is older than this program; {MIGRATE}")
        if revision > REVISION:
            raise StorageUnusable(NEWER)
        if read_only == "on":
            raise StorageUnusable(READ_ONLY)


def _page(user_id: str, query: TaskQuery) -> Values:
    values = {"owner": user_id, "limit": query.limit, "offset": query.offset, "search": query.search}
    if query.after is None:
        return values
    return values | {"after_value": query.after.value, "after_id": query.after.task_id}


async def _lock(transaction: Transaction, user_id: str, task_ids: Collection[int]) -> dict[int, Task]:
    rows = await transaction.fetch(statements.LOCK, {"owner": user_id, "task_ids": list(task_ids)})
    return _by_id(rows)


def _by_id(rows: Iterable[Row]) -> dict[int, Task]:
    return {task.id: task for task in map(Task._make, rows)}


def _draft(new: NewTask) -> dict[str, object]:
    return {
        "new_title": new.title,
        "new_description": new.description,
        "new_completed": new.completed,
        "new_completed_at": new.completed_at,
        "new_created_at": new.created_at,
        "new_updated_at": new.updated_at,
        "new_deleted_at": new.deleted_at,
        "new_idempotency_key": new.idempotency and new.idempotency.key,
        "new_idempotency_digest": new.idempotency and new.idempotency.digest,
    }


def _replacement(before: Task, after: Task | None) -> tuple[statements.Statement, Values]:
    values: dict[str, object] = {"owner": before.user_id, "task_id": before.id, "read_version": before.version}
    if after is None:
        return statements.REMOVE, values
    return statements.REPLACE, values | {
        "new_title": after.title,
        "new_description": after.description,
        "new_completed": after.completed,
        "new_completed_at": after.completed_at,
        "new_updated_at": after.updated_at,
        "new_deleted_at": after.deleted_at,
        "new_version": after.version,
    }
