"""The contract of todo_core.ports.TaskRepository, against every adapter."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from todo_core.ports import TaskRepository
from todo_core.query import OFFSET_LIMIT, Sort, Status, TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import MAX_TASK_ID, Idempotency, NewTask, Task

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


def draft(user_id: str = "ann", title: str = "Buy milk", **fields: object) -> NewTask:
    new = NewTask(user_id, title, description=None, completed_at=None, created_at=NOW, updated_at=NOW)
    return new._replace(**fields)  # type: ignore[arg-type]


def changed(repository: TaskRepository, change: Callable[[Task], Task | None], user_id: str = "ann") -> Task | None:
    """Change the task with the id 1 in line; None if there is none."""
    outcome = run_now(repository.change(user_id, [1], lambda tasks: {i: change(task) for i, task in tasks.items()}))
    return outcome.get(1)


def added(repository: TaskRepository, user_id: str = "ann", title: str = "Buy milk", **fields: object) -> Task:
    task = run_now(repository.add(draft(user_id, title, **fields)))
    assert task is not None
    return task


def titles(repository: TaskRepository, query: TaskQuery, user_id: str = "ann") -> list[str]:
    return [task.title for task in run_now(repository.find(user_id, query))]


def test_a_stored_task_comes_back_as_it_was(repository: TaskRepository) -> None:
    new = draft(title="Père Noël 🎅", description="two\nlines\tand a tab", completed_at=NOW)
    task = run_now(repository.add(new))
    assert task == new.with_id(1)
    assert run_now(repository.get("ann", 1)) == task


def test_ids_count_from_one_over_all_users(repository: TaskRepository) -> None:
    first, second = added(repository, "ann"), added(repository, "bob")
    assert (first.id, second.id) == (1, 2)


def test_ids_are_never_reused(repository: TaskRepository) -> None:
    _, second = added(repository, "ann"), added(repository, "bob")
    assert run_now(repository.replace(second, None))
    assert added(repository, "ann").id > second.id


def test_no_user_removes_the_task_of_another(repository: TaskRepository) -> None:
    task = added(repository, "ann")
    assert not run_now(repository.replace(task._replace(user_id="bob"), None))
    assert run_now(repository.get("ann", task.id)) == task


def test_no_user_sees_or_changes_the_task_of_another(repository: TaskRepository) -> None:
    task = added(repository, "ann")
    assert run_now(repository.get("bob", task.id)) is None
    assert run_now(repository.find("bob", TaskQuery())) == []
    stolen = task._replace(user_id="bob")
    assert not run_now(repository.replace(stolen, stolen._replace(title="mine", version=2)))
    assert changed(repository, lambda current: current.complete(LATER), "bob") is None
    assert run_now(repository.get("ann", task.id)) == task


@pytest.mark.parametrize("other", ["ann", "Ann ", "An\u0144"])
def test_user_ids_are_compared_exactly(repository: TaskRepository, other: str) -> None:
    """No case folding, no normalisation."""
    added(repository, "Ann")
    added(repository, "An\u006e\u0301")
    assert run_now(repository.find(other, TaskQuery())) == []


@pytest.mark.parametrize("task_id", [2, MAX_TASK_ID])
def test_an_unknown_id_is_nobodys(repository: TaskRepository, task_id: int) -> None:
    added(repository)
    assert run_now(repository.get("ann", task_id)) is None
    assert run_now(repository.owner_of("ann", task_id)) is None


def test_replace_stores_only_at_the_version_that_was_read(repository: TaskRepository) -> None:
    task = added(repository)
    done, renamed = task.complete(LATER), task._replace(title="Buy oat milk", version=2)
    assert run_now(repository.replace(task, done))
    assert not run_now(repository.replace(task, renamed))
    assert not run_now(repository.replace(task, None))
    assert run_now(repository.get("ann", task.id)) == done
    assert run_now(repository.replace(done, None))
    assert run_now(repository.get("ann", task.id)) is None
    assert not run_now(repository.replace(done, None))


def test_every_field_that_may_change_is_stored(repository: TaskRepository) -> None:
    task = added(repository, description="old", completed_at=NOW)
    changed = task._replace(
        title="new",
        description=None,
        completed_at=None,
        updated_at=LATER,
        deleted_at=LATER,
        version=2,
    )
    assert run_now(repository.replace(task, changed))
    assert run_now(repository.get("ann", task.id)) == changed


def test_change_shows_the_tasks_and_stores_the_decisions(repository: TaskRepository) -> None:
    first, second, third = added(repository), added(repository), added(repository)
    strangers = added(repository, "bob")
    seen: list[Task] = []

    def decide(tasks: Mapping[int, Task]) -> dict[int, Task | None]:
        seen.extend(tasks.values())
        return {first.id: first.complete(LATER), second.id: None, 99: None}

    ids = [first.id, second.id, third.id, strangers.id, 99]
    outcomes = run_now(repository.change("ann", ids, decide))
    assert sorted(seen, key=lambda task: task.id) == [first, second, third]
    assert outcomes == {first.id: first.complete(LATER), second.id: None, 99: None}
    assert run_now(repository.find("ann", TaskQuery())) == [first.complete(LATER), third]
    assert run_now(repository.get("bob", strangers.id)) == strangers


def test_what_a_decision_raises_is_passed_on_and_nothing_is_stored(repository: TaskRepository) -> None:
    task = added(repository)

    def refuse(tasks: Mapping[int, Task]) -> dict[int, Task | None]:
        raise LookupError(tasks)

    with pytest.raises(LookupError):
        run_now(repository.change("ann", [task.id], refuse))
    assert run_now(repository.get("ann", task.id)) == task
    after = changed(repository, lambda current: current.complete(LATER))
    assert after
    assert after.completed


def test_many_tasks_are_added_in_one_step_and_a_second_time_not_again(repository: TaskRepository) -> None:
    drafts = [draft(title=f"task {n}", idempotency=Idempotency(f"key {n}", b"digest")) for n in range(2500)]
    trashed = draft(title="trashed", completed_at=NOW, updated_at=LATER, deleted_at=LATER)
    first = run_now(repository.add_all("ann", iter([*drafts[:1200], trashed])))
    second = run_now(repository.add_all("ann", iter(drafts)))
    assert (len(first), len(second), len(run_now(repository.add_all("bob", iter(drafts[:2]))))) == (1201, 1300, 2)
    shown = run_now(repository.find("ann", TaskQuery()))
    assert [task.id for task in shown] == [*first[:1200], *second]
    assert titles(repository, TaskQuery()) == [f"task {n}" for n in range(2500)]
    (found,) = run_now(repository.find("ann", TaskQuery(status=Status.DELETED)))
    assert found == trashed.with_id(found.id)
    assert list(run_now(repository.add_all("ann", []))) == []


def test_when_the_drafts_end_in_an_error_none_of_them_is_stored(repository: TaskRepository) -> None:
    def drafts() -> Iterator[NewTask]:
        for _ in range(1500):
            yield draft()
        raise LookupError

    with pytest.raises(LookupError):
        run_now(repository.add_all("ann", drafts()))
    assert run_now(repository.find("ann", TaskQuery())) == []
    assert added(repository).title == "Buy milk"


def test_only_a_task_outside_the_trash_has_an_owner_to_ask_for(repository: TaskRepository) -> None:
    task = added(repository, "ann")
    assert run_now(repository.owner_of("ann", task.id)) == run_now(repository.owner_of("bob", task.id)) == "ann"
    assert run_now(repository.replace(task, task.delete(LATER)))
    assert run_now(repository.owner_of("bob", task.id)) is None


def test_a_key_makes_one_task_for_each_user(repository: TaskRepository) -> None:
    key = Idempotency("key", b"digest")
    task = added(repository, "ann", idempotency=key)
    assert run_now(repository.add(draft("ann", "another", idempotency=key))) is None
    assert run_now(repository.find_by_key("ann", "key")) == (task, b"digest")
    assert run_now(repository.find_by_key("bob", "key")) is None
    assert run_now(repository.find_by_key("ann", "KEY")) is None
    assert added(repository, "bob", idempotency=key).user_id == "bob"
    assert len(run_now(repository.find("ann", TaskQuery()))) == 1


def test_a_key_stays_taken_in_the_trash_and_is_free_after_removal(repository: TaskRepository) -> None:
    key = Idempotency("key", b"digest")
    task = added(repository, idempotency=key)
    trashed = task.delete(LATER)
    assert run_now(repository.replace(task, trashed))
    assert run_now(repository.add(draft(idempotency=key))) is None
    assert run_now(repository.find_by_key("ann", "key")) == (trashed, b"digest")
    assert run_now(repository.replace(trashed, None))
    assert run_now(repository.find_by_key("ann", "key")) is None
    assert run_now(repository.add(draft(idempotency=key))) is not None


def test_status_chooses_what_a_list_shows(repository: TaskRepository) -> None:
    added(repository, title="open")
    added(repository, title="done", completed_at=NOW)
    trashed = added(repository, title="trashed")
    assert run_now(repository.replace(trashed, trashed.delete(LATER)))
    shown = {status: titles(repository, TaskQuery(status=status)) for status in Status}
    assert shown == {
        Status.ALL: ["open", "done"],
        Status.PENDING: ["open"],
        Status.COMPLETED: ["done"],
        Status.DELETED: ["trashed"],
    }
    counted = {status: run_now(repository.count("ann", TaskQuery(status=status))) for status in Status}
    assert counted == {status: len(found) for status, found in shown.items()}
    assert run_now(repository.count("bob", TaskQuery())) == 0


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("status", [Status.ALL, Status.PENDING])
def test_pages_join_to_the_whole_list_in_its_order(repository: TaskRepository, sort: Sort, status: Status) -> None:
    for number, title in enumerate(["b", "a", "B", "é", "a", "z", "\U0001f385", "\uffff"]):
        task = added(repository, title=title, created_at=NOW + timedelta(microseconds=number // 3))
        if number % 3 == 0:
            renamed = task._replace(description="x", updated_at=LATER, version=2)
            assert run_now(repository.replace(task, renamed))
    everything = list(run_now(repository.find("ann", TaskQuery(status=status, sort=sort))))
    assert everything == sorted(everything, key=sort.position, reverse=sort.descending)
    pages: list[Task] = []
    while page := run_now(
        repository.find(
            "ann", TaskQuery(status=status, sort=sort, limit=3, after=sort.position(pages[-1]) if pages else None)
        )
    ):
        assert len(page) <= 3
        pages.extend(page)
    assert pages == everything
    last = TaskQuery(status=status, sort=sort, limit=1, after=sort.position(pages[-1]))
    assert run_now(repository.count("ann", last)) == len(everything)


@pytest.mark.parametrize("sort", [Sort.CREATED, Sort.TITLE_LAST])
def test_an_offset_leaves_out_what_comes_first(repository: TaskRepository, sort: Sort) -> None:
    """Of the whole list, of a page, and of what comes after a place."""
    tasks = [added(repository, title=title) for title in ("e", "a", "d", "b", "c")]
    everything = sorted(tasks, key=sort.position, reverse=sort.descending)
    added(repository, "bob")

    def ids(**parts: object) -> list[int]:
        query = TaskQuery(sort=sort)._replace(**parts)  # type: ignore[arg-type]
        return [task.id for task in run_now(repository.find("ann", query))]

    wanted = [task.id for task in everything]
    for offset in (0, 1, 4, 5, 6, OFFSET_LIMIT):
        assert ids(offset=offset) == wanted[offset:]
        assert ids(offset=offset, limit=2) == wanted[offset:][:2]
        after = sort.position(everything[0])
        assert ids(offset=offset, after=after) == wanted[1:][offset:]
        assert ids(offset=offset, after=after, limit=2) == wanted[1:][offset:][:2]
    assert ids(offset=1, search="a") == []


@pytest.mark.parametrize("sort", Sort)
def test_the_order_of_a_list_is_that_of_its_tasks(repository: TaskRepository, sort: Sort) -> None:
    for number, title in enumerate(["b", "a", "B", "🎅", "a"]):
        added(repository, title=title, created_at=NOW + timedelta(microseconds=number // 3))
    place = sort.position(run_now(repository.find("ann", TaskQuery(sort=sort)))[0])
    queries = [TaskQuery(sort=sort), TaskQuery(sort=sort, limit=2, after=place, offset=1), TaskQuery(search="none")]
    for query in queries:
        tasks = run_now(repository.find("ann", query))
        assert list(run_now(repository.order("ann", query))) == [task.id for task in tasks]


def test_some_tasks_come_in_the_order_that_was_asked_for_as_far_as_the_list_shows_them(
    repository: TaskRepository,
) -> None:
    first, done, trashed, third = (added(repository, title=title) for title in ("milk", "milk", "milk", "bread"))
    strangers = added(repository, "bob")
    assert run_now(repository.replace(done, done.complete(LATER)))
    assert run_now(repository.replace(trashed, trashed.delete(LATER)))
    ids = [third.id, strangers.id, trashed.id, done.id, 99, first.id]

    def among(query: TaskQuery) -> list[int]:
        return [task.id for task in run_now(repository.find_among("ann", query, ids))]

    assert among(TaskQuery()) == [third.id, done.id, first.id]
    assert among(TaskQuery(Status.PENDING)) == [third.id, first.id]
    assert among(TaskQuery(Status.COMPLETED)) == [done.id]
    assert among(TaskQuery(Status.DELETED)) == [trashed.id]
    beyond = TaskQuery(search="MILK", limit=1, after=Sort.CREATED.position(third), offset=1)
    assert among(beyond) == [done.id, first.id]
    assert run_now(repository.find_among("ann", TaskQuery(), [])) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("milk", ["Buy MILK", "Cheese"]),
        ("MÜNCHEN", ["Fly to München"]),
        ("%", ["100 % sure"]),
        ("_", ["snake_case"]),
        ("\\", ["back\\slash"]),
        ("'", ["it's"]),
        ("nothing", []),
    ],
)
def test_a_search_is_literal_and_ignores_case(repository: TaskRepository, search: str, found: list[str]) -> None:
    for title in ["Buy MILK", "Fly to München", "100 % sure", "snake_case", "back\\slash", "it's"]:
        added(repository, title=title)
    added(repository, title="Cheese", description="and milk")
    assert titles(repository, TaskQuery(search=search)) == found
    assert run_now(repository.count("ann", TaskQuery(search=search, limit=1))) == len(found)


@pytest.mark.parametrize(
    ("stored", "search"),
    [
        ("Cafe\u0301 creme", "CAFÉ"),
        ("Café creme", "cafe\u0301"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),  # jamo, and the syllables that they make
        ("J\u030c", "\u01f0"),  # a letter whose capital has no code point of its own
        ("\u212bngström", "ångström"),  # the sign of the unit
    ],
)
def test_a_search_finds_a_word_in_either_normal_form(repository: TaskRepository, stored: str, search: str) -> None:
    added(repository, title=stored)
    added(repository, title="Tea", description=f"with {stored}")
    added(repository, title="Cafe")
    assert titles(repository, TaskQuery(search=search)) == [stored, "Tea"]


@pytest.mark.parametrize(
    ("stored", "search"),
    [
        (
            "\u039f\u0394\u039f\u03a3",
            "\u03bf\u03b4\u03bf\u03c2",
        ),  # Greek: another sigma at a word's end
        ("\u03bf\u03b4\u03cc\u03c2", "\u039f\u0394\u038c\u03a3"),
        ("\u039f\u0394\u039f\u03a3\u0391", "\u039f\u0394\u039f\u03a3"),
        ("\u0130stanbul", "istanbul"),  # Turkish: a capital I with its dot
        ("Istanbul", "\u0130STANBUL"),
        ("STRASSE und Stra\u1e9ee", "stra\xdfe"),
    ],
)
def test_a_search_ignores_the_case_of_letters_that_programs_fold_differently(
    repository: TaskRepository, stored: str, search: str
) -> None:
    added(repository, title=stored)
    added(repository, title="Tea")
    assert titles(repository, TaskQuery(search=search)) == [stored]


def test_a_healthy_store_passes_its_check(repository: TaskRepository) -> None:
    run_now(repository.check())


@pytest.mark.parametrize(
    "toggle_once",
    [
        pytest.param(lambda store: changed(store, lambda task: task.toggle(LATER)), id="in line"),
        pytest.param(lambda store: _race_to_toggle(store), id="compare and set"),  # noqa: PLW0108  defined below
    ],
)
def test_concurrent_changes_never_lose_one_another(
    repository: TaskRepository, toggle_once: Callable[[TaskRepository], object]
) -> None:
    """Eight threads change one task; its version counts every change exactly once."""
    added(repository)
    threads, rounds = 8, 5
    start = Barrier(threads)

    def work() -> None:
        start.wait()
        for _ in range(rounds):
            toggle_once(repository)

    with ThreadPoolExecutor(threads) as pool:
        for outcome in [pool.submit(work) for _ in range(threads)]:
            outcome.result()
    task = run_now(repository.get("ann", 1))
    assert task is not None
    assert (task.version, task.completed) == (1 + threads * rounds, False)


def test_concurrent_adds_with_one_key_make_one_task(repository: TaskRepository) -> None:
    start = Barrier(8)

    def add(_: int) -> Task | None:
        start.wait()
        return run_now(repository.add(draft(idempotency=Idempotency("key", b"digest"))))

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(add, range(8)))
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert len(run_now(repository.find("ann", TaskQuery()))) == 1


def _race_to_toggle(repository: TaskRepository) -> None:
    while True:
        task = run_now(repository.get("ann", 1))
        assert task is not None
        if run_now(repository.replace(task, task.toggle(LATER))):
            return
