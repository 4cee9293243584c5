"""Tasks kept in this process only: for tests and demonstrations."""

import operator
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from threading import Lock

from todo_core.ports import Outcome
from todo_core.query import Status, TaskQuery
from todo_core.task import Idempotency, NewTask, Task
from todo_core.text import fold


class MemoryTaskRepository:
    """Implements todo_core.ports.TaskRepository over dictionaries; safe with several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last_id = 0
        self._tasks: dict[str, dict[int, Task]] = defaultdict(dict)
        self._keys: dict[int, Idempotency] = {}

    async def add(self, new: NewTask) -> Task | None:  # noqa: D102  the port says it
        with self._lock:
            return self._add(new)

    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:  # noqa: D102  the port says it
        drafts = [draft._replace(user_id=user_id) for draft in new]
        with self._lock:
            return [task.id for task in map(self._add, drafts) if task]

    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:  # noqa: D102  the port says it
        with self._lock:
            task = self._by_key(user_id, key)
            return (task, self._keys[task.id].digest) if task else None

    async def get(self, user_id: str, task_id: int) -> Task | None:  # noqa: D102  the port says it
        return self._tasks.get(user_id, {}).get(task_id)

    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:  # noqa: D102  the port says it
        with self._lock:
            tasks = list(self._tasks.get(user_id, {}).values())
        place = query.sort.position
        found = sorted((task for task in tasks if _shows(query, task)), key=place, reverse=query.sort.descending)
        if start := query.after:
            beyond = operator.lt if query.sort.descending else operator.gt
            found = [task for task in found if beyond(place(task), start)]
        return found[query.offset :][: query.limit]

    async def count(self, user_id: str, query: TaskQuery) -> int:  # noqa: D102  the port says it
        with self._lock:
            return sum(_shows(query, task) for task in self._tasks.get(user_id, {}).values())

    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:  # noqa: D102  the port says it
        return array("q", (task.id for task in await self.find(user_id, query)))

    async def find_among(  # noqa: D102  the port says it
        self, user_id: str, query: TaskQuery, task_ids: Sequence[int]
    ) -> Sequence[Task]:
        tasks = self._tasks.get(user_id, {})
        return [tasks[task_id] for task_id in task_ids if task_id in tasks and _shows(query, tasks[task_id])]

    async def replace(self, before: Task, after: Task | None) -> bool:  # noqa: D102  the port says it
        with self._lock:
            current = self._tasks.get(before.user_id, {}).get(before.id)
            if current is None or current.version != before.version:
                return False
            self._store(current, after)
            return True

    async def change(  # noqa: D102  the port says it
        self, user_id: str, task_ids: Collection[int], decide: Callable[[Mapping[int, Task]], Mapping[int, Outcome]]
    ) -> Mapping[int, Outcome]:
        with self._lock:
            tasks = self._tasks.get(user_id, {})
            before = {task_id: tasks[task_id] for task_id in task_ids if task_id in tasks}
            outcomes = decide(before)
            for task_id in before.keys() & outcomes.keys():
                self._store(before[task_id], outcomes[task_id])
            return outcomes

    async def owner_of(self, task_id: int) -> str | None:  # noqa: D102  the port says it
        with self._lock:
            for user_id, tasks in self._tasks.items():
                if task_id in tasks:
                    return user_id if tasks[task_id].visible else None
        return None

    async def check(self) -> None:  # noqa: D102  the port says it
        return

    def _add(self, new: NewTask) -> Task | None:
        if new.idempotency and self._by_key(new.user_id, new.idempotency.key):
            return None
        self._last_id += 1
        task = new.with_id(self._last_id)
        self._tasks[new.user_id][task.id] = task
        if new.idempotency:
            self._keys[task.id] = new.idempotency
        return task

    def _by_key(self, user_id: str, key: str) -> Task | None:
        tasks = self._tasks.get(user_id, {})
        return next((task for task in tasks.values() if task.id in self._keys and self._keys[task.id].key == key), None)

    def _store(self, before: Task, after: Task | None) -> None:
        if after is None:
            del self._tasks[before.user_id][before.id]
            self._keys.pop(before.id, None)
        else:
            self._tasks[before.user_id][before.id] = after


def _shows(query: TaskQuery, task: Task) -> bool:
    if task.visible == (query.status is Status.DELETED):
        return False
    if query.status in {Status.PENDING, Status.COMPLETED} and task.completed != (query.status is Status.COMPLETED):
        return False
    return query.search is None or any(
        fold(query.search) in fold(text) for text in (task.title, task.description or "")
    )
