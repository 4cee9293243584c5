"""The store that an address names, opened for this process."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import assert_never

from todo_adapters.address import (
    MemoryAddress,
    PostgresAddress,
    ServerAddress,
    SqliteAddress,
    StorageAddress,
    data_folder,
)
from todo_core.errors import StorageUnusable
from todo_core.ports import TaskRepository


@contextmanager
def open_store(address: StorageAddress) -> Iterator[TaskRepository]:
    """Open a store, and close it at the end. Only the adapter that is needed is imported.

    Raises StorageUnusable and StorageUnavailable.
    """
    match address:
        case SqliteAddress(path):
            from todo_adapters.sqlite import SqliteTaskRepository  # noqa: PLC0415

            with closing(SqliteTaskRepository(path)) as repository:
                yield repository
        case MemoryAddress():
            from todo_adapters.memory import MemoryTaskRepository  # noqa: PLC0415

            yield MemoryTaskRepository()
        case PostgresAddress():
            from todo_adapters.neon import open_with_psycopg2  # noqa: PLC0415

            with open_with_psycopg2(address, pool_size=1) as repository:
                yield repository
        case _:
            assert_never(address)


def store_name(address: StorageAddress | ServerAddress) -> str:
    """Return a name that tells stores apart and holds no credential."""
    match address:
        case SqliteAddress(path):
            return f"sqlite:{path.resolve()}"
        case PostgresAddress(url=url):
            return f"postgresql:{url.rpartition('@')[2].partition('?')[0]}"
        case MemoryAddress():
            return "memory:"
        case ServerAddress(url):
            return url


def files(address: StorageAddress | ServerAddress) -> Sequence[Path]:
    """Return the files on this machine that hold somebody's tasks; some may be missing."""
    found = [address.path] if isinstance(address, SqliteAddress) else []
    with suppress(StorageUnusable):  # A user without a home folder has no history.
        if history := history_file(address):
            found.append(history)
    return found


def history_file(address: StorageAddress | ServerAddress) -> Path | None:
    """Return the file that remembers what can be undone; None for a store that does not outlive the process.

    Raises StorageUnusable for a user without a home folder.
    """
    return None if isinstance(address, MemoryAddress) else data_folder() / "history.db"
