"""What goes wrong with a SQLite file, in the domain's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from todo_core.errors import StorageUnavailable, StorageUnusable

_FAULTS = {
    sqlite3.SQLITE_NOTADB: "{path} is not a SQLite database; {instead}.",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged; restore it from a backup or {instead}.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written; check the permissions of the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened; check that its folder exists and may be written.",
    sqlite3.SQLITE_PERM: "{path} cannot be opened; check its permissions.",
    sqlite3.SQLITE_FULL: "The disk that holds {path} is full; free some space and try again.",
    sqlite3.SQLITE_IOERR: "The disk that holds {path} fails, or allows no more; check the disk and its quota.",
}

_INSTEAD = "choose another file"
"""What can be done about a store that is none any more."""


@contextmanager
def translated_errors(path: Path, instead: str = _INSTEAD) -> Iterator[None]:
    """Turn what ``sqlite3`` and the file system raise into StorageUnusable and StorageUnavailable.

    ``instead`` says what can be done about a file that cannot be mended.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = result_code(error)
        if code in _FAULTS:
            raise StorageUnusable(_FAULTS[code].format(path=path, instead=instead)) from error
        if isinstance(error, sqlite3.OperationalError):
            raise StorageUnavailable(f"{path} is busy or does not answer; try again.") from error
        raise
    except OSError as error:
        raise StorageUnusable(f"{path} cannot be opened: {error.strerror}.") from error


def damage(path: Path) -> StorageUnusable:
    """Return the error for a damaged file."""
    return StorageUnusable(_FAULTS[sqlite3.SQLITE_CORRUPT].format(path=path, instead=_INSTEAD))


def read_only(path: Path) -> StorageUnusable:
    """Return the error for a change of a store that cannot be written."""
    return StorageUnusable(_FAULTS[sqlite3.SQLITE_READONLY].format(path=path))


def result_code(error: sqlite3.Error) -> int:
    """Return the primary result code, which is the low byte (https://sqlite.org/rescode.html)."""
    code: int = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code
