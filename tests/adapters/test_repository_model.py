"""Random operations on every store, compared with a plain model after each of them."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.adapters.conftest import OpenStore, open_memory, open_sqlite
from tests.adapters.test_repository import NOW
from todo_core.policy import TaskPolicy
from todo_core.query import OFFSET_LIMIT, Sort, Status, TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import Idempotency, NewTask, Task, TaskFields

USERS = st.sampled_from(["ann", "bob", "o'Brien %_"])
KEYS = st.sampled_from(["k1", "k2"])
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
TIMES = st.integers(0, 10**6).map(lambda microseconds: NOW + timedelta(microseconds=microseconds))
DRAFTS = st.builds(
    NewTask,
    USERS,
    title=TEXTS,
    description=st.none() | TEXTS,
    completed_at=st.none() | TIMES,
    created_at=TIMES,
    updated_at=TIMES,
    deleted_at=st.none(),
    idempotency=st.none() | st.builds(Idempotency, KEYS, st.binary(max_size=5)),
)
IDS = NUMBERS = st.integers(1, 12)


def rename(task: Task, now: datetime) -> Task:
    return task.edit(TaskFields(title="a" if task.title > "a" else "b"), TaskPolicy(), now)


CHANGES = st.sampled_from([Task.toggle, Task.complete, Task.reopen, Task.delete, Task.restore, rename])

WITH_TASKS = precondition(lambda machine: machine.model)
"""Where a rule needs a task, it is not drawn in vain."""


class StoreComparison(RuleBasedStateMachine):
    """Do the same to a store and to a dictionary, and see the same."""

    open_store: OpenStore

    def __init__(self) -> None:
        super().__init__()
        self.resources = ExitStack()
        folder = Path(self.resources.enter_context(tempfile.TemporaryDirectory()))
        self.store = self.resources.enter_context(self.open_store(folder))
        self.model: dict[int, Task] = {}
        self.keys: dict[int, Idempotency] = {}
        self.last_id = 0

    def teardown(self) -> None:
        self.resources.close()

    def one(self, number: int) -> Task:
        return list(self.model.values())[number % len(self.model)]

    def is_taken(self, new: NewTask) -> bool:
        held = {(self.model[task_id].user_id, kept.key) for task_id, kept in self.keys.items()}
        return new.idempotency is not None and (new.user_id, new.idempotency.key) in held

    def learn(self, new: NewTask, task_id: int) -> None:
        assert task_id > self.last_id
        self.last_id = task_id
        self.model[task_id] = new.with_id(task_id)
        if new.idempotency:
            self.keys[task_id] = new.idempotency

    def owned(self, user: str, task_id: int) -> Task | None:
        task = self.model.get(task_id)
        return task if task and task.user_id == user else None

    @rule(new=DRAFTS)
    def add(self, new: NewTask) -> None:
        task = run_now(self.store.add(new))
        if self.is_taken(new):
            assert task is None
        else:
            assert task is not None
            self.learn(new, task.id)

    @rule(user=USERS, drafts=st.lists(DRAFTS, max_size=6))
    def add_all(self, user: str, drafts: list[NewTask]) -> None:
        ids = iter(run_now(self.store.add_all(user, iter(drafts))))
        for new in (draft._replace(user_id=user) for draft in drafts):
            if not self.is_taken(new):
                self.learn(new, next(ids))
        assert list(ids) == []

    @WITH_TASKS
    @rule(number=NUMBERS, change=CHANGES, now=TIMES, stale=st.integers(0, 1))
    def replace(self, number: int, change: Callable[..., Task], now: object, stale: int) -> None:
        task = self.one(number)
        after = change(task, now)
        stored = run_now(self.store.replace(task._replace(version=task.version + stale), after))
        assert stored == (stale == 0)
        if stored:
            self.model[task.id] = after

    @WITH_TASKS
    @rule(number=NUMBERS, other_id=IDS, change=CHANGES, now=TIMES)
    def change_in_line(self, number: int, other_id: int, change: Callable[..., Task], now: object) -> None:
        task = self.one(number)
        user, ids = task.user_id, {task.id, other_id}
        after = run_now(self.store.change(user, ids, lambda tasks: {i: change(t, now) for i, t in tasks.items()}))
        assert after == {i: change(found, now) for i in ids if (found := self.owned(user, i))}
        self.model.update(after)

    @WITH_TASKS
    @rule(number=NUMBERS)
    def remove(self, number: int) -> None:
        task = self.one(number)
        assert run_now(self.store.replace(task, None))
        del self.model[task.id]
        self.keys.pop(task.id, None)

    @rule(
        user=USERS,
        status=st.sampled_from(Status),
        sort=st.sampled_from(Sort),
        limit=st.none() | st.integers(1, 5),
        after=st.none() | IDS,
        offset=st.just(0) | st.integers(0, 5) | st.just(OFFSET_LIMIT),
        search=st.none() | st.sampled_from(["a", "%", "_", "\\", "'"]),
    )
    def find(  # noqa: PLR0913  one argument for each part of a query
        self,
        user: str,
        status: Status,
        sort: Sort,
        limit: int | None,
        after: int | None,
        offset: int,
        search: str | None,
    ) -> None:
        start = self.model.get(after) if after else None
        query = TaskQuery(status, sort, search, limit, sort.position(start) if start else None, offset)
        expected = self.expected(user, query)
        assert list(run_now(self.store.find(user, query))) == expected
        assert run_now(self.store.count(user, query)) == len(self.expected(user, TaskQuery(status, search=search)))
        assert list(run_now(self.store.order(user, query))) == [task.id for task in expected]

    @rule()
    def find_in_every_order(self) -> None:
        """Whoever keeps a list in order from the first time on must do so through all that follows."""
        for user, status, sort in product(("ann", "bob"), Status, Sort):
            query = TaskQuery(status, sort)
            assert list(run_now(self.store.find(user, query))) == self.expected(user, query)

    @rule(user=USERS, status=st.sampled_from(Status), search=st.none() | st.just("a"), ids=st.lists(IDS, unique=True))
    def find_among(self, user: str, status: Status, search: str | None, ids: list[int]) -> None:
        query = TaskQuery(status, search=search)
        shown = {task.id: task for task in self.expected(user, query)}
        assert list(run_now(self.store.find_among(user, query, ids))) == [shown[i] for i in ids if i in shown]

    def expected(self, user: str, query: TaskQuery) -> list[Task]:
        found = [
            task
            for task in self.model.values()
            if task.user_id == user
            and (task.deleted_at is not None) == (query.status is Status.DELETED)
            and (query.status is not Status.PENDING or not task.completed)
            and (query.status is not Status.COMPLETED or task.completed)
            and (
                query.search is None
                or query.search in task.title.lower()
                or query.search in (task.description or "").lower()
            )
        ]
        found.sort(key=query.sort.position, reverse=query.sort.descending)
        if query.after:
            at = query.sort.position
            found = [t for t in found if (at(t) < query.after if query.sort.descending else at(t) > query.after)]
        return found[query.offset :][: query.limit]

    @rule(user=USERS, key=KEYS)
    def find_by_key(self, user: str, key: str) -> None:
        made = [
            (self.model[i], kept.digest)
            for i, kept in self.keys.items()
            if kept.key == key and self.model[i].user_id == user
        ]
        assert run_now(self.store.find_by_key(user, key)) == (made[0] if made else None)

    @rule(user=USERS, task_id=IDS)
    def owner_of(self, user: str, task_id: int) -> None:
        task = self.model.get(task_id)
        assert run_now(self.store.owner_of(user, task_id)) == (task.user_id if task and not task.deleted_at else None)

    @invariant()
    def every_task_is_where_it_belongs(self) -> None:
        for user in ("ann", "bob", "o'Brien %_"):
            stored = [run_now(self.store.get(user, task_id)) for task_id in range(1, self.last_id + 2)]
            assert stored == [self.owned(user, task_id) for task_id in range(1, self.last_id + 2)]


def test_a_store_behaves_like_the_model(open_store: OpenStore) -> None:
    examples = 80 if open_store in {open_memory, open_sqlite} else 8  # a server answers slowly
    machine = type("Machine", (StoreComparison,), {"open_store": staticmethod(open_store)})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=50))
