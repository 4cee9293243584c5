"""The stores that every test of the repository contract runs against. A new store is one more branch here."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.neon.drivers import opened
from tests.support.pgbouncer import Pooler
from tests.support.postgres import Database
from todo_adapters.address import PostgresAddress
from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.ports import TaskRepository

STORES = ("memory", "sqlite", "asyncpg", "psycopg2", "asyncpg pooled", "psycopg2 pooled")

OpenStore = Callable[[Path], AbstractContextManager[TaskRepository]]
"""Opens an empty store; the folder is for those that are files."""


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    driver, _, pooled = request.param.partition(" ")
    if driver == "memory":
        return open_memory
    if driver == "sqlite":
        return open_sqlite
    if pooled:
        pooler: Pooler = request.getfixturevalue("pgbouncer")
        return partial(open_neon, pooler.server.database(), driver, pooler.address())
    database: Database = request.getfixturevalue("database")
    return partial(open_neon, database, driver, database.address)


@pytest.fixture
def repository(open_store: OpenStore, tmp_path: Path) -> Iterator[TaskRepository]:
    with open_store(tmp_path) as store:
        yield store


@contextmanager
def open_memory(_: Path) -> Iterator[TaskRepository]:
    yield MemoryTaskRepository()


@contextmanager
def open_sqlite(folder: Path) -> Iterator[TaskRepository]:
    with closing(SqliteTaskRepository(folder / "tasks.db")) as repository:
        yield repository


@contextmanager
def open_neon(database: Database, driver: str, address: PostgresAddress, _: Path) -> Iterator[TaskRepository]:
    database.empty()
    with opened(driver, address) as repository:
        yield repository
        # Nothing of what a test did may still hold a row or a connection's transaction.
        left = "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert database.run(f"{left} AND datname = current_database()") == []
