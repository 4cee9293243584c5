"""Tasks kept in this process only: for tests and demonstrations."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import Lock

from todo_core.override import override
from todo_core.ports import Decision, Outcome, TaskRepository
from todo_core.query import Position, Sort, Status, TaskQuery
from todo_core.task import Idempotency, NewTask, Task
from todo_core.text import fold


class MemoryTaskRepository(TaskRepository):
    """Keeps tasks in dictionaries; safe with several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last_id = 0
        self._users: dict[str, _UserTasks] = defaultdict(_UserTasks)
        self._owners: dict[int, str] = {}

    @override
    async def add(self, new: NewTask) -> Task | None:
        with self._lock:
            return self._add(new)

    @override
    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        drafts = [draft._replace(user_id=user_id) for draft in new]
        with self._lock:
            return [task.id for task in map(self._add, drafts) if task]

    @override
    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        with self._lock:
            return self._of(user_id).find_by_key(key)

    @override
    async def get(self, user_id: str, task_id: int) -> Task | None:
        return self._of(user_id).tasks.get(task_id)

    @override
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        with self._lock:
            user = self._of(user_id)
            return [user.tasks[task_id] for task_id in user.ids(query)]

    @override
    async def count(self, user_id: str, query: TaskQuery) -> int:
        with self._lock:
            return self._of(user_id).count(query)

    @override
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        with self._lock:
            return array("q", self._of(user_id).ids(query))

    @override
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        with self._lock:
            tasks = self._of(user_id).tasks
            found = [tasks[task_id] for task_id in task_ids if task_id in tasks]
        return [task for task in found if _shows(query.status, task) and _holds(query.search, task)]

    @override
    async def replace(self, before: Task, after: Task | None) -> bool:
        with self._lock:
            current = self._of(before.user_id).tasks.get(before.id)
            if current is None or current.version != before.version:
                return False
            self._store(current, after)
            return True

    @override
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        with self._lock:
            tasks = self._of(user_id).tasks
            before = {task_id: tasks[task_id] for task_id in task_ids if task_id in tasks}
            outcomes = decide(before)
            for task_id in before.keys() & outcomes.keys():
                self._store(before[task_id], outcomes[task_id])
            return outcomes

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        with self._lock:
            owner = self._owners.get(task_id)
            return owner if owner is not None and self._users[owner].tasks[task_id].visible else None

    @override
    async def check(self) -> None:
        return

    def _of(self, user_id: str) -> "_UserTasks":
        """Return what a user has, without keeping anything for one who has nothing."""
        return self._users.get(user_id) or _UserTasks()

    def _add(self, new: NewTask) -> Task | None:
        user = self._users[new.user_id]
        if new.idempotency and user.find_by_key(new.idempotency.key):
            return None
        self._last_id += 1
        self._owners[self._last_id] = new.user_id
        return user.add(new, self._last_id)

    def _store(self, before: Task, after: Task | None) -> None:
        self._users[before.user_id].store(before, after)
        if after is None:
            del self._owners[before.id]


class _UserTasks:
    """The tasks of one user, found without a look at all of them.

    A list is kept in order from the first time that somebody asks for it; orders that nobody asks for cost nothing.
    """

    def __init__(self) -> None:
        self.tasks: dict[int, Task] = {}
        self._orders: dict[tuple[Status, Sort], list[Position]] = {}
        self._keys: dict[int, Idempotency] = {}
        self._made_by: dict[str, int] = {}

    def ids(self, query: TaskQuery) -> Iterator[int]:
        """Return the ids of the tasks that a query asks for, in its order."""
        order, after = self._order(query.status, query.sort), query.after
        if query.sort.descending:
            places = range(bisect_left(order, after) if after else len(order))[::-1]
        else:
            places = range(bisect_right(order, after) if after else 0, len(order))
        if query.search is None:
            return (order[place].task_id for place in places[query.offset :][: query.limit])
        found = (order[place].task_id for place in places if _holds(query.search, self.tasks[order[place].task_id]))
        return islice(found, query.offset, None if query.limit is None else query.offset + query.limit)

    def count(self, query: TaskQuery) -> int:
        """Return how many tasks match a query's filter."""
        order = self._order(query.status, Sort.CREATED)
        if query.search is None:
            return len(order)
        return sum(_holds(query.search, self.tasks[place.task_id]) for place in order)

    def find_by_key(self, key: str) -> tuple[Task, bytes] | None:
        """Return the task that an idempotency key made, and the key's digest."""
        task_id = self._made_by.get(key)
        return None if task_id is None else (self.tasks[task_id], self._keys[task_id].digest)

    def add(self, new: NewTask, task_id: int) -> Task:
        """Make a task of a draft, whose key is free."""
        task = new.with_id(task_id)
        self.store(None, task)
        if new.idempotency:
            self._keys[task_id] = new.idempotency
            self._made_by[new.idempotency.key] = task_id
        return task

    def store(self, before: Task | None, after: Task | None) -> None:
        """Move a changed task to its place in every order that is kept."""
        for (status, sort), order in self._orders.items():
            old, new = _place(status, sort, before), _place(status, sort, after)
            if old != new:
                if old:
                    del order[bisect_left(order, old)]
                if new:
                    insort(order, new)
        if after:
            self.tasks[after.id] = after
        elif before:
            del self.tasks[before.id]
            if key := self._keys.pop(before.id, None):
                del self._made_by[key.key]

    def _order(self, status: Status, sort: Sort) -> list[Position]:
        """Return the positions of the tasks of a list, the smallest first."""
        ascending = Sort(sort.field)
        if (status, ascending) not in self._orders:
            places = (_place(status, ascending, task) for task in self.tasks.values())
            self._orders[status, ascending] = sorted(place for place in places if place)
        return self._orders[status, ascending]


def _place(status: Status, sort: Sort, task: Task | None) -> Position | None:
    """Return where a task stands in a list; None if the list does not show it."""
    return sort.position(task) if task and _shows(status, task) else None


def _shows(status: Status, task: Task) -> bool:
    if task.visible == (status is Status.DELETED):
        return False
    return status not in {Status.PENDING, Status.COMPLETED} or task.completed == (status is Status.COMPLETED)


def _holds(search: str | None, task: Task) -> bool:
    return search is None or any(fold(search) in fold(text) for text in (task.title, task.description or ""))
