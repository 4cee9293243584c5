"""The use cases, in memory and without an event loop."""

import asyncio
import hashlib
from collections.abc import Callable

import pytest

from tests.support.clocks import FrozenClock
from todo_adapters.memory import MemoryTaskRepository
from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    TaskForbidden,
    TaskHidden,
    TaskNotFound,
    VersionConflict,
)
from todo_core.policy import TaskPolicy
from todo_core.query import Sort, Status, TaskQuery
from todo_core.service import TaskService
from todo_core.synchronous import run_now
from todo_core.task import MAX_TASK_ID, Task, TaskFields

MILK = TaskFields(title="Buy milk")


class Bench:
    """Services with different policies over one store."""

    def __init__(self) -> None:
        self.repository = MemoryTaskRepository()
        self.clock = FrozenClock()

    def service(self, **rules: bool) -> TaskService:
        return TaskService(self.repository, self.clock, TaskPolicy(**rules))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def service(bench: Bench) -> TaskService:
    return bench.service()


def create(service: TaskService, user_id: str = "ann", title: str = "Buy milk", key: str | None = None) -> Task:
    return run_now(service.create(user_id, TaskFields(title=title), key)).task


USE_CASES: dict[str, Callable[[TaskService, str, int], object]] = {
    "get": lambda service, user, task_id: run_now(service.get(user, task_id)),
    "update": lambda service, user, task_id: run_now(service.update(user, task_id, TaskFields(title="x"))),
    "toggle": lambda service, user, task_id: run_now(service.toggle(user, task_id)),
    "complete": lambda service, user, task_id: run_now(service.complete(user, task_id)),
    "reopen": lambda service, user, task_id: run_now(service.reopen(user, task_id)),
    "delete": lambda service, user, task_id: run_now(service.delete(user, task_id)),
    "restore": lambda service, user, task_id: run_now(service.restore(user, task_id)),
}
use_cases = pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)


def test_a_task_lives_its_whole_life(service: TaskService, bench: Bench) -> None:
    task = create(service)
    assert run_now(service.list("ann", TaskQuery())) == [task] == [run_now(service.get("ann", task.id))]
    now = bench.clock.advance(minutes=1)
    done = run_now(service.toggle("ann", task.id))
    assert (done.completed_at, done.updated_at, done.version) == (now, now, 2)
    assert not run_now(service.toggle("ann", task.id)).completed
    assert run_now(service.complete("ann", task.id)).completed
    assert not run_now(service.reopen("ann", task.id)).completed
    assert run_now(service.update("ann", task.id, TaskFields(title="Bread"))).title == "Bread"
    assert run_now(service.delete("ann", task.id)).deleted_at == now
    assert run_now(service.list("ann", TaskQuery())) == []
    assert run_now(service.count("ann", TaskQuery(status=Status.DELETED))) == 1
    assert [t.id for t in run_now(service.list("ann", TaskQuery(status=Status.DELETED)))] == [task.id]
    assert run_now(service.restore("ann", task.id)).deleted_at is None
    assert run_now(service.get("ann", task.id)).title == "Bread"


@use_cases
@pytest.mark.parametrize("task_id", [0, -1, 2, MAX_TASK_ID + 1, 10**400])
def test_a_task_that_is_not_there_is_not_found(
    bench: Bench, use_case: Callable[[TaskService, str, int], object], task_id: int
) -> None:
    service = bench.service(stranger_forbidden=True)
    create(service)
    with pytest.raises(TaskNotFound) as refused:
        use_case(service, "ann", task_id)
    assert (type(refused.value), refused.value.task_id) == (TaskNotFound, task_id)


@use_cases
@pytest.mark.parametrize(("forbidden", "error"), [(True, TaskForbidden), (False, TaskHidden)])
def test_a_strangers_task_reads_as_the_policy_says(
    bench: Bench, use_case: Callable[[TaskService, str, int], object], *, forbidden: bool, error: type[Exception]
) -> None:
    service = bench.service(stranger_forbidden=forbidden)
    task = create(service, "bob")
    with pytest.raises(error) as refused:
        use_case(service, "ann", task.id)
    assert vars(refused.value) == {"task_id": task.id}
    assert run_now(service.get("bob", task.id)) == task


@use_cases
def test_a_strangers_trash_is_missing_for_everybody(
    bench: Bench, use_case: Callable[[TaskService, str, int], object]
) -> None:
    service = bench.service(stranger_forbidden=True)
    task = create(service, "bob")
    run_now(service.delete("bob", task.id))
    with pytest.raises(TaskNotFound) as refused:
        use_case(service, "ann", task.id)
    assert type(refused.value) is TaskNotFound


@pytest.mark.parametrize("name", [name for name in USE_CASES if name != "restore"])
def test_ones_own_trash_is_missing_and_not_forbidden(bench: Bench, name: str) -> None:
    service = bench.service(stranger_forbidden=True)
    task = create(service)
    run_now(service.delete("ann", task.id))
    with pytest.raises(TaskNotFound) as refused:
        USE_CASES[name](service, "ann", task.id)
    assert (type(refused.value), refused.value.task_id) == (TaskNotFound, task.id)


@use_cases
def test_a_task_that_comes_back_while_it_is_looked_for_is_not_somebody_elses(
    bench: Bench, use_case: Callable[[TaskService, str, int], object]
) -> None:
    class Back(MemoryTaskRepository):
        async def owner_of(self, user_id: str, task_id: int) -> str | None:
            return "ann"

    bench.repository = Back()
    with pytest.raises(TaskNotFound) as refused:
        use_case(bench.service(stranger_forbidden=True), "ann", 1)
    assert type(refused.value) is TaskNotFound


@use_cases
def test_a_store_is_asked_for_possible_ids_only(
    bench: Bench, use_case: Callable[[TaskService, str, int], object]
) -> None:
    """Drivers fail, each in its own way, at what is no 64-bit number."""
    asked: list[int] = []

    class Asked(MemoryTaskRepository):
        async def get(self, user_id: str, task_id: int) -> Task | None:
            asked.append(task_id)
            return await super().get(user_id, task_id)

        async def owner_of(self, user_id: str, task_id: int) -> str | None:
            asked.append(task_id)
            return await super().owner_of(user_id, task_id)

    bench.repository = Asked()
    for task_id in (-1, 0, 1, MAX_TASK_ID, MAX_TASK_ID + 1):
        with pytest.raises(TaskNotFound):
            use_case(bench.service(stranger_forbidden=True), "ann", task_id)
    assert asked == [1, 1, MAX_TASK_ID, MAX_TASK_ID]


@use_cases
@pytest.mark.parametrize("task_id", [1, 2, MAX_TASK_ID])
def test_where_strangers_are_hidden_nobody_asks_whose_a_task_is(
    bench: Bench, use_case: Callable[[TaskService, str, int], object], task_id: int
) -> None:
    """The answer to a missing task and to a stranger's is one and the same, so it takes the same time."""

    class Unasked(MemoryTaskRepository):
        async def owner_of(self, user_id: str, task_id: int) -> str | None:
            raise AssertionError

    bench.repository = Unasked()
    create(bench.service(), "bob")
    with pytest.raises(TaskHidden) as refused:
        use_case(bench.service(), "ann", task_id)
    assert vars(refused.value) == {"task_id": task_id}


def test_one_policys_trash_is_out_of_reach_of_another(bench: Bench) -> None:
    """A permanent contract neither sees, deletes nor restores what a soft one has put into the trash."""
    soft, permanent = bench.service(), bench.service(deletion_permanent=True)
    task = create(soft)
    run_now(soft.delete("ann", task.id))
    for use_case in USE_CASES.values():
        with pytest.raises(TaskNotFound):
            use_case(permanent, "ann", task.id)
    with pytest.raises(InvalidInput):
        run_now(permanent.list("ann", TaskQuery(status=Status.DELETED)))
    with pytest.raises(InvalidInput):
        run_now(permanent.count("ann", TaskQuery(status=Status.DELETED)))
    assert run_now(soft.restore("ann", task.id)).id == task.id


def test_a_long_list_can_be_read_in_parts(service: TaskService) -> None:
    """In the order that it had, without what it shows no more, and of one's own tasks only."""
    for title in ("c", "a", "b", "d"):
        create(service, title=title)
    create(service, "bob")
    by_title = TaskQuery(sort=Sort.TITLE)
    ids = list(run_now(service.order("ann", by_title)))
    assert ids == [2, 3, 1, 4]
    run_now(service.delete("ann", 3))
    parts = [run_now(service.list_among("ann", by_title, part)) for part in (ids[:3], ids[3:], [5])]
    assert [[task.title for task in part] for part in parts] == [["a", "c"], ["d"], []]


def test_where_there_is_no_trash_no_part_of_it_can_be_read(bench: Bench) -> None:
    permanent, trash = bench.service(deletion_permanent=True), TaskQuery(status=Status.DELETED)
    for refused in (permanent.order("ann", trash), permanent.list_among("ann", trash, [1])):
        with pytest.raises(InvalidInput) as refusal:
            run_now(refused)
        assert refusal.value.field == "status"


def test_permanent_deletion_leaves_nothing(bench: Bench) -> None:
    permanent = bench.service(deletion_permanent=True)
    task = create(permanent)
    assert run_now(permanent.delete("ann", task.id)) == task
    assert run_now(bench.service().list("ann", TaskQuery(status=Status.DELETED))) == []
    with pytest.raises(TaskNotFound):
        run_now(permanent.delete("ann", task.id))


@pytest.mark.parametrize("name", [name for name in USE_CASES if name not in {"get", "update"}])
def test_a_stated_version_must_be_the_tasks(service: TaskService, name: str) -> None:
    task = create(service)
    run_now(service.toggle("ann", task.id))
    with pytest.raises(VersionConflict) as refused:
        run_now(getattr(service, name)("ann", task.id, {1}))
    assert (refused.value.task_id, refused.value.version) == (task.id, 2)
    run_now(getattr(service, name)("ann", task.id, {1, 2}))


def test_a_stated_version_guards_a_permanent_deletion_too(bench: Bench) -> None:
    service = bench.service(deletion_permanent=True)
    task = create(service)
    with pytest.raises(VersionConflict) as refused:
        run_now(service.delete("ann", task.id, {2}))
    assert (refused.value.task_id, refused.value.version) == (task.id, 1)
    assert run_now(service.get("ann", task.id)) == task


def test_an_update_is_checked_before_the_task_and_the_task_before_its_version(service: TaskService) -> None:
    """The order of the checks."""
    task = create(service)
    with pytest.raises(InvalidInput):
        run_now(service.update("ann", 99, TaskFields(title=" ")))
    with pytest.raises(InvalidInput):
        run_now(service.update("ann", task.id, TaskFields(description="x" * 1001), {9}))
    with pytest.raises(InvalidInput):
        run_now(service.update("ann", 99, TaskFields(title=None)))
    with pytest.raises(TaskNotFound):
        run_now(service.update("ann", 99, TaskFields(title="x"), {9}))
    with pytest.raises(VersionConflict):
        run_now(service.update("ann", task.id, TaskFields(title="x"), {9}))


def test_a_change_of_nothing_stores_nothing(service: TaskService, bench: Bench) -> None:
    task = create(service)
    bench.clock.advance(minutes=1)
    assert run_now(service.update("ann", task.id, MILK)) == task
    assert run_now(service.reopen("ann", task.id)) == task
    assert run_now(service.restore("ann", task.id)) == task


def test_a_key_returns_the_first_task_as_it_is_now(service: TaskService) -> None:
    task = create(service, key="k")
    run_now(service.toggle("ann", task.id))
    replay = run_now(service.create("ann", MILK, "k"))
    assert (replay.task.id, replay.task.completed, replay.replayed) == (task.id, True, True)
    assert create(service, "bob", key="k").id != task.id
    fresh = run_now(service.create("ann", TaskFields(title="Bread"), "another"))
    assert (fresh.task.title, fresh.replayed) == ("Bread", False)
    run_now(service.delete("ann", fresh.task.id))
    unkeyed = run_now(service.create("bob", MILK))
    assert (unkeyed.task.title, unkeyed.replayed) == ("Buy milk", False)
    assert len(run_now(service.list("ann", TaskQuery()))) == 1


def test_a_key_is_bound_to_its_payload(service: TaskService) -> None:
    create(service, key="k")
    for other in (TaskFields(title="Bread"), TaskFields(title="Buy milk", description=None)):
        with pytest.raises(IdempotencyKeyReused):
            run_now(service.create("ann", other, "k"))


def test_a_payload_is_recognised_by_what_an_earlier_release_kept(bench: Bench) -> None:
    """The digest is stored, so it must not become another one."""
    fields = TaskFields(title="Buy milk", description=None, completed=True)
    run_now(bench.service().create("ann", fields, "k"))
    found = run_now(bench.repository.find_by_key("ann", "k"))
    kept = b'{"completed": true, "description": null, "title": "Buy milk"}'
    assert found
    assert found[1] == hashlib.sha256(kept).digest()


def test_a_refused_request_uses_no_key_up(service: TaskService) -> None:
    with pytest.raises(InvalidInput):
        create(service, title=" ", key="k")
    assert create(service, key="k").version == 1


def test_a_key_is_held_in_the_trash_and_free_after_permanent_deletion(bench: Bench) -> None:
    soft, permanent = bench.service(), bench.service(deletion_permanent=True)
    first = create(soft, key="k")
    run_now(soft.delete("ann", first.id))
    with pytest.raises(IdempotencyKeyInTrash):
        create(permanent, key="k")
    run_now(soft.restore("ann", first.id))
    run_now(permanent.delete("ann", first.id))
    assert create(soft, key="k").id > first.id


def test_a_change_that_was_overtaken_waits_in_line(bench: Bench) -> None:
    """Somebody toggles between our reading and our writing: both toggles count."""

    class Overtaken(MemoryTaskRepository):
        async def replace(self, before: Task, after: Task | None) -> bool:
            await super().replace(before, before.toggle(bench.clock.now()))
            return await super().replace(before, after)

    bench.repository = Overtaken()
    service = bench.service()
    task = create(service)
    after = run_now(service.toggle("ann", task.id))
    assert (after.completed, after.version) == (False, 3)
    with pytest.raises(VersionConflict):
        run_now(service.toggle("ann", task.id, {3}))


@pytest.mark.parametrize("permanent", [True, False])
def test_a_change_that_was_overtaken_by_a_deletion_finds_nothing(bench: Bench, *, permanent: bool) -> None:
    class Deleted(MemoryTaskRepository):
        async def replace(self, before: Task, after: Task | None) -> bool:
            await super().replace(before, None if permanent else before.delete(bench.clock.now()))
            return await super().replace(before, after)

    bench.repository = Deleted()
    service = bench.service()
    task = create(service)
    with pytest.raises(TaskNotFound) as refused:
        run_now(service.toggle("ann", task.id))
    assert (type(refused.value), refused.value.task_id) == (TaskHidden, task.id)


def test_a_key_freed_in_between_makes_a_new_task(bench: Bench) -> None:
    """The task of a key is removed for good after our insert found the key taken."""

    class Freed(MemoryTaskRepository):
        async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
            found = await super().find_by_key(user_id, key)
            if found and found[0].id == 1:
                await self.replace(found[0], None)
                return None
            return found

    bench.repository = Freed()
    service = bench.service()
    create(service, key="k")
    assert create(service, key="k").id == 2


def test_a_use_case_that_waits_is_refused_without_an_event_loop() -> None:
    with pytest.raises(RuntimeError, match=r"^The coroutine suspended: its store needs an event loop\.$"):
        run_now(asyncio.sleep(0))
