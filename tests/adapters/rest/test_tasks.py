"""What holds over REST beside the contract of todo_core.tasks.Tasks: the requests, and who may come between."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from tests.adapters.rest.rest_tasks import opened
from tests.support.bad_connection import THROUGH, Meanwhile, Wire
from tests.support.live_server import LiveServer
from todo_adapters.rest.tasks import RestTasks
from todo_core.errors import InvalidInput, TodoError, VersionConflict
from todo_core.query import PAGE_LIMIT, Status, TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task, TaskFields, TaskState
from todo_core.tasks import Reversion

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def tasks(line: Wire) -> Iterator[RestTasks]:
    with opened(line.url) as through:
        yield through


@pytest.fixture
def rival(served: LiveServer) -> Iterator[RestTasks]:
    """Open the same list at another machine."""
    with opened(served.url) as beside:
        yield beside


def created(tasks: RestTasks, *titles: str) -> None:
    for title in titles:
        run_now(tasks.create(TaskFields(title)))


def shown(tasks: RestTasks) -> Sequence[tuple[str, bool]]:
    return [(task.title, task.completed) for task in run_now(tasks.find(TaskQuery()))]


REQUESTS: Sequence[tuple[str, Callable[[RestTasks], object]]] = [
    ("GET", lambda tasks: run_now(tasks.check())),
    ("POST", lambda tasks: run_now(tasks.create(TaskFields("Buy milk")))),
    ("GET", lambda tasks: run_now(tasks.get(1))),
    ("GET", lambda tasks: run_now(tasks.find(TaskQuery()))),
    ("GET", lambda tasks: run_now(tasks.find(TaskQuery(limit=PAGE_LIMIT)))),
    ("POST POST", lambda tasks: run_now(tasks.add_all([NewTask("ann", "a", None, None, NOW, NOW)] * 2))),
    ("GET GET PUT PUT", lambda tasks: run_now(tasks.update([1, 2], TaskFields("x")))),
    ("GET PUT", lambda tasks: run_now(tasks.complete([1]))),
    ("GET", lambda tasks: run_now(tasks.reopen([1]))),
    ("GET DELETE", lambda tasks: run_now(tasks.delete([1]))),
    ("POST POST", lambda tasks: run_now(tasks.restore([1]))),
    ("GET PUT", lambda tasks: run_now(tasks.put_back([Reversion(1, 1, TaskState(title="x"))], LATER))),
]


@pytest.mark.parametrize(("methods", "use_case"), REQUESTS)
def test_a_use_case_is_one_request_after_a_look_at_what_is_there(
    tasks: RestTasks, rival: RestTasks, line: Wire, methods: str, use_case: Callable[[RestTasks], object]
) -> None:
    created(rival, "one", "two")
    use_case(tasks)
    assert " ".join(request.method for request in line.passed) == methods


def test_every_change_names_the_version_that_it_changes(tasks: RestTasks, line: Wire) -> None:
    created(tasks, "one")
    for use_case in (tasks.complete([1]), tasks.delete([1]), tasks.restore([1])):
        run_now(use_case)
    changes = [request for request in line.passed[1:] if request.method != "GET"]
    assert [request.headers["If-Match"] for request in changes] == ['"1"', '"2"', '"0"', '"3"']


def test_times_are_the_servers(tasks: RestTasks) -> None:
    (task_id,) = run_now(tasks.add_all([NewTask("ann", "done long ago", None, NOW, NOW, NOW)]))
    task = run_now(tasks.get(task_id))
    assert NOW < task.created_at == task.completed_at


def test_a_task_in_the_trash_has_the_time_of_its_deletion(tasks: RestTasks) -> None:
    created(tasks, "one")
    run_now(tasks.delete([1]))
    (found,) = run_now(tasks.find(TaskQuery(Status.DELETED)))
    assert found.created_at < found.updated_at == found.deleted_at


def rename(tasks: RestTasks, task_id: int) -> Meanwhile:
    return Meanwhile(lambda: run_now(tasks.update([task_id], TaskFields("theirs"))))


def test_when_somebody_is_faster_in_the_middle_the_rest_is_put_back(
    tasks: RestTasks, rival: RestTasks, line: Wire
) -> None:
    created(tasks, "one", "two", "three")
    line.plan += [("PUT", THROUGH), ("PUT", THROUGH), ("PUT", rename(rival, 3))]
    with pytest.raises(VersionConflict) as conflict:
        run_now(tasks.complete([1, 2, 3]))
    assert conflict.value.task_id == 3
    assert shown(tasks) == [("one", False), ("two", False), ("theirs", False)]
    # Those that were put back look as before, under versions of their own.
    assert [run_now(tasks.get(task_id)).version for task_id in (1, 2, 3)] == [3, 3, 2]


def test_tasks_that_were_taken_out_of_the_trash_go_back_to_it(tasks: RestTasks, rival: RestTasks, line: Wire) -> None:
    """The second one is restored, and renamed, by somebody else, the third was never there."""
    created(tasks, "one", "two", "three")
    run_now(tasks.delete([1, 2]))

    def overtake() -> None:
        run_now(rival.restore([2]))
        run_now(rival.update([2], TaskFields("theirs")))

    line.plan += [("POST", THROUGH)] * 4 + [("POST", Meanwhile(overtake))]
    with pytest.raises(VersionConflict):
        run_now(tasks.restore([3, 1, 2]))
    assert shown(tasks) == [("theirs", False), ("three", False)]


def test_when_somebody_is_faster_at_first_the_task_is_looked_at_anew(
    tasks: RestTasks, rival: RestTasks, line: Wire
) -> None:
    created(tasks, "one")
    line.plan += [("PUT", rename(rival, 1))]
    (change,) = run_now(tasks.complete([1]))
    assert change.after
    assert (change.before.title, change.after.title, change.after.version) == ("theirs", "theirs", 3)


def test_what_another_server_brings_back_begun_anew_is_put_into_the_trash_again(tasks: RestTasks) -> None:
    """When a task was created is known only once it is out of the trash."""
    created(tasks, "one")
    run_now(tasks.delete([1]))
    with pytest.raises(VersionConflict):
        run_now(tasks.put_back([Reversion(1, 2, TaskState(deleted_at=None))], NOW))
    assert shown(tasks) == []


def test_what_the_server_refuses_is_told_by_field(tasks: RestTasks) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_now(tasks.create(TaskFields("x" * 201)))
    assert (refused.value.field, refused.value.reason) == ("title", "too_long")


def test_every_error_is_one_of_the_domain(served: LiveServer) -> None:
    with opened(served.url, user_id="no such user \n") as nobodys, pytest.raises(TodoError):
        run_now(nobodys.find(TaskQuery()))


def test_a_list_need_not_tell_versions_and_its_tasks_can_be_changed(tasks: RestTasks) -> None:
    created(tasks, "one")
    listed: Sequence[Task] = run_now(tasks.find(TaskQuery()))
    (change,) = run_now(tasks.complete([task.id for task in listed]))
    assert change.after == run_now(tasks.get(1))
