"""How PostgreSQL carries out each hot statement on a thousand users with a thousand tasks each."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from tests.adapters.neon.every_statement import every_statement
from tests.support.postgres import PASSWORD, USER, Server
from todo_adapters.neon.dsn import parse_dsn
from todo_adapters.neon.migrations import migrate
from todo_adapters.neon.psycopg2_executor import open_engine
from todo_adapters.neon.statements import ListShape, Statement, count, find, find_among, order
from todo_adapters.neon.table import TASKS
from todo_core.query import Sort, Status

PAGE = Path(__file__).parents[3] / "docs" / "query-plans.md"
NAME = "planned"

LOAD = """
    INSERT INTO tasks (user_id, title, completed, completed_at, created_at, updated_at, deleted_at, version,
                       idempotency_key, idempotency_digest)
    SELECT 'user ' || lpad(u::text, 4, '0'), 'task ' || n % 97, n % 3 = 0, CASE n % 3 WHEN 0 THEN time END,
           time, time, CASE n % 20 WHEN 0 THEN time END, 1,
           CASE n % 2 WHEN 0 THEN n::text END, CASE n % 2 WHEN 0 THEN 'x'::bytea END
    FROM generate_series(1, 1000) AS n, generate_series(1, 1000) AS u,
         LATERAL (SELECT timestamptz '2026-01-01 UTC' + n * interval '1 minute' AS time) AS times
"""
"""The tasks of a user lie far apart, as they do when all users make tasks every day."""

VALUES = {
    "owner": "user 0500",
    "task_id": 499_500,
    "task_ids": [499_500, 499_501],
    "key": "500",
    "read_version": 1,
    "search": "milk",
    "after_value": datetime(2026, 1, 1, 8, tzinfo=UTC),
    "after_id": 499_500,
}


@pytest.fixture(scope="module")
def cursor(postgres: Server) -> Iterator[psycopg2.extensions.cursor]:
    """Connect to a full table."""
    with postgres.new_database(NAME) as address:
        migrate(address)
        engine = open_engine(parse_dsn(address), pool_size=1, deadline=60)
        # In one order: of two that cost the same, the planner takes the one that was made last, or first.
        indexes = sorted(TASKS.indexes, key=lambda index: str(index.name))
        for index in indexes:
            index.drop(engine)  # they are made faster when the rows are there
        postgres.run(LOAD, database=NAME)
        for index in indexes:
            index.create(engine)
        engine.dispose()
        postgres.run("VACUUM ANALYZE tasks", database=NAME)
        link = psycopg2.connect(host="localhost", port=postgres.port, user=USER, password=PASSWORD, dbname=NAME)
        link.autocommit = True
        with closing(link), link.cursor() as cursor:
            yield cursor


def explain_for_any_values(cursor: psycopg2.extensions.cursor, statement: Statement) -> str:
    """Return the plan that a prepared statement ends up with."""
    compiled = statement.compile(dialect=PGDialect_asyncpg())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    cursor.execute(f"EXPLAIN (COSTS OFF, GENERIC_PLAN) {compiled}")
    return "\n".join(line for (line,) in cursor)


def explain_for_values(cursor: psycopg2.extensions.cursor, statement: Statement) -> str:
    """Return the plan for the values above."""
    compiled = statement.compile(dialect=PGDialect_psycopg2())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    cursor.execute(f"EXPLAIN (COSTS OFF) {compiled}", {name: VALUES.get(name) for name in compiled.params})
    return "\n".join(line for (line,) in cursor)


def hot_statements() -> dict[str, Statement]:
    """Return what requests send all day."""
    statements = every_statement()
    hot = {name: statements[name] for name in ("GET", "OWNER_OF", "REPLACE", "REMOVE", "LOCK", "FIND_BY_KEY", "ADD")}
    for status in (Status.ALL, Status.PENDING, Status.COMPLETED):
        for sort in (Sort.CREATED, Sort.CREATED_LATEST):
            for continued in (False, True):
                page = "next page" if continued else "first page"
                shape = ListShape(status, sort, searching=False, continued=continued)
                hot[f"find {status}, by {sort}, {page}"] = find(shape)
            hot[f"order {status}, by {sort}"] = order(ListShape(status, sort, searching=False, continued=False))
        hot[f"count {status}"] = count(status, searching=False)
        hot[f"find among, {status}"] = find_among(status, searching=False)
    return hot


@pytest.mark.proves("NFR-001", "NFR-002", "NFR-004", "SC-003", contract="backend-api")
@pytest.mark.proves("FR-014", "SC-006", contract="task-management")
def test_hot_statements_use_indexes_and_lists_need_no_sort(cursor: psycopg2.extensions.cursor) -> None:
    for name, statement in hot_statements().items():
        for plan in (explain_for_any_values(cursor, statement), explain_for_values(cursor, statement)):
            assert "Seq Scan" not in plan, name
            assert name == "ADD" or "Index Scan" in plan or "Index Only Scan" in plan, (name, plan)
            assert not name.startswith(("find", "order")) or "Sort" not in plan, (name, plan)
    for name, statement in hot_statements().items():
        if name == "OWNER_OF" or name.startswith("count"):
            assert "Index Only Scan" in explain_for_any_values(cursor, statement), name


def test_no_statement_reads_the_whole_table(cursor: psycopg2.extensions.cursor) -> None:
    """Not even a search or a rare order looks at the tasks of another user."""
    for name, statement in every_statement().items():
        if name != "STATE":
            assert "Seq Scan" not in explain_for_any_values(cursor, statement), name


def test_the_plans_are_written_down(cursor: psycopg2.extensions.cursor) -> None:
    """A changed plan shows as a changed page; look at the difference, and commit it if it is wanted."""
    plans = {name: explain_for_any_values(cursor, statement) for name, statement in hot_statements().items()}
    page = "\n".join([HEAD, *(f"## {name}\n\n```\n{plan}\n```\n" for name, plan in plans.items())])
    before = PAGE.read_text() if PAGE.exists() else ""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page)
    assert page == before


HEAD = """# Query plans

How PostgreSQL carries out what requests ask all day, on 1,000 users with 1,000 tasks each: the plans for any values,
as prepared statements have them. Written by `pytest tests/adapters/neon/test_plans.py`.
"""
