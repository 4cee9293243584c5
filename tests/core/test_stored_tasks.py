"""Several tasks at once: all of them or none."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.support.clocks import FrozenClock
from todo_adapters.memory import MemoryTaskRepository
from todo_core.errors import InvalidInput, TaskForbidden, TaskHidden, TaskNotFound, VersionConflict
from todo_core.policy import TaskPolicy
from todo_core.ports import Decision, Outcome
from todo_core.query import PAGE_LIMIT, Status, TaskQuery
from todo_core.service import TaskService
from todo_core.stored_tasks import StoredTasks
from todo_core.synchronous import run_now
from todo_core.task import MAX_TASK_ID, Idempotency, NewTask, Task, TaskFields, TaskState
from todo_core.tasks import Reversion


class List:
    """Ann's tasks 1 to 3, and task 4, which is Bob's."""

    def __init__(self, policy: TaskPolicy) -> None:
        self.clock = FrozenClock()
        self.repository = MemoryTaskRepository()
        self.service = TaskService(self.repository, self.clock, policy)
        self.stored = StoredTasks(self.repository, self.clock, policy, "ann")
        for user, title in [("ann", "Buy milk"), ("ann", "Write"), ("ann", "Sleep"), ("bob", "Secret")]:
            run_now(self.service.create(user, TaskFields(title=title)))
        self.clock.advance(minutes=1)

    def shown(self, status: Status = Status.ALL) -> list[int]:
        return [task.id for task in run_now(self.service.list("ann", TaskQuery(status)))]

    def get(self, task_id: int) -> Task:
        return run_now(self.service.get("ann", task_id))


@pytest.fixture
def tasks() -> List:
    return List(TaskPolicy())


def test_changes_come_back_in_the_order_of_the_ids_once_each(tasks: List) -> None:
    changes = run_now(tasks.stored.complete([3, 1, 3]))
    assert [
        (change.before.id, change.before.completed, change.after and change.after.completed) for change in changes
    ] == [
        (3, False, True),
        (1, False, True),
    ]
    assert tasks.shown(Status.COMPLETED) == [1, 3]


def test_a_change_of_nothing_returns_the_same_task(tasks: List) -> None:
    (change,) = run_now(tasks.stored.reopen([2]))
    assert change.after is change.before
    assert tasks.get(2).version == 1


@pytest.mark.parametrize("missing", [4, 99, 0, -1, MAX_TASK_ID + 1])
def test_with_one_id_missing_nothing_changes(tasks: List, missing: int) -> None:
    for use_case in (tasks.stored.complete, tasks.stored.delete, tasks.stored.restore, tasks.stored.remove):
        with pytest.raises(TaskNotFound) as refusal:
            run_now(use_case([1, missing, 2]))
        assert refusal.value.task_id == missing
        assert isinstance(refusal.value, TaskHidden) == (missing in {4, 99})
    assert [tasks.get(task_id).version for task_id in tasks.shown()] == [1, 1, 1]


def test_a_store_is_asked_for_possible_ids_only_and_what_comes_back_is_missing(tasks: List) -> None:
    """As one task is looked for; see the tests of the use cases on one."""
    asked: list[int] = []

    class Back(MemoryTaskRepository):
        async def change(
            self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]
        ) -> Mapping[int, Outcome]:
            asked.extend(task_ids)
            return await super().change(user_id, task_ids, decide)

        async def owner_of(self, user_id: str, task_id: int) -> str | None:
            return "ann"

    stored = StoredTasks(Back(), tasks.clock, TaskPolicy(stranger_forbidden=True), "ann")
    for task_id in (0, 1, MAX_TASK_ID, MAX_TASK_ID + 1):
        with pytest.raises(TaskNotFound) as refusal:
            run_now(stored.complete([task_id]))
        assert (type(refusal.value), refusal.value.task_id) == (TaskNotFound, task_id)
    assert asked == [1, MAX_TASK_ID]


def test_a_change_is_told_as_a_store_with_its_own_clock_keeps_it(tasks: List) -> None:
    stored_at = tasks.clock.now() + timedelta(seconds=5)

    class OwnClock(MemoryTaskRepository):
        async def change(
            self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]
        ) -> Mapping[int, Outcome]:
            def later(found: Mapping[int, Task]) -> Mapping[int, Outcome]:
                decided: dict[int, Any] = dict(decide(found))
                return {task_id: after._replace(updated_at=stored_at) for task_id, after in decided.items()}

            return await super().change(user_id, task_ids, later)

    repository = OwnClock()
    first = run_now(repository.add(NewTask.draft("ann", TaskFields(title="x"), TaskPolicy(), tasks.clock.now())))
    (change,) = run_now(StoredTasks(repository, tasks.clock, TaskPolicy(), "ann").complete([1]))
    assert (change.before, change.after) == (first, run_now(repository.get("ann", 1)))
    assert change.after
    assert change.after.updated_at == stored_at


def test_a_policy_may_tell_that_a_task_is_somebody_elses() -> None:
    tasks = List(TaskPolicy(stranger_forbidden=True))
    with pytest.raises(TaskForbidden) as refusal:
        run_now(tasks.stored.complete([1, 4]))
    assert refusal.value.task_id == 4


def test_an_edit_applies_to_all_and_is_validated_before_the_tasks_are_looked_for(tasks: List) -> None:
    run_now(tasks.stored.update([1, 2], TaskFields(description="soon")))
    assert [tasks.get(task_id).description for task_id in (1, 2, 3)] == ["soon", "soon", None]
    with pytest.raises(InvalidInput):
        run_now(tasks.stored.update([99], TaskFields(title=" ")))


def test_deleted_tasks_are_in_the_trash_until_they_are_restored_or_removed(tasks: List) -> None:
    run_now(tasks.stored.delete([1, 2]))
    assert (tasks.shown(), tasks.shown(Status.DELETED)) == ([3], [1, 2])
    with pytest.raises(TaskNotFound) as refusal:
        run_now(tasks.stored.complete([1]))
    assert (type(refusal.value), refusal.value.task_id) == (TaskHidden, 1)
    run_now(tasks.stored.restore([1]))
    assert [change.after for change in run_now(tasks.stored.remove([2, 3]))] == [None, None]
    assert (tasks.shown(), tasks.shown(Status.DELETED)) == ([1], [])


def test_where_deletion_is_permanent_deleted_tasks_are_gone() -> None:
    tasks = List(TaskPolicy(deletion_permanent=True))
    run_now(tasks.stored.delete([1]))
    for use_case in (tasks.stored.restore, tasks.stored.remove):
        with pytest.raises(TaskNotFound) as refusal:
            run_now(use_case([1]))
        assert type(refusal.value) is TaskHidden
    assert run_now(tasks.repository.find("ann", TaskQuery(Status.DELETED))) == []


def test_tasks_return_to_an_earlier_state(tasks: List) -> None:
    before = tasks.get(1)
    after = run_now(tasks.service.update("ann", 1, TaskFields("Buy oats", "soon", completed=True)))
    run_now(tasks.service.delete("ann", 1))
    known_at = tasks.clock.now()
    tasks.clock.advance(minutes=1)
    state = TaskState.difference(before, after)
    assert state == TaskState("Buy milk", None, None)
    trash_too = TaskState(state.title, state.description, state.completed_at, deleted_at=None)
    (change,) = run_now(tasks.stored.put_back([Reversion(1, 3, trash_too)], known_at))
    assert change.after == tasks.get(1)
    back = tasks.get(1)
    assert (back.title, back.description, back.completed, back.completed_at) == ("Buy milk", None, False, None)
    assert (back.version, back.updated_at) == (4, tasks.clock.now())


def test_putting_back_what_is_there_changes_nothing(tasks: List) -> None:
    (change,) = run_now(tasks.stored.put_back([Reversion(1, 1, TaskState(title="Buy milk"))], tasks.clock.now()))
    assert change.after is change.before


def test_what_somebody_changed_since_is_never_overwritten(tasks: List) -> None:
    run_now(tasks.stored.complete([1, 2]))
    run_now(tasks.service.update("ann", 2, TaskFields(title="Write more")))
    steps = [Reversion(task_id, 2, TaskState(completed_at=None)) for task_id in (1, 2)]
    with pytest.raises(VersionConflict) as conflict:
        run_now(tasks.stored.put_back(steps, tasks.clock.now()))
    assert (conflict.value.task_id, conflict.value.version) == (2, 3)
    assert tasks.get(1).completed


def test_a_task_of_a_store_begun_anew_is_another_one(tasks: List) -> None:
    created, step = tasks.get(1).created_at, Reversion(1, 1, TaskState(title="Other"))
    with pytest.raises(VersionConflict) as conflict:
        run_now(tasks.stored.put_back([step], created - timedelta(microseconds=1)))
    assert (conflict.value.task_id, conflict.value.version) == (1, 1)
    (change,) = run_now(tasks.stored.put_back([step], created))
    assert change.after == tasks.get(1)
    assert tasks.get(1).title == "Other"


def test_many_drafts_are_added_in_one_step(tasks: List) -> None:
    new = NewTask.draft("ann", TaskFields(title="Fresh"), TaskPolicy(), tasks.clock.now())
    assert list(run_now(tasks.stored.add_all(iter([new, new])))) == [5, 6]
    assert tasks.shown() == [1, 2, 3, 5, 6]
    keyed = new._replace(idempotency=Idempotency("k", b"digest"))
    assert list(run_now(tasks.stored.add_all([keyed, keyed]))) == [7]


def test_one_users_tasks_are_created_fetched_and_found(tasks: List) -> None:
    run_now(tasks.stored.check())
    made = run_now(tasks.stored.create(TaskFields(title="Fresh", description="today")))
    assert (made.user_id, made.title, made.description) == ("ann", "Fresh", "today")
    assert run_now(tasks.stored.get(made.id)) == made
    with pytest.raises(TaskNotFound):
        run_now(tasks.stored.get(4))
    assert run_now(tasks.stored.find(TaskQuery(search="fresh"))) == [made]
    assert [task.id for task in run_now(tasks.stored.find(TaskQuery()))] == [1, 2, 3, made.id]


@pytest.mark.parametrize("total", [0, 1, PAGE_LIMIT, PAGE_LIMIT + 1, 2 * PAGE_LIMIT])
def test_a_long_list_comes_in_pages_that_join(total: int) -> None:
    """No empty page, and none that is longer than a page may be."""
    tasks = List(TaskPolicy())
    run_now(tasks.stored.delete([1, 2, 3]))
    new = NewTask.draft("ann", TaskFields(title="x", completed=True), TaskPolicy(), tasks.clock.now())
    ids = run_now(tasks.stored.add_all([new] * total))
    run_now(tasks.stored.create(TaskFields(title="open")))

    async def read() -> list[list[int]]:
        return [[task.id for task in page] async for page in tasks.stored.pages(Status.COMPLETED)]

    pages = run_now(read())
    assert [task_id for page in pages for task_id in page] == ids
    assert all(0 < len(page) <= PAGE_LIMIT for page in pages)
    assert len(pages) == -(-total // PAGE_LIMIT)


def test_drafts_that_are_known_are_counted_for_their_own_user(tasks: List) -> None:
    new = NewTask.draft("ann", TaskFields(title="Fresh"), TaskPolicy(), tasks.clock.now())
    drafts = [new, *(new._replace(idempotency=Idempotency(key, b"digest")) for key in ("a", "b", "c"))]
    assert run_now(tasks.stored.count_known(drafts)) == 0
    run_now(tasks.stored.add_all(drafts[:3]))
    assert run_now(tasks.stored.count_known(drafts)) == 2
    bobs = StoredTasks(tasks.repository, tasks.clock, TaskPolicy(), "bob")
    assert run_now(bobs.count_known(drafts)) == 0
