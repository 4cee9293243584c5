"""A bad connection, and servers that are none: nothing is done twice, and every fault is an error of the domain."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event

import pytest

from tests.adapters.rest.rest_tasks import no_wait, opened
from tests.support.bad_connection import LOST, THROUGH, Fate, Meanwhile, Spoilt, Wire
from tests.support.live_server import LiveServer
from tests.support.processes import free_port
from tests.support.threaded_server import serving_in_thread
from todo_adapters.address import ServerAddress
from todo_adapters.rest.http_client import SIZE_LIMIT, Request, open_client
from todo_adapters.rest.tasks import RestTasks
from todo_core.errors import (
    InvalidInput,
    KeysUnavailable,
    StorageUnavailable,
    StorageUnusable,
    TaskForbidden,
    TodoError,
    TokenRefused,
)
from todo_core.query import Status, TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task, TaskFields

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BUSY = Spoilt(503, {"Retry-After": "2"})


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def tasks(line: Wire, waits: list[float]) -> Iterator[RestTasks]:
    with opened(line.url, waits.append) as through:
        yield through


def added(tasks: RestTasks, title: str = "Buy milk") -> Task:
    return run_now(tasks.create(TaskFields(title)))


@pytest.mark.parametrize("fault", [LOST, BUSY])
def test_a_task_is_added_once_however_often_it_is_sent(tasks: RestTasks, line: Wire, fault: Fate) -> None:
    line.plan += [("POST", fault), ("POST", fault)]
    task = added(tasks)
    assert run_now(tasks.find(TaskQuery())) == [task._replace(version=0)]
    keys = {request.headers["Idempotency-Key"] for request in line.sent("POST")}
    assert (len(line.sent("POST")), len(keys)) == (3, 1)


def test_each_task_has_a_key_of_its_own(tasks: RestTasks, line: Wire) -> None:
    assert added(tasks).id != added(tasks).id
    assert len({request.headers["Idempotency-Key"] for request in line.sent("POST")}) == 2


@pytest.mark.parametrize("fault", [LOST, BUSY])
@pytest.mark.parametrize("name", ["complete", "delete", "restore"])
def test_a_change_whose_answer_was_lost_is_known_to_be_done(
    tasks: RestTasks, line: Wire, fault: Fate, name: str
) -> None:
    added(tasks)
    if name == "restore":
        run_now(tasks.delete([1]))
    # A restoration is preceded by the question which version is there.
    line.plan += {
        "complete": [("PUT", fault)],
        "delete": [("DELETE", fault)],
        "restore": [("POST", THROUGH), ("POST", fault)],
    }[name]
    (change,) = run_now(getattr(tasks, name)([1]))
    assert change.after.version == change.before.version + 1
    assert bool(change.after.deleted_at) == (name == "delete")
    status = Status.DELETED if name == "delete" else Status.ALL
    (found,) = run_now(tasks.find(TaskQuery(status)))
    assert found.completed == (name == "complete")


@pytest.mark.parametrize("fault", [LOST, BUSY])
@pytest.mark.parametrize("name", ["complete", "delete"])
def test_a_change_of_somebody_else_is_not_taken_for_the_own_one(
    tasks: RestTasks, line: Wire, served: LiveServer, fault: Fate, name: str
) -> None:
    """Somebody is faster before the request is sent again. Where it had arrived, the other one has undone it."""
    added(tasks)
    method = {"complete": "PUT", "delete": "DELETE"}[name]
    with opened(served.url) as rival:

        def overtake() -> None:
            if run_now(rival.find(TaskQuery(Status.DELETED))):
                run_now(rival.restore([1]))
            run_now(rival.reopen([1]))
            run_now(rival.update([1], TaskFields("theirs")))

        line.plan += [(method, fault), (method, Meanwhile(overtake))]
        (change,) = run_now(getattr(tasks, name)([1]))
    # So it was looked at anew, and changed as it was then.
    assert (change.before.title, change.before.completed) == ("theirs", False)
    assert len(line.sent(method)) == 3


def test_when_the_second_of_two_fails_the_first_is_put_back(tasks: RestTasks, line: Wire) -> None:
    added(tasks, "one")
    added(tasks, "two")
    line.plan += [("PUT", THROUGH)] + [("PUT", BUSY)] * 3
    with pytest.raises(StorageUnavailable) as raised:
        run_now(tasks.complete([1, 2]))
    assert "not put back" not in str(raised.value)
    assert [task.completed for task in run_now(tasks.find(TaskQuery()))] == [False, False]


def test_what_cannot_be_put_back_is_said(tasks: RestTasks, line: Wire) -> None:
    """The first of two is done, then every request fails."""
    added(tasks, "one")
    added(tasks, "two")
    line.plan += [("PUT", THROUGH)] + [("PUT", BUSY)] * 6
    with pytest.raises(StorageUnavailable, match="Already changed, and not put back: task 1"):
        run_now(tasks.complete([1, 2]))


def test_an_interrupt_in_the_middle_puts_back_too(line: Wire) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with opened(line.url, interrupt) as tasks:
        added(tasks, "one")
        added(tasks, "two")
        line.plan += [("PUT", THROUGH), ("PUT", BUSY)]
        with pytest.raises(KeyboardInterrupt):
            run_now(tasks.complete([1, 2]))
        assert [task.completed for task in run_now(tasks.find(TaskQuery()))] == [False, False]


def test_tasks_that_were_added_before_a_fault_are_counted(tasks: RestTasks, line: Wire) -> None:
    def drafts() -> Iterator[NewTask]:
        yield NewTask("ann", "one", None, None, NOW, NOW)
        line.plan += [("POST", BUSY)] * 3
        yield NewTask("ann", "two", None, None, NOW, NOW)

    with pytest.raises(StorageUnavailable, match="1 task was added before that"):
        run_now(tasks.add_all(drafts()))


def test_the_pause_is_the_servers_and_the_tries_are_few(tasks: RestTasks, line: Wire, waits: list[float]) -> None:
    line.plan += [("GET", BUSY)] * 3
    with pytest.raises(StorageUnavailable):
        run_now(tasks.find(TaskQuery()))
    assert (waits, len(line.passed)) == ([2.0, 2.0], 3)


@pytest.mark.parametrize("asked", ["30", "Sat, 21 Nov 2026 10:00:00 GMT", "-1", "²", ""])
def test_an_impatient_or_strange_wish_to_wait(tasks: RestTasks, line: Wire, waits: list[float], asked: str) -> None:
    """Half a minute is not waited for; what is no number of seconds is as if nothing had been asked."""
    headers = {"Retry-After": asked} if asked.isascii() else {}
    line.plan += [("GET", Spoilt(503, headers, b'{"code": "keys_unavailable"}'))] * 3
    with pytest.raises(KeysUnavailable):
        run_now(tasks.find(TaskQuery()))
    assert waits == ([] if asked == "30" else [0.2, 0.6])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Spoilt(200, body=b"<html>Welcome</html>"), StorageUnusable),
        (Spoilt(200, body=b'[{"id": 1}]'), StorageUnusable),
        (Spoilt(200, body=b'{"id": 1}'), StorageUnusable),
        (Spoilt(200, body=b"\xff"), StorageUnusable),
        (Spoilt(200, body=b"[" * 100_000), StorageUnusable),
        (Spoilt(200, {"Content-Encoding": "gzip"}, gzip.compress(b"[]")), StorageUnusable),
        (Spoilt(200, body=b"[%b]" % (b" " * SIZE_LIMIT)), StorageUnusable),
        (Spoilt(302, {"Location": "http://127.0.0.1:1/"}), StorageUnusable),
        (Spoilt(404), StorageUnusable),
        (Spoilt(404, body=b"[" * 100_000), StorageUnusable),
        (Spoilt(403), StorageUnusable),
        (Spoilt(403, body=b'{"code": "task_forbidden"}'), TaskForbidden),
        (Spoilt(500), StorageUnavailable),
        (Spoilt(401), TokenRefused),
    ],
)
def test_an_answer_that_is_not_the_contracts(
    tasks: RestTasks, line: Wire, answer: Spoilt, error: type[TodoError]
) -> None:
    line.plan += [("GET", answer)]
    with pytest.raises(error) as raised:
        run_now(tasks.find(TaskQuery()))
    assert len(line.passed) == 1
    assert "127.0.0.1" not in str(raised.value)


def shown(**fields: object) -> dict[str, object]:
    """Return a task as a service shows it, but for some fields."""
    times = {"created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z", "completed_at": None}
    return {"id": 1, "user_id": "ann", "title": "x", "description": None, "completed": False, **times, **fields}


def listed(*tasks: Mapping[str, object], cursor: str = "") -> Spoilt:
    """Return a page, with a link to the next one if there is a cursor."""
    link = {"Link": f'</api/tasks?cursor={cursor}>; rel="next"'} if cursor else {}
    return Spoilt(200, link, json.dumps(tasks).encode())


def test_a_server_is_asked_for_answers_that_are_not_compressed(tasks: RestTasks, line: Wire) -> None:
    run_now(tasks.find(TaskQuery()))
    assert [request.headers["Accept-Encoding"] for request in line.passed] == ["identity"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "a\x1b[31m"},
        {"title": "two\nlines"},
        {"title": "\u200b"},
        {"title": "\ud800"},
        {"title": 5},
        {"description": "\x00"},
        {"description": ["x"]},
        {"user_id": "ann\r"},
        {"user_id": ""},
        {"user_id": None},
        {"id": 0},
        {"id": True},
        {"id": "1"},
        {"id": 2**63},
        {"created_at": "2026-01-02T03:04:05"},
        {"updated_at": None},
    ],
)
def test_a_task_that_breaks_the_rules_of_the_core_is_none(
    tasks: RestTasks, line: Wire, fields: dict[str, object]
) -> None:
    line.plan += [("GET", listed(shown())), ("GET", listed(shown(**fields)))]
    assert len(run_now(tasks.find(TaskQuery()))) == 1
    with pytest.raises(StorageUnusable):
        run_now(tasks.find(TaskQuery()))


@pytest.mark.parametrize("second", [listed(shown(), cursor="b"), listed(cursor="b"), listed(shown(id=1), cursor="a")])
def test_pages_that_do_not_go_on_are_refused(tasks: RestTasks, line: Wire, second: Spoilt) -> None:
    line.plan += [("GET", listed(shown(), cursor="a")), *[("GET", second)] * 5]
    with pytest.raises(StorageUnusable):
        run_now(tasks.find(TaskQuery(limit=10)))
    assert len(line.passed) == 2


@pytest.mark.parametrize("detail", ["a\x1b[31m", "\ud800", "x" * 5000, 5, None])
def test_the_words_of_a_refusal_are_shown_only_if_they_can_be(tasks: RestTasks, line: Wire, detail: object) -> None:
    problem = {"code": "no name\n", "detail": detail, "errors": [{"pointer": "/\x1b", "detail": "x"}]}
    line.plan += [("POST", Spoilt(422, body=json.dumps(problem).encode()))]
    with pytest.raises(InvalidInput) as refused:
        added(tasks)
    error = refused.value
    assert (error.field, error.reason, error.detail) == ("", "", "The server refuses the input.")


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"])
def test_an_answer_in_drops_is_given_up(start: bytes) -> None:
    """Each drop comes in time, and the whole would not: in the head, or in the body."""
    with (
        dripping(start) as url,
        open_client(ServerAddress(url, local=True), no_wait, seconds=0.3) as client,
        pytest.raises(StorageUnavailable),
    ):
        client.send(Request("GET", "/"))


@contextmanager
def dripping(start: bytes) -> Iterator[str]:
    """Serve answers that begin like this and go on without an end."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(start)
                while not over.wait(0.01):
                    self.request.sendall(b" ")

    over = Event()
    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    with serving_in_thread(server):
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            over.set()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Spoilt(403, body=b'{"code": "task_forbidden"}'), TaskForbidden),
        (Spoilt(404, body=b"<html>Nothing here</html>"), StorageUnusable),
        (Spoilt(412), StorageUnusable),
    ],
)
def test_an_answer_about_a_task_that_is_not_the_contracts(
    tasks: RestTasks, line: Wire, method: str, answer: Spoilt, error: type[TodoError]
) -> None:
    """Where a task is asked for, and where the version of one in the trash is."""
    line.plan += [(method, answer)]
    with pytest.raises(error):
        run_now(tasks.get(1) if method == "GET" else tasks.restore([1]))


def test_a_change_that_is_refused(tasks: RestTasks, line: Wire) -> None:
    added(tasks)
    line.plan += [("PUT", Spoilt(403, body=b'{"code": "task_forbidden"}'))]
    with pytest.raises(TaskForbidden) as refused:
        run_now(tasks.complete([1]))
    assert refused.value.task_id == 1


@pytest.mark.parametrize("headers", [{}, {"ETag": "nonsense"}, {"ETag": 'W/"1"'}])
def test_a_task_without_a_version_is_not_worked_on(tasks: RestTasks, line: Wire, headers: dict[str, str]) -> None:
    line.plan += [("GET", Spoilt(200, headers, b"{}"))]
    with pytest.raises(StorageUnusable):
        run_now(tasks.get(1))


def test_nobody_listens(waits: list[float]) -> None:
    with opened(f"http://127.0.0.1:{free_port()}", waits.append) as tasks:
        for attempt in (tasks.check(), tasks.find(TaskQuery())):
            with pytest.raises(StorageUnavailable):
                run_now(attempt)
    assert waits == [0.2, 0.6] * 2
