"""Open a SQLite file as a task store."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock

from todo_adapters.address import data_folder
from todo_adapters.private_file import make_folder, make_private
from todo_adapters.sqlite.faults import damage, result_code, translated_errors
from todo_adapters.sqlite.schema import APPLICATION_ID, SCHEMA_VERSION, STEPS
from todo_core.errors import StorageUnusable

_NO_PROGRAM = -1
"""In the place of the application id of a file that has tables, and no such id."""

_INSTRUCTIONS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""


def open_connection(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Open a store, and make or upgrade its schema where that is due.

    A file that is not a task store, or is one of a newer program, is left as it is. Waits at most ``busy_timeout``
    seconds for other processes. Raises StorageUnusable and StorageUnavailable.
    """
    with translated_errors(path):
        if not path.parent.is_dir():
            _make_data_folder(path)
        make_private(path)  # SQLite gives the files beside it the same mode
        if not path.is_file():
            raise StorageUnusable(f"{path} is not a regular file; choose another one.")
        _refuse_to_roll_back_foreign(path)
        connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
        try:
            with _left_as_it_is(connection, path):
                _refuse_foreign(connection, path)
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_data_folder(path: Path) -> None:
    """Make the folder of a store if it is that of this user's data. Raises StorageUnusable and OSError.

    Any other folder may be mistyped, and where a link leads to none, a disk may not be mounted.
    """
    # A user without a home has no such folder; or another process has made it, or a link leads nowhere.
    with suppress(StorageUnusable, FileExistsError):
        folder = data_folder()
        if path.parent == Path(os.path.realpath(folder)):
            make_folder(folder)
    if not path.parent.is_dir():
        raise StorageUnusable(f"{path} cannot be opened: its folder does not exist.")


class OnDemand:
    """A connection that is opened when it is first needed. Who uses it holds its lock."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self.lock = Lock()
        self._connect = connect
        self._connection: sqlite3.Connection | None = None

    def get(self) -> sqlite3.Connection:
        """Return the connection. Raises what opening it raises."""
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def close(self) -> None:
        """Close the connection if there is one; it is not opened again."""
        with self.lock:
            if self._connection:
                self._connection.close()


def try_out(path: Path) -> None:
    """Write to a store what it holds already, to find out whether it can be written. Raises StorageUnusable if not.

    Nothing is tried while another process holds the file's lock, because that process is writing.
    """
    with translated_errors(path), _connected(path) as connection:
        try:
            with transaction(connection):
                version = schema_version(connection)
                connection.execute(f"PRAGMA user_version = {version}")
        except sqlite3.OperationalError as error:
            if result_code(error) != sqlite3.SQLITE_BUSY:
                raise
        if _application(connection) != APPLICATION_ID:
            raise damage(path)
        refuse_newer(connection, path, SCHEMA_VERSION)


def is_damaged(path: Path, seconds: float) -> bool:
    """Whether a store's pages show damage; looks from the first page on, for so many seconds at most.

    Raises StorageUnusable if the file cannot be read.
    """
    end = time.monotonic() + seconds
    with translated_errors(path), _connected(path) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
        except sqlite3.DatabaseError as error:
            if result_code(error) in {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY}:
                return False
            if result_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                return True
            raise


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an existing file with an empty cache; a lock is not waited for."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)) as connection:
        yield connection


def may_write(path: Path) -> bool:
    """Whether this process may write a store, or make it if it is not there."""
    beside = path.with_name(f"{path.name}-wal")
    return not path.is_file() or (os.access(path, os.W_OK) and (os.access(path.parent, os.W_OK) or beside.exists()))


def open_read_only(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Open a store that cannot be written, as it is. Raises StorageUnusable and StorageUnavailable."""
    log = path.with_name(f"{path.name}-wal")
    # Without a write-ahead log the file is the whole store, and needs no shared memory in a file beside it.
    alone = not log.exists() or log.stat().st_size == 0
    with translated_errors(path):
        uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
        connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
        try:
            _refuse_foreign(connection, path)
            _refuse_older(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file's only write lock from the first statement on; roll back if the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _left_as_it_is(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Close a connection to a file that the block refuses without a trace of it.

    The last connection to a file in WAL mode rewrites it when it is closed, unless it cannot write.
    """
    try:
        yield
    except StorageUnusable:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as last:
            schema_version(last)
            connection.close()
        raise


def _refuse_to_roll_back_foreign(path: Path) -> None:
    """Refuse a file of another program before SQLite reads it, if that might roll back a broken write.

    ``immutable`` reads the file as it is, whatever its journal says. In a file of ours the first page has its final
    application id from the first write on; a file in which nothing has been written is nobody's.
    """
    if path.with_name(f"{path.name}-journal").exists():
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as as_it_is:
            _refuse_foreign(as_it_is, path)


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    application = _application(connection)
    if application == 0 and connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        # Looked at again, because another process may have made our schema in between, which has both.
        application = _application(connection) or _NO_PROGRAM
    if application not in {0, APPLICATION_ID}:
        raise StorageUnusable(f"{path} is a database of another program; choose another file.")
    refuse_newer(connection, path, SCHEMA_VERSION)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    if schema_version(connection) < SCHEMA_VERSION:
        with transaction(connection):
            for statements in STEPS[schema_version(connection) :]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    refuse_newer(connection, path, SCHEMA_VERSION)
    if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise StorageUnusable(f"{path} is on a file system without shared memory; choose a folder on a local disk.")
    schema_version(connection)  # Now the log is there, too: a replaced store is known by both files.


def refuse_newer(connection: sqlite3.Connection, path: Path, newest: int) -> None:
    """Raise StorageUnusable for a file whose schema is of a later version than the newest that is known."""
    if schema_version(connection) > newest:
        raise StorageUnusable(f"{path} was written by a newer version of this program; upgrade the program.")


def _refuse_older(connection: sqlite3.Connection, path: Path) -> None:
    if schema_version(connection) < SCHEMA_VERSION:
        raise StorageUnusable(f"{path} must be upgraded, and cannot be written; check its permissions.")


def _application(connection: sqlite3.Connection) -> int:
    value: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return value


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the version of a file's schema; 0 is that of a new file."""
    value: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return value
