"""Where tasks are kept, as one URL says it (``DATABASE_URL``, ``--database``)."""

import os
import sys
from pathlib import Path
from typing import Literal, NamedTuple

from todo_core.errors import StorageUnusable

ACCEPTED = (
    "memory://, sqlite:///relative.db, sqlite:////absolute.db, postgresql://…, postgres://…, "
    "postgresql+asyncpg://… or postgresql+psycopg2://…"
)


class MemoryAddress:
    """Nowhere but in this process."""


class SqliteAddress(NamedTuple):
    """A file; its folder may still be missing."""

    path: Path


class PostgresAddress:
    """A PostgreSQL database. ``url`` starts with ``postgresql://`` and may hold a password, so it is never shown.

    ``driver`` is None where the address leaves the choice to the program.
    """

    def __init__(self, url: str, driver: Literal["asyncpg", "psycopg2"] | None) -> None:
        self.url = url
        self.driver = driver


class ServerAddress(NamedTuple):
    """A service that is asked over HTTP; ``local`` if it is on this machine. The URL holds no credential."""

    url: str
    local: bool


StorageAddress = MemoryAddress | SqliteAddress | PostgresAddress


def parse_address(url: str) -> StorageAddress:
    """Return the store that a URL names. Raises StorageUnusable, which never repeats the URL."""
    scheme, separator, rest = url.partition("://")
    match scheme.lower(), separator and rest:
        case "memory", "":
            return MemoryAddress()
        case "sqlite", str(path) if path.startswith("/") and "?" not in path and _is_file(Path(path[1:])):
            return SqliteAddress(Path(path[1:]))
        case "postgresql" | "postgres", str(target) if target:
            return PostgresAddress(f"postgresql://{target}", None)
        case "postgresql+asyncpg", str(target) if target:
            return PostgresAddress(f"postgresql://{target}", "asyncpg")
        case "postgresql+psycopg2", str(target) if target:
            return PostgresAddress(f"postgresql://{target}", "psycopg2")
    raise StorageUnusable(f"The database address is not understood; use {ACCEPTED}.")


def _is_file(path: Path) -> bool:
    return str(path) not in {".", ":memory:"}


def data_folder() -> Path:
    """Return the folder of this user's data, which may still be missing.

    It is where each system wants it (on others than macOS and Windows by the XDG Base Directory Specification); a
    library for that would cost the console a fifth of its start-up time. Raises StorageUnusable for a user without a
    home.
    """
    if sys.platform == "darwin":
        return _home() / "Library" / "Application Support" / "todo"
    named = Path(os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_DATA_HOME", ""))
    if named.is_absolute():
        return named / "todo"
    return _home() / ("AppData/Local" if sys.platform == "win32" else ".local/share") / "todo"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise StorageUnusable("This user has no home folder; set HOME.") from None


def default_address() -> SqliteAddress:
    """Return the embedded default, which the console program and the service share. Raises as ``data_folder``."""
    try:
        return SqliteAddress(data_folder() / "tasks.db")
    except StorageUnusable as error:
        raise StorageUnusable(f"{error} Or name a store (DATABASE_URL).") from None
