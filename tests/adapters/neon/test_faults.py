"""What the production store does when its database goes away, made for real: nothing here is simulated."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from threading import Event

import psycopg2
import pytest

from tests.adapters.neon.drivers import DRIVERS, opened
from tests.support.pgbouncer import Pooler
from tests.support.postgres import DATABASE, PASSWORD, USER, Server
from tests.support.tcp_gate import Gate, closed_gate
from todo_adapters.address import PostgresAddress
from todo_adapters.neon import open_with_asyncpg
from todo_core.errors import InvalidInput, StorageUnavailable, StorageUnusable
from todo_core.ports import TaskRepository
from todo_core.query import TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW = NewTask("ann", "Buy milk", None, None, NOW, NOW)

DEADLINE = 1.0
BOUND = 15.0
"""Far above the deadline, far below what the drivers and the pooler would wait by themselves."""

Open = Callable[..., AbstractContextManager[TaskRepository]]

USES: dict[str, Callable[[TaskRepository], object]] = {
    "add": lambda store: run_now(store.add(NEW)),
    "add_all": lambda store: run_now(store.add_all("ann", [NEW])),
    "get": lambda store: run_now(store.get("ann", 1)),
    "find": lambda store: run_now(store.find("ann", TaskQuery())),
    "find_by_key": lambda store: run_now(store.find_by_key("ann", "key")),
    "replace": lambda store: run_now(store.replace(NEW.with_id(1), None)),
    "change": lambda store: run_now(store.change("ann", [1], dict[int, Task | None])),
    "owner_of": lambda store: run_now(store.owner_of("ann", 1)),
    "check": lambda store: run_now(store.check()),
}


@pytest.fixture(params=[f"{driver}{way}" for driver in DRIVERS for way in ("", " pooled")])
def open_store(request: pytest.FixtureRequest, postgres: Server) -> Open:
    postgres.empty()
    driver, _, pooled = request.param.partition(" ")
    pooler: Pooler | None = request.getfixturevalue("pgbouncer") if pooled else None
    return partial(opened, driver, pooler.address() if pooler else postgres.address())


@pytest.fixture(params=DRIVERS)
def open_at(request: pytest.FixtureRequest, postgres: Server) -> Callable[..., AbstractContextManager[TaskRepository]]:
    postgres.empty()
    return partial(opened, request.param)


@pytest.fixture
def gate(postgres: Server) -> Iterator[Gate]:
    with closed_gate(postgres.port) as gate:
        yield gate


def all_uses(store: TaskRepository) -> Iterator[Callable[[], object]]:
    return (partial(use, store) for use in USES.values())


def refused(use: Callable[[], object]) -> None:
    with pytest.raises(StorageUnavailable):
        use()


def at_once(work: Callable[[], object], times: int) -> list[object]:
    """Do something in as many threads; raise what any of them raises."""
    with ThreadPoolExecutor(times) as pool:
        return [outcome.result() for outcome in [pool.submit(work) for _ in range(times)]]


def answers_again(store: TaskRepository) -> bool:
    """Whether the store answers before the bound; a real client would try again like this."""
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        try:
            run_now(store.check())
        except StorageUnavailable:
            continue
        return True
    return False


@pytest.mark.parametrize("first", USES)
def test_connections_that_ended_while_idle_are_replaced_unnoticed(
    postgres: Server, open_store: Open, first: str
) -> None:
    """As after a suspend: the next request succeeds, whatever it is, and so do all after it."""
    with open_store() as store:
        at_once(partial(USES["add"], store), 20)
        postgres.terminate_backends()
        USES[first](store)
        at_once(partial(USES["add"], store), 20)
        for _ in range(79):
            USES["get"](store)


@pytest.mark.parametrize("first", USES)
def test_a_farewell_without_an_end_is_understood(postgres: Server, gate: Gate, open_at: Open, first: str) -> None:
    """The server has said that it ends the connection, and the network has not delivered the end yet.

    The next request may find the store unavailable, and nothing else; the one after it succeeds.
    """
    gate.open()
    with open_at(postgres.address(port=gate.port), pool_size=1, deadline=DEADLINE) as store:
        USES["get"](store)
        gate.keep_ends()
        postgres.terminate_backends()
        with suppress(StorageUnavailable):
            USES[first](store)
        USES[first](store)


def test_a_stopped_server_is_unavailable_within_the_deadline_and_comes_back(postgres: Server, open_store: Open) -> None:
    with open_store(deadline=DEADLINE) as store:
        run_now(store.check())
        with postgres.stopped():
            for use in all_uses(store):
                start = time.monotonic()
                with pytest.raises(StorageUnavailable):
                    use()
                assert time.monotonic() - start < BOUND
        assert answers_again(store)
        for use in all_uses(store):
            use()


def test_a_store_opens_while_its_server_is_down(postgres: Server, open_store: Open) -> None:
    with postgres.stopped(), open_store(deadline=DEADLINE) as store, pytest.raises(StorageUnavailable):
        run_now(store.check())


def test_a_frozen_server_holds_nobody_beyond_the_deadline(postgres: Server, open_store: Open) -> None:
    """Every connection of the pool is lost to the freeze, and afterwards the pool is as large as before."""
    with open_store(deadline=DEADLINE, pool_size=3) as store:
        at_once(partial(USES["get"], store), 3)
        start = time.monotonic()
        with postgres.frozen(), ThreadPoolExecutor(len(USES)) as pool:
            list(pool.map(refused, all_uses(store)))
            assert time.monotonic() - start < BOUND
        assert answers_again(store)
        at_once(partial(USES["change"], store), 12)


def test_a_waking_database_is_waited_for(postgres: Server, gate: Gate, open_at: Open) -> None:
    """Fifty readers meet a compute that holds their connections, and all are served when it is awake."""
    with open_at(postgres.address(port=gate.port), deadline=BOUND) as store, ThreadPoolExecutor(50) as pool:
        reads = [pool.submit(USES["find"], store) for _ in range(50)]
        gate.wait_for_a_connection()
        assert not any(read.done() for read in reads)
        gate.open()
        assert [read.result() for read in reads] == [[]] * 50


def test_a_database_that_does_not_wake_is_unavailable(postgres: Server, gate: Gate, open_at: Open) -> None:
    with open_at(postgres.address(port=gate.port), deadline=DEADLINE, pool_size=2) as store:
        start = time.monotonic()
        with ThreadPoolExecutor(len(USES)) as pool:
            list(pool.map(refused, all_uses(store)))
        assert time.monotonic() - start < BOUND
        gate.open()
        assert answers_again(store)


def test_a_request_that_is_given_up_gives_its_connection_back(postgres: Server) -> None:
    """Here the caller has a deadline of its own, which ends in the middle of a statement or of a transaction."""

    async def give_up(store: TaskRepository) -> None:
        uses = [store.get("ann", 1), store.add(NEW), store.change("ann", [1], dict[int, Task | None])]
        for use in uses:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await use

    async def use() -> None:
        async with open_with_asyncpg(postgres.address(), pool_size=2) as store:
            await asyncio.gather(*(store.get("ann", 1) for _ in range(5)))
            with postgres.frozen():
                await give_up(store)
            await asyncio.gather(*(store.change("ann", [1], dict[int, Task | None]) for _ in range(20)))

    asyncio.run(use())


def test_a_write_whose_answer_is_lost_is_not_repeated(postgres: Server, gate: Gate, open_at: Open) -> None:
    gate.open()
    with open_at(postgres.address(port=gate.port)) as store:
        USES["add"](store)
        gate.lose_the_answer_to(b"once only")
        with pytest.raises(StorageUnavailable):
            run_now(store.add(NEW._replace(title="once only")))
        assert [task.title for task in run_now(store.find("ann", TaskQuery()))] == ["Buy milk", "once only"]


def test_a_read_whose_answer_is_lost_is_repeated(postgres: Server, gate: Gate, open_at: Open) -> None:
    gate.open()
    with open_at(postgres.address(port=gate.port)) as store:
        task = run_now(store.add(NEW._replace(user_id="the reader")))
        assert run_now(store.get("ann", 2)) is None
        gate.lose_the_answer_to(b"the reader")
        assert run_now(store.get("the reader", 1)) == task


@pytest.mark.parametrize("error", [TimeoutError, ConnectionResetError, OSError, LookupError])
def test_an_error_of_the_caller_is_none_of_the_stores(
    postgres: Server, open_store: Open, error: type[Exception]
) -> None:
    """What ``decide`` or the drafts raise is passed on even if the store could have raised it."""

    def fail(_: object = None) -> dict[int, Task | None]:
        raise error

    with open_store(pool_size=1) as store:
        for use in (store.change("ann", [1], fail), store.add_all("ann", map(fail, [NEW]))):  # type: ignore[arg-type]
            with pytest.raises(error):
                run_now(use)
        USES["add"](store)


@pytest.mark.parametrize(("field", "text"), [("title", "x" * 501), ("description", "x" * 1001), ("user_id", "x" * 256)])
def test_a_text_wider_than_its_column_is_invalid_input(open_store: Open, field: str, text: str) -> None:
    """As a deployment would meet it whose policy allows more than the table."""
    with open_store() as store:
        with pytest.raises(InvalidInput) as caught:
            run_now(store.add(NEW._replace(**{field: text})))  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == (field, "too_long")


@pytest.fixture
def own_rule(postgres: Server) -> Iterator[None]:
    postgres.run("ALTER TABLE tasks ADD CONSTRAINT own_rule CHECK (title NOT LIKE '%cheese%')")
    yield
    postgres.run("ALTER TABLE tasks DROP CONSTRAINT own_rule")


@pytest.mark.usefixtures("own_rule")
def test_a_rule_that_a_deployment_added_tells_nothing_of_what_it_refuses(postgres: Server, open_at: Open) -> None:
    """The database's own words repeat the whole row, which a log must not hold."""
    with open_at(postgres.address()) as store:
        with pytest.raises(StorageUnusable) as caught:
            run_now(store.add(NEW._replace(title="Buy cheese")))
        assert "cheese" not in str(caught.value)
        USES["add"](store)


def test_a_statement_that_fails_changes_no_setting_of_its_connection(postgres: Server, open_store: Open) -> None:
    """Not even through a pooler, which would take over what was reset."""
    with open_store(pool_size=1) as store:
        with pytest.raises(InvalidInput):
            run_now(store.add(NEW._replace(title="x" * 501)))
        USES["get"](store)
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        assert set(postgres.run(f"SELECT application_name FROM pg_stat_activity WHERE {others}")) == {("todo",)}


@pytest.fixture
def own_way_with_times(postgres: Server, open_store: Open) -> Iterator[None]:
    """Let the database write times as people do in some place."""
    with open_store() as store:
        USES["check"](store)
        postgres.run(f"ALTER DATABASE {DATABASE} SET timezone = 'Asia/Kolkata'")
        postgres.run(f"ALTER DATABASE {DATABASE} SET datestyle = 'German, DMY'")
        postgres.database().terminate_backends()  # a pooler's too, which keep what they began with
    yield
    postgres.run(f"ALTER DATABASE {DATABASE} RESET ALL")


@pytest.mark.usefixtures("own_way_with_times")
def test_times_are_in_utc_whatever_the_settings_of_the_database(open_store: Open) -> None:
    completed = NOW.replace(microsecond=60504)
    with open_store() as store:
        run_now(store.add(NEW._replace(completed_at=completed)))
        run_now(store.add_all("ann", [NEW._replace(completed_at=completed)]))
        tasks = run_now(store.find("ann", TaskQuery()))
    assert [(str(task.completed_at), str(task.created_at)) for task in tasks] == [(str(completed), str(NOW))] * 2


def backends_of(postgres: Server) -> list[tuple[object, ...]]:
    return postgres.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'todo'")


def test_a_statement_that_fails_costs_no_connection(postgres: Server, open_at: Open) -> None:
    """Else a database that is slow, or has no schema yet, would see a storm of log-ins."""
    with open_at(postgres.address(), pool_size=1) as store:
        USES["get"](store)
        backends = backends_of(postgres)
        for _ in range(3):
            with pytest.raises(InvalidInput):
                run_now(store.add(NEW._replace(title="x" * 501)))
            with pytest.raises(LookupError):
                run_now(store.change("ann", [1], fail))
            USES["get"](store)
        assert backends_of(postgres) == backends != []


def test_a_statement_that_is_given_up_costs_no_connection(postgres: Server) -> None:
    """Somebody else holds the row for longer than the caller waits. No task ends with an error that nobody sees."""
    unseen: list[str] = []

    async def use() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context["message"]))
        async with open_with_asyncpg(postgres.address(), pool_size=1) as store:
            task = await store.add(NEW)
            assert task
            backends = backends_of(postgres)
            with row_lock(postgres):
                for _ in range(3):
                    with pytest.raises(TimeoutError):
                        async with asyncio.timeout(0.1):
                            await store.replace(task, task.complete(NOW))
            assert await store.get("ann", task.id)
            assert backends_of(postgres) == backends != []

    postgres.empty()
    asyncio.run(use())
    gc.collect()
    assert unseen == []


@contextmanager
def row_lock(postgres: Server) -> Iterator[None]:
    """Hold every task while the block runs."""
    with (
        closing(
            psycopg2.connect(host="localhost", port=postgres.port, user=USER, password=PASSWORD, dbname=DATABASE)
        ) as other,
        other.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM tasks FOR UPDATE")
        yield


def test_a_connection_that_dies_in_a_transaction_is_replaced(postgres: Server, open_at: Open) -> None:
    """Whether the transaction was to succeed or not; an error of the caller's own is passed on."""

    def die(then: Callable[[Mapping[int, Task]], dict[int, Task]], tasks: Mapping[int, Task]) -> dict[int, Task]:
        postgres.terminate_backends()
        return then(tasks)

    with open_at(postgres.address(), pool_size=1) as store:
        USES["add"](store)
        for _ in range(3):
            with pytest.raises(LookupError):
                run_now(store.change("ann", [1], partial(die, fail)))
            with pytest.raises(StorageUnavailable):
                run_now(store.change("ann", [1], partial(die, finished)))
        assert run_now(store.change("ann", [1], finished))[1].completed


def finished(tasks: Mapping[int, Task]) -> dict[int, Task]:
    return {task_id: task.complete(NOW) for task_id, task in tasks.items()}


def fail(_: object = None) -> dict[int, Task]:
    raise LookupError


def test_sixteen_writers_meet_crashes_and_ended_connections(postgres: Server, open_at: Open) -> None:
    """Whatever they are told is that the store is unavailable, and afterwards every connection of the pool works."""
    over = Event()

    def write(store: TaskRepository) -> int:
        written = 0
        while not over.is_set():
            for use in ("add", "change", "get", "add_all"):
                with suppress(StorageUnavailable):
                    USES[use](store)
                    written += 1
        return written

    with open_at(postgres.address(), pool_size=17) as store, ThreadPoolExecutor(16) as pool:
        writers = [pool.submit(write, store) for _ in range(16)]
        try:
            for _ in range(3):
                for _ in range(5):
                    postgres.database().end_backends()
                with postgres.stopped():
                    pass
                assert answers_again(store)
        finally:
            over.set()
        assert all(writer.result() for writer in writers)
        at_once(partial(USES["add"], store), 17)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("", "may not use the task table"),
        ("GRANT ALL ON tasks TO guest; ALTER ROLE guest SET default_transaction_read_only = on", "read-only"),
    ],
)
def test_what_only_a_person_can_mend_is_said(postgres: Server, open_at: Open, setting: str, says: str) -> None:
    postgres.run(f"CREATE ROLE guest LOGIN PASSWORD 'guest'; {setting}")
    address = PostgresAddress(f"postgresql://guest:guest@localhost:{postgres.port}/todo", None)
    try:
        with open_at(address) as store, pytest.raises(StorageUnusable, match=says):
            run_now(store.add(NEW))
    finally:
        postgres.run("DROP OWNED BY guest; DROP ROLE guest")


def test_a_server_without_a_free_connection_is_unavailable(postgres: Server, open_at: Open) -> None:
    postgres.run("ALTER DATABASE todo CONNECTION LIMIT 0")
    postgres.run("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    address = PostgresAddress(f"postgresql://guest:guest@localhost:{postgres.port}/todo", None)
    try:
        with open_at(address) as store, pytest.raises(StorageUnavailable):
            run_now(store.check())
    finally:
        postgres.run("DROP ROLE guest")
        postgres.run("ALTER DATABASE todo CONNECTION LIMIT -1")
