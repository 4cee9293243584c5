"""Whose task one is that the user does not have: when that is asked and what it may cost, in processes of their own."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import httpx2
import psycopg2
import pytest

from tests.support.polling import until
from tests.support.postgres import Database, Server
from tests.support.processes import Server as Service
from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from todo_adapters.neon.migrations import migrate
from todo_web.hidden_tasks import WAITING

HELD = """
CREATE ROLE held LOGIN PASSWORD 'held';
GRANT ALL ON ALL TABLES IN SCHEMA public TO held;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO held;
CREATE FUNCTION held() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF current_query() LIKE 'SELECT tasks.user_id %' THEN
    PERFORM pg_advisory_xact_lock_shared(7);
  END IF;
  RETURN true;
END $$;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY held ON tasks USING (held());
"""
"""Lets the question whose a task is wait in the database, if there is such a task, for as long as the lock is held."""


@pytest.fixture
def database(postgres: Server) -> Iterator[Database]:
    with postgres.new_database("held") as address:
        migrate(address)
        held = postgres.database("held")
        held.run(HELD)
        yield held
    postgres.run("DROP ROLE held")


@contextmanager
def held_questions(database: Database) -> Iterator[None]:
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7)")
        yield


@contextmanager
def service(postgres: Server, contract: str, driver: str = "asyncpg", **values: str) -> Iterator[Service]:
    url = f"postgresql+{driver}://held:held@localhost:{postgres.port}/held"
    with serving({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": url, "TODO_CONTRACTS": contract, **values}) as service:
        yield service


def ask(service: Service, path: str, user: str = "ann") -> httpx2.Response:
    """Send one request on a connection of its own, which is closed when the answer is there."""
    return httpx2.get(service.url + path, headers=bearer(user), timeout=30)


def bobs_task(service: Service, tasks: str) -> str:
    task = httpx2.post(service.url + tasks, json={"title": "private"}, headers=bearer("bob")).json()
    return f"{tasks}/{task['id']}"


def owners_in_events(service: Service) -> list[str | None]:
    """Return what the events of foreign tasks say of the owner so far."""
    events = [json.loads(line) for line in service.lines if '"todo.audit"' in line]
    assert {(event["reason"], event["user_id"]) for event in events} <= {("foreign_task", "ann")}
    return [event.get("owner") for event in events]


def waiting(database: Database) -> object:
    ((number,),) = database.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return number


MANY = """
INSERT INTO tasks (user_id, title, description, completed, created_at, updated_at, version)
SELECT 'ann', 'x', repeat('x', 1000), false, now(), now(), 1 FROM generate_series(1, 20000)
"""
"""Makes a list that is longer than what the system keeps of an answer that nobody reads."""


@contextmanager
def unread_list(service: Service) -> Iterator[None]:
    """Ask for a long list, and read no more than its beginning."""
    with httpx2.stream("GET", f"{service.url}/api/tasks", headers=bearer("ann"), timeout=30) as answer:
        assert answer.status_code == 200
        yield


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_sigterm_ends_the_service_whatever_waits(postgres: Server, database: Database, driver: str) -> None:
    """Questions, and a list that nobody reads, at a store that answers nothing, which they may wait a minute for.

    What waits for the audit log is written before the end.
    """
    with service(postgres, "backend-todo-api", driver, TODO_STORAGE_DEADLINE="60") as running:
        path = bobs_task(running, "/api/tasks")
        database.run(MANY)
        with held_questions(database), unread_list(running):
            assert [ask(running, path).status_code for _ in range(3)] == [404] * 3
            assert until(lambda: waiting(database) == 1)
            assert owners_in_events(running) == []
            with postgres.frozen():
                running.send(signal.SIGTERM)
                assert running.wait() == 0
        assert owners_in_events(running) == ["unknown"] * 3


def test_a_question_that_takes_too_long_is_logged_without_its_answer(postgres: Server, database: Database) -> None:
    with service(postgres, "backend-todo-api", TODO_STORAGE_DEADLINE="0.5") as running:
        path = bobs_task(running, "/api/tasks")
        with held_questions(database):
            assert ask(running, path).status_code == 404
            running.wait_for_lines('"foreign_task"', 1)
        assert owners_in_events(running) == ["unknown"]


def test_above_the_bound_nobody_asks_and_every_attempt_is_logged_all_the_same(
    postgres: Server, database: Database
) -> None:
    asked, more = WAITING + 1, 20
    with service(postgres, "backend-todo-api", TODO_STORAGE_DEADLINE="60") as running:
        path = bobs_task(running, "/api/tasks")
        with held_questions(database):
            assert {ask(running, path).status_code for _ in range(asked + more)} == {404}
            running.wait_for_lines('"foreign_task"', more)
            assert owners_in_events(running) == ["unknown"] * more
        running.wait_for_lines('"foreign_task"', asked + more)
        assert sorted(owners_in_events(running), key=str) == [None] * asked + ["unknown"] * more


def test_a_task_that_is_nobodys_is_no_violation(postgres: Server, database: Database) -> None:
    with service(postgres, "backend-todo-api") as running:
        path = bobs_task(running, "/api/tasks")
        assert ask(running, f"{path}0").status_code == ask(running, path).status_code == 404
        running.wait_for_lines('"foreign_task"', 1)
        running.send(signal.SIGTERM)
        assert running.wait() == 0
        assert owners_in_events(running) == [None]


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_where_strangers_are_told_two_ask_at_a_time_and_leave_the_connections_to_others(
    postgres: Server, database: Database, driver: str
) -> None:
    values = {"TODO_STORAGE_POOL_SIZE": "3", "TODO_STORAGE_DEADLINE": "60"}
    with service(postgres, "fastapi-todo-backend", driver, **values) as running, ThreadPoolExecutor(20) as pool:
        path = bobs_task(running, "/tasks")
        with held_questions(database):
            answers = [pool.submit(ask, running, path) for _ in range(20)]
            assert until(lambda: waiting(database) == 2)
            assert {ask(running, "/tasks", "bob").status_code for _ in range(20)} == {200}
            assert waiting(database) == 2
        assert {answer.result().status_code for answer in answers} == {403}
        running.wait_for_lines('"foreign_task"', 20)


def test_where_strangers_are_told_a_question_waits_within_its_requests_deadline(
    postgres: Server, database: Database
) -> None:
    with (
        service(postgres, "fastapi-todo-backend", TODO_STORAGE_DEADLINE="1") as running,
        ThreadPoolExecutor(5) as pool,
    ):
        path = bobs_task(running, "/tasks")
        with held_questions(database):
            answers = [pool.submit(ask, running, path) for _ in range(5)]
            assert {answer.result().status_code for answer in answers} == {503}
        assert ask(running, path).status_code == 403
