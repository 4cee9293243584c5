"""The stores that every test of the repository contract runs against. A new store is one more branch here."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.ports import TaskRepository

STORES = ("memory", "sqlite")


@contextmanager
def open_store(name: str, folder: Path) -> Iterator[TaskRepository]:
    """Open an empty store of the named kind."""
    if name == "memory":
        yield MemoryTaskRepository()
    elif name == "sqlite":
        with closing(SqliteTaskRepository(folder / "tasks.db")) as repository:
            yield repository
    else:
        raise AssertionError(name)


@pytest.fixture(params=STORES)
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TaskRepository]:
    with open_store(request.param, tmp_path) as store:
        yield store
