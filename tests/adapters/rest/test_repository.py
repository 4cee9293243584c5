"""What holds over REST where the repository contract asks for more than an interface over a network gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.adapters.rest.opened import opened
from tests.served import Served
from todo_adapters.rest.repository import RestTaskRepository
from todo_adapters.rest.representation import UNKNOWN_VERSION
from todo_core.driver import run_now
from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    NotOffered,
    TodoError,
    VersionConflict,
)
from todo_core.query import Sort, Status, TaskQuery
from todo_core.task import Idempotency, NewTask, Task

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def repository(served: Served) -> Iterator[RestTaskRepository]:
    served.empty()
    with opened(served.url) as store:
        yield store


def draft(title: str = "Buy milk", key: str | None = None, *, done: bool = False) -> NewTask:
    idempotency = Idempotency(key, b"digest") if key else None
    return NewTask("ann", title, None, NOW if done else None, NOW, NOW, None, idempotency)


def added(repository: RestTaskRepository, title: str = "Buy milk", key: str | None = None) -> Task:
    task = run_now(repository.add(draft(title, key)))
    assert task
    return task


def got(repository: RestTaskRepository, task_id: int = 1) -> Task:
    task = run_now(repository.get("ann", task_id))
    assert task
    return task


def test_a_task_says_what_was_sent_and_has_the_servers_times(repository: RestTaskRepository) -> None:
    text = "two\nlines\tand a tab"
    task = run_now(repository.add(replace(draft("Père Noël 🎅", done=True), description=text)))
    assert task == got(repository)
    assert (task.user_id, task.title, task.description, task.completed) == ("ann", "Père Noël 🎅", text, True)
    assert NOW < task.created_at == task.completed_at
    assert (task.version, task.created_at.tzinfo) == (1, UTC)


def test_every_change_is_one_conditional_request(repository: RestTaskRepository) -> None:
    task = added(repository)
    changes: list[Callable[[Task], Task]] = [
        lambda task: task._replace(title="Buy oats", description="soon"),
        lambda task: task.complete(NOW),
        lambda task: task.delete(NOW),
        lambda task: task.restore(NOW),
        lambda task: task._replace(description=None, completed_at=None),
    ]
    for change in changes:
        after = change(task)._replace(version=task.version + 1)
        assert run_now(repository.replace(task, after))
        assert not run_now(repository.replace(task, after))
        task = got(repository)
        assert (task.title, task.description, task.completed) == (after.title, after.description, after.completed)
        assert (task.version, bool(task.deleted_at)) == (after.version, bool(after.deleted_at))


def test_a_task_in_the_trash_has_its_version_and_the_time_of_its_deletion(repository: RestTaskRepository) -> None:
    task = added(repository)
    assert run_now(repository.replace(task, task._replace(title="Buy oats")))
    assert run_now(repository.replace(got(repository), task))
    trashed = run_now(repository.change("ann", [1], lambda tasks: {1: tasks[1].delete(NOW)}))[1]
    assert trashed.version == 4
    found = got(repository)
    assert (found.version, found.title, found.deleted_at) == (4, "Buy milk", found.updated_at)
    assert found.updated_at > task.updated_at


def test_nothing_can_be_changed_by_what_a_list_shows(repository: RestTaskRepository) -> None:
    added(repository)
    (listed,) = run_now(repository.find("ann", TaskQuery()))
    assert listed.version == UNKNOWN_VERSION
    assert not run_now(repository.replace(listed, listed.complete(NOW)))


def test_what_is_changed_comes_back_with_the_servers_times(repository: RestTaskRepository) -> None:
    added(repository)
    outcome = run_now(repository.change("ann", [1], lambda tasks: {1: tasks[1].complete(NOW)}))
    assert outcome[1] == got(repository)
    assert outcome[1].completed_at != NOW


@pytest.mark.parametrize(
    "change",
    [
        lambda task: None,
        lambda task: task._replace(title="x", deleted_at=NOW),
        lambda task: task._replace(completed_at=NOW),
    ],
)
def test_what_no_single_request_does_is_refused_before_anything_is_done(
    repository: RestTaskRepository, change: object
) -> None:
    tasks = [added(repository), run_now(repository.add(draft(done=True)))]

    def decide(found: Mapping[int, Task]) -> dict[int, Task | None]:
        return {1: found[1].complete(NOW), 2: change(found[2])}  # type: ignore[operator]  # one of the above

    with pytest.raises(NotOffered):
        run_now(repository.change("ann", [1, 2], decide))
    assert [got(repository, 1), got(repository, 2)] == tasks


def test_when_somebody_is_faster_in_the_middle_the_rest_is_put_back(repository: RestTaskRepository) -> None:
    tasks = [added(repository, title) for title in ("one", "two", "three")]

    def decide(found: Mapping[int, Task]) -> dict[int, Task]:
        assert run_now(repository.replace(found[3], found[3]._replace(title="theirs")))
        return {1: found[1].complete(NOW), 2: found[2].delete(NOW), 3: found[3].complete(NOW)}

    with pytest.raises(VersionConflict) as conflict:
        run_now(repository.change("ann", [1, 2, 3], decide))
    assert conflict.value.task_id == 3
    shown = run_now(repository.find("ann", TaskQuery()))
    assert [(task.title, task.completed) for task in shown] == [("one", False), ("two", False), ("theirs", False)]
    # Those that were put back look as before, under versions of their own.
    assert [got(repository, task.id).version for task in tasks] == [3, 3, 2]


def test_when_somebody_is_faster_at_first_the_decision_is_made_anew(repository: RestTaskRepository) -> None:
    added(repository)
    rivals = ["theirs"]

    def decide(found: Mapping[int, Task]) -> dict[int, Task]:
        if rivals:
            assert run_now(repository.replace(found[1], found[1]._replace(title=rivals.pop())))
        return {1: found[1].complete(NOW)}

    outcome = run_now(repository.change("ann", [1], decide))
    assert (outcome[1].title, outcome[1].completed, outcome[1].version) == ("theirs", True, 3)


def test_a_key_is_met_again_with_its_task(repository: RestTaskRepository) -> None:
    task = added(repository, key="k")
    assert run_now(repository.add(draft(key="k"))) is None
    assert run_now(repository.find_by_key("ann", "k")) == (task, b"digest")
    with pytest.raises(NotOffered):
        run_now(repository.find_by_key("ann", "another"))


def test_a_key_of_another_payload_or_in_the_trash_says_so(repository: RestTaskRepository) -> None:
    task = added(repository, key="k")
    with pytest.raises(IdempotencyKeyReused):
        run_now(repository.add(draft("Buy oats", "k")))
    assert run_now(repository.replace(task, task.delete(NOW)))
    with pytest.raises(IdempotencyKeyInTrash):
        run_now(repository.add(draft(key="k")))


def test_drafts_whose_keys_are_known_are_left_out(repository: RestTaskRepository) -> None:
    first = run_now(repository.add_all("ann", [draft(title, title) for title in ("a", "b", "c")]))
    task = got(repository, first[0])
    assert run_now(repository.replace(task, task.delete(NOW)))
    again = [draft("a", "a"), draft("ticked off", "b"), draft("c", "c"), draft("d", "d")]
    second = run_now(repository.add_all("ann", again))
    assert (list(first), [got(repository, task_id).title for task_id in second]) == ([1, 2, 3], ["d"])


def test_from_any_place_in_a_list_the_rest_follows(repository: RestTaskRepository) -> None:
    """A place at which no page ended is found as well."""
    for title in ("c", "a", "d", "b"):
        added(repository, title)
    for sort, titles in ((Sort.TITLE, "abcd"), (Sort.TITLE_LAST, "dcba")):
        everything = run_now(repository.find("ann", TaskQuery(sort=sort)))
        for index, task in enumerate(everything):
            query = TaskQuery(sort=sort, limit=2, after=sort.position(task))
            rest = run_now(repository.find("ann", query))
            assert [found.title for found in rest] == list(titles)[index + 1 : index + 3]


def test_what_the_server_refuses_is_told_by_field(repository: RestTaskRepository) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_now(repository.add(draft("x" * 201)))
    assert (refused.value.field, refused.value.reason) == ("title", "too_long")


@pytest.mark.parametrize("status", Status)
def test_users_are_kept_apart(repository: RestTaskRepository, status: Status) -> None:
    added(repository)
    assert run_now(repository.find("bob", TaskQuery(status))) == []
    assert run_now(repository.get("bob", 1)) is None


def test_every_error_is_one_of_the_domain(repository: RestTaskRepository) -> None:
    with pytest.raises(TodoError):
        run_now(repository.find("no such user \n", TaskQuery()))
