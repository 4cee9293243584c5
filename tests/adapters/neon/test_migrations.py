"""The schema of the production store: made, changed and compared by real runs of Alembic."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from tests.adapters.neon.drivers import DRIVERS, opened
from tests.support.postgres import PASSWORD, USER, Server
from todo_adapters.address import PostgresAddress
from todo_adapters.neon.dsn import parse_dsn
from todo_adapters.neon.migrations import LOCK, migrate
from todo_adapters.neon.psycopg2_executor import open_engine
from todo_adapters.neon.table import REVISION, TASKS, VERSION_TABLE
from todo_core.errors import StorageUnusable
from todo_core.synchronous import run_now
from todo_core.task import Idempotency, NewTask

NAME = "migrated"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW = NewTask("ann", "Buy milk", "and bread", NOW, NOW, NOW, NOW, Idempotency("key", b"digest"))


@pytest.fixture
def database(postgres: Server) -> Iterator[PostgresAddress]:
    with postgres.new_database(NAME) as address:
        yield address


@pytest.fixture
def engine(database: PostgresAddress) -> Iterator[Engine]:
    engine = open_engine(parse_dsn(database), pool_size=1, deadline=5)
    yield engine
    engine.dispose()


def described(server: Server) -> list[tuple[object, ...]]:
    """Return what the database's own catalogue says of the table: columns, rules and indexes."""
    columns = """
        SELECT column_name, data_type, is_nullable, column_default, is_identity, identity_generation, ordinal_position
        FROM information_schema.columns WHERE table_name = 'tasks' ORDER BY ordinal_position
    """
    rules = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'tasks'::regclass ORDER BY 1"
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'tasks' ORDER BY 1"
    return [row for question in (columns, rules, indexes) for row in server.run(question, database=NAME)]


def test_each_revision_goes_up_down_and_up_again_with_tasks_in_it(postgres: Server, database: PostgresAddress) -> None:
    migrate(database, "0001")
    with opened("psycopg2", database) as store:
        task = run_now(store.add(NEW))
        migrate(database, "0001")
        assert run_now(store.find_by_key("ann", "key")) == (task, b"digest")
    migrate(database, "base")
    assert postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=NAME) == [
        (VERSION_TABLE,)
    ]
    migrate(database, "base")
    migrate(database)
    with opened("psycopg2", database) as store:
        assert run_now(store.add(NEW)) == NEW.with_id(1)
        run_now(store.check())


def test_the_migrated_schema_is_that_of_the_table(postgres: Server, database: PostgresAddress, engine: Engine) -> None:
    """What Alembic can compare is equal, and so is the rest, as the database itself describes it."""
    migrate(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, TASKS.metadata) == []
    migrated = described(postgres)
    assert len(migrated) > 20
    migrate(database, "base")
    TASKS.metadata.create_all(engine)
    assert described(postgres) == migrated


def test_of_two_runs_at_once_one_waits_and_both_succeed(postgres: Server, database: PostgresAddress) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    link = psycopg2.connect(host="localhost", port=postgres.port, user=USER, password=PASSWORD, dbname=NAME)
    with ThreadPoolExecutor(2) as pool:
        with closing(link), link.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            runs = [pool.submit(migrate, database) for _ in range(2)]
            while postgres.run(waiting) != [(2,)]:
                assert not any(run.done() for run in runs)
        for run in runs:
            run.result(timeout=60)
    with opened("psycopg2", database) as store:
        run_now(store.check())


def test_a_failed_migration_leaves_nothing_behind(postgres: Server, database: PostgresAddress) -> None:
    """Here an index cannot be made, because its name is taken."""
    postgres.run("CREATE TABLE tasks_owner ()", database=NAME)
    with pytest.raises(StorageUnusable, match="another program"):
        migrate(database)
    assert postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=NAME) == [
        ("tasks_owner",)
    ]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_store_says_what_is_wrong_with_its_schema(postgres: Server, database: PostgresAddress, driver: str) -> None:
    with opened(driver, database) as store:
        for use in (store.check(), store.get("ann", 1), store.add(NEW)):
            with pytest.raises(StorageUnusable, match="no task table; run todo-web migrate"):
                run_now(use)
        migrate(database)
        run_now(store.check())
        for revision, advice in (("0000", "older than this program; run todo-web migrate"), ("9999", "upgrade")):
            postgres.run(f"UPDATE {VERSION_TABLE} SET version_num = %s", revision, database=NAME)
            with pytest.raises(StorageUnusable, match=advice):
                run_now(store.check())
        with pytest.raises(StorageUnusable, match="upgrade"):
            migrate(database)
        postgres.run(f"UPDATE {VERSION_TABLE} SET version_num = %s", REVISION, database=NAME)
        run_now(store.check())


BREACHES = {
    "tasks_id_positive": {"id": "-1"},
    "tasks_user_id_length": {"user_id": "''"},
    "tasks_title_length": {"title": "repeat('x', 501)"},
    "tasks_description_length": {"description": "repeat('x', 1001)"},
    "tasks_completed_has_time": {"completed": "true"},
    "tasks_version_positive": {"version": "0"},
    "tasks_idempotency_key_length": {"idempotency_key": "''", "idempotency_digest": "''"},
    "tasks_idempotency_key_has_digest": {"idempotency_key": "'key'"},
}


@pytest.mark.proves("FR-014", contract="backend-api")
@pytest.mark.parametrize("rule", BREACHES)
def test_the_database_itself_refuses_a_row_that_breaks_a_rule(postgres: Server, rule: str) -> None:
    """Whoever writes it, the task's owner included."""
    row = {
        "id": "1000",
        "user_id": "'ann'",
        "title": "'x'",
        "completed": "false",
        "created_at": "now()",
        "updated_at": "now()",
        "version": "1",
    }
    row |= BREACHES[rule]
    statement = (
        f"INSERT INTO tasks ({', '.join(row)}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(row.values())}) RETURNING id"
    )
    with pytest.raises(psycopg2.errors.CheckViolation) as caught:
        postgres.run(statement)
    assert caught.value.diag.constraint_name == rule


def test_the_rules_are_all_tried(postgres: Server) -> None:
    rules = postgres.run("SELECT conname FROM pg_constraint WHERE conrelid = 'tasks'::regclass AND contype = 'c'")
    assert {name for (name,) in rules} == set(BREACHES)
