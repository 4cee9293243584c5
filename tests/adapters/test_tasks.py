"""The contract of todo_core.tasks.Tasks: a user's list in a store, and on a server."""

from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.rest.rest_tasks import opened
from tests.support.live_server import LiveServer
from todo_adapters.clock import SystemClock
from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.errors import InvalidInput, TaskNotFound, TodoError, VersionConflict
from todo_core.policy import TaskPolicy
from todo_core.ports import TaskRepository
from todo_core.query import PAGE_LIMIT, Sort, Status, TaskQuery
from todo_core.stored_tasks import StoredTasks
from todo_core.synchronous import run_now
from todo_core.task import MAX_TASK_ID, Idempotency, NewTask, Task, TaskFields, TaskState
from todo_core.tasks import Change, Reversion, Tasks

MILK, OATS = TaskFields("Buy milk"), TaskFields("Buy oats", "soon")
LATER = datetime(2100, 1, 1, tzinfo=UTC)

OpenList = Callable[[str], Tasks]
"""Opens the list of a user; all of them are in one place."""

ChangeOf = Callable[[Tasks, Sequence[int]], Coroutine[Any, Any, Sequence[Change]]]

CHANGES: Mapping[str, ChangeOf] = {
    "update": lambda tasks, ids: tasks.update(ids, OATS),
    "complete": lambda tasks, ids: tasks.complete(ids),
    "reopen": lambda tasks, ids: tasks.reopen(ids),
    "delete": lambda tasks, ids: tasks.delete(ids),
    "restore": lambda tasks, ids: tasks.restore(ids),
}


@pytest.fixture(params=["memory", "sqlite", "server"])
def list_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenList]:
    with ExitStack() as resources:
        if request.param == "server":
            served: LiveServer = request.getfixturevalue("served")
            served.empty()
            yield lambda user_id: resources.enter_context(opened(served.url, user_id=user_id))
            return
        repository: TaskRepository = MemoryTaskRepository()
        if request.param == "sqlite":
            repository = resources.enter_context(closing(SqliteTaskRepository(tmp_path / "tasks.db")))
        yield lambda user_id: stored(repository, user_id)


@pytest.fixture
def tasks(list_of: OpenList) -> Tasks:
    return list_of("ann")


def stored(repository: TaskRepository, user_id: str = "ann") -> Tasks:
    return StoredTasks(repository, SystemClock(), TaskPolicy(), user_id)


def created(tasks: Tasks, *titles: str) -> list[Task]:
    return [run_now(tasks.create(TaskFields(title))) for title in titles]


def shown(tasks: Tasks, status: Status = Status.ALL) -> list[str]:
    return [task.title for task in run_now(tasks.find(TaskQuery(status)))]


def paged(tasks: Tasks, status: Status) -> list[Sequence[Task]]:
    async def pages() -> list[Sequence[Task]]:
        return [page async for page in tasks.pages(status)]

    return run_now(pages())


def draft(title: str, key: str | None = None, *, done: bool = False) -> NewTask:
    now = SystemClock().now()
    idempotency = Idempotency(key, b"digest") if key else None
    return NewTask("ann", title, None, now if done else None, now, now, None, idempotency)


def test_a_list_in_order_passes_its_check(tasks: Tasks) -> None:
    run_now(tasks.check())


def test_a_task_says_what_was_sent(tasks: Tasks) -> None:
    task = run_now(tasks.create(TaskFields("  Père Noël 🎅 ", "two\nlines\tand a tab", completed=True)))
    assert run_now(tasks.get(task.id)) == task
    assert (task.id, task.user_id, task.version) == (1, "ann", 1)
    assert (task.title, task.description, task.completed) == ("Père Noël 🎅", "two\nlines\tand a tab", True)
    assert (task.completed_at, task.created_at.tzinfo, task.deleted_at) == (task.created_at, UTC, None)


@pytest.mark.parametrize("title", [" ", "two\nlines", "half \ud83c", "x" * 201])
def test_what_cannot_be_a_task_is_refused_by_field(tasks: Tasks, title: str) -> None:
    created(tasks, "Buy milk")
    for use_case in (tasks.create(TaskFields(title)), tasks.update([1], TaskFields(title))):
        with pytest.raises(InvalidInput) as refusal:
            run_now(use_case)
        assert refusal.value.field == "title"
    assert shown(tasks) == ["Buy milk"]


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("missing", [3, 99, 0, -1, MAX_TASK_ID, MAX_TASK_ID + 1])
def test_with_one_id_missing_nothing_changes(list_of: OpenList, name: str, missing: int) -> None:
    """The third task is somebody else's."""
    tasks = list_of("ann")
    created(tasks, "one", "two")
    created(list_of("bob"), "theirs")
    before = run_now(tasks.get(1)), run_now(tasks.get(2))
    with pytest.raises(TaskNotFound) as refusal:
        run_now(CHANGES[name](tasks, [1, missing, 2]))
    assert refusal.value.task_id == missing
    assert (run_now(tasks.get(1)), run_now(tasks.get(2))) == before


@pytest.mark.parametrize("task_id", [2, 99, 0, MAX_TASK_ID + 1])
def test_what_the_user_has_not_is_not_found(list_of: OpenList, task_id: int) -> None:
    tasks = list_of("ann")
    created(tasks, "mine")
    created(list_of("bob"), "theirs")
    with pytest.raises(TaskNotFound):
        run_now(tasks.get(task_id))
    assert shown(tasks) == ["mine"]


def test_changes_come_back_in_the_order_of_the_ids_once_each(tasks: Tasks) -> None:
    one, _, three = created(tasks, "one", "two", "three")
    changes = run_now(tasks.complete([3, 1, 3]))
    assert [change.before for change in changes] == [three, one]
    assert [change.after for change in changes] == [run_now(tasks.get(3)), run_now(tasks.get(1))]
    assert shown(tasks, Status.COMPLETED) == ["one", "three"]


def test_a_change_of_nothing_returns_the_same_task_and_keeps_its_version(tasks: Tasks) -> None:
    created(tasks, "Buy milk")
    for name, change in CHANGES.items():
        if name in {"reopen", "restore"}:
            (nothing,) = run_now(change(tasks, [1]))
            assert nothing.after is nothing.before
    (nothing,) = run_now(tasks.update([1], TaskFields("Buy milk")))
    assert nothing.after is nothing.before
    assert run_now(tasks.get(1)).version == 1


def test_a_change_says_what_a_task_was_and_is(tasks: Tasks) -> None:
    created(tasks, "Buy milk")
    version = 1
    for name, change in (*CHANGES.items(), *CHANGES.items()):
        (made,) = run_now(change(tasks, [1]))
        assert made.after
        assert made.before.version == version, name
        if made.after is not made.before:
            version += 1
            assert TaskState.difference(made.before, made.after) != TaskState(), name
        assert made.after.version == version, name
    assert (shown(tasks), run_now(tasks.get(1)).version) == (["Buy oats"], version)


def test_deleted_tasks_are_in_the_trash_until_they_are_restored(tasks: Tasks) -> None:
    created(tasks, "one", "two", "three")
    changes = run_now(tasks.delete([1, 2]))
    assert [bool(change.after and change.after.deleted_at) for change in changes] == [True, True]
    assert (shown(tasks), shown(tasks, Status.DELETED)) == (["three"], ["one", "two"])
    for use_case in (tasks.complete([1]), tasks.delete([1]), tasks.update([1], OATS)):
        with pytest.raises(TaskNotFound):
            run_now(use_case)
    with pytest.raises(TaskNotFound):
        run_now(tasks.get(1))
    (change,) = run_now(tasks.restore([1]))
    assert (change.before.deleted_at is None, change.after) == (False, run_now(tasks.get(1)))
    assert shown(tasks) == ["one", "three"]


def test_lists_are_searched_sorted_and_cut(tasks: Tasks) -> None:
    created(tasks, "b", "a", "B milk", "c")
    run_now(tasks.complete([4]))

    def titles(query: TaskQuery) -> list[str]:
        return [task.title for task in run_now(tasks.find(query))]

    assert titles(TaskQuery(sort=Sort.TITLE)) == ["B milk", "a", "b", "c"]
    assert titles(TaskQuery(sort=Sort.TITLE_LAST, limit=2)) == ["c", "b"]
    assert titles(TaskQuery(search="MILK")) == ["B milk"]
    assert titles(TaskQuery(Status.PENDING, search="B", limit=1)) == ["b"]
    first = run_now(tasks.find(TaskQuery()))[0]
    assert titles(TaskQuery(after=Sort.CREATED.position(first), limit=2)) == ["a", "B milk"]
    assert titles(TaskQuery(offset=1, limit=2)) == ["a", "B milk"]
    assert titles(TaskQuery(offset=3)) == ["c"]


@pytest.mark.parametrize("status", Status)
def test_users_are_kept_apart(list_of: OpenList, status: Status) -> None:
    tasks, bobs = list_of("ann"), list_of("bob")
    created(tasks, "one", "two")
    run_now(tasks.delete([2]))
    assert shown(bobs, status) == []
    assert [task for page in paged(bobs, status) for task in page] == []


def test_pages_join_to_the_whole_list(tasks: Tasks) -> None:
    run_now(tasks.add_all(draft(f"task {number}") for number in range(5)))
    run_now(tasks.delete([2]))
    for status in Status:
        assert [task.title for page in paged(tasks, status) for task in page] == shown(tasks, status)
    assert all(len(page) <= PAGE_LIMIT for page in paged(tasks, Status.ALL))


@pytest.mark.parametrize("status", Status)
def test_a_count_is_that_of_the_list(list_of: OpenList, status: Status) -> None:
    tasks, bobs = list_of("ann"), list_of("bob")
    run_now(tasks.add_all(draft(f"task {number}", done=number > 2) for number in range(5)))
    run_now(tasks.delete([2]))
    assert run_now(tasks.count(status)) == len(shown(tasks, status)) > 0
    assert run_now(bobs.count(status)) == 0


def test_drafts_whose_keys_are_known_are_left_out(tasks: Tasks) -> None:
    assert run_now(tasks.add_all([])) == []
    assert list(run_now(tasks.add_all([draft("a", "a"), draft("b", "b", done=True), draft("c")]))) == [1, 2, 3]
    run_now(tasks.delete([1]))
    again = [draft("a", "a"), draft("b changed", "b"), draft("c"), draft("d", "d")]
    added = run_now(tasks.add_all(again))
    assert [run_now(tasks.get(task_id)).title for task_id in added] == ["c", "d"]
    assert shown(tasks, Status.COMPLETED) == ["b"]


def reversion(change: Change) -> Reversion:
    """Return what takes a change back, as the history remembers it."""
    assert change.after
    return Reversion(change.before.id, change.after.version, TaskState.difference(change.before, change.after))


@pytest.mark.parametrize("names", [["update"], ["complete"], ["complete", "reopen"], ["delete"], ["delete", "restore"]])
def test_what_a_step_did_is_put_back(tasks: Tasks, names: Collection[str]) -> None:
    created(tasks, "one", "two")
    changes: Sequence[Change] = []
    for name in names:
        changes = run_now(CHANGES[name](tasks, [2, 1]))
    back = run_now(tasks.put_back([reversion(change) for change in changes], LATER))
    for change, undone in zip(changes, back, strict=True):
        before, now = change.before, undone.after
        assert now
        assert change.after
        assert (now.id, now.version) == (before.id, change.after.version + 1)
        assert (now.title, now.description, now.completed) == (before.title, before.description, before.completed)
        assert bool(now.deleted_at) == bool(before.deleted_at)


@pytest.mark.parametrize("name", ["update", "complete", "delete"])
def test_what_somebody_changed_since_is_never_overwritten(list_of: OpenList, name: str) -> None:
    tasks, rival = list_of("ann"), list_of("ann")
    created(tasks, "one", "two")
    steps = [reversion(change) for change in run_now(CHANGES[name](tasks, [1, 2]))]
    if name == "delete":
        run_now(rival.restore([2]))
    run_now(rival.update([2], TaskFields(description="theirs")))
    version = run_now(rival.get(2)).version
    with pytest.raises(VersionConflict) as conflict:
        run_now(tasks.put_back(steps, LATER))
    assert (conflict.value.task_id, conflict.value.version) == (2, version)
    assert shown(tasks, Status.DELETED) == (["one"] if name == "delete" else [])
    assert run_now(tasks.get(2)).description == "theirs"


@pytest.mark.parametrize("name", ["update", "complete"])
def test_a_task_that_somebody_deleted_since_stays_in_the_trash(list_of: OpenList, name: str) -> None:
    tasks, rival = list_of("ann"), list_of("ann")
    created(tasks, "one")
    steps = [reversion(change) for change in run_now(CHANGES[name](tasks, [1]))]
    run_now(rival.delete([1]))
    with pytest.raises(VersionConflict):
        run_now(tasks.put_back(steps, LATER))
    assert len(shown(tasks, Status.DELETED)) == 1


@pytest.mark.parametrize("name", ["update", "delete"])
def test_a_task_of_a_list_begun_anew_is_another_one(tasks: Tasks, name: str) -> None:
    (task,) = created(tasks, "one")
    steps = [reversion(change) for change in run_now(CHANGES[name](tasks, [1]))]
    before = shown(tasks), shown(tasks, Status.DELETED)
    with pytest.raises(VersionConflict):
        run_now(tasks.put_back(steps, task.created_at - timedelta(seconds=1)))
    assert (shown(tasks), shown(tasks, Status.DELETED)) == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", *CHANGES]), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.booleans()
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_a_server_behaves_like_a_store(served: LiveServer, steps: Sequence[tuple[str, list[int], bool]]) -> None:
    """The same steps, some of them put back, have the same outcome but for the times."""
    served.empty()
    with opened(served.url) as on_server:
        lists: Sequence[Tasks] = (stored(MemoryTaskRepository()), on_server)
        for name, task_ids, back in steps:
            one, other = ([told(tasks, name, task_ids, back=back)] for tasks in lists)
            assert one == other
            for status in Status:
                assert shown(lists[0], status) == shown(lists[1], status)


def told(tasks: Tasks, name: str, task_ids: list[int], *, back: bool) -> object:
    """Take a step, perhaps back again; return what can be compared of the outcome."""
    if name == "create":
        return facts(run_now(tasks.create(TaskFields(f"task {task_ids}"))))
    try:
        changes = run_now(CHANGES[name](tasks, task_ids))
        made = [change for change in changes if change.after is not change.before]
        undone = run_now(tasks.put_back([reversion(change) for change in made], LATER)) if back else []
    except TodoError as error:
        return error.code, str(error)
    return [(facts(change.before), facts(change.after)) for change in (*changes, *undone)]


def facts(task: Task | None) -> object:
    return task and (task.id, task.title, task.description, task.completed, bool(task.deleted_at), task.version)
