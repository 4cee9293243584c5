"""A real service that speaks the contract of the console's server store, and that tests can empty."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import Server, serving
from tests.support.secrecy import SECRET


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running service on a SQLite file."""

    server: Server
    file: Path

    @property
    def url(self) -> str:
        return self.server.url

    def empty(self) -> None:
        """Make it as if no task had ever been there."""
        with closing(sqlite3.connect(self.file)) as db, db:
            db.execute("DELETE FROM tasks")
            db.execute("DELETE FROM sqlite_sequence")


@contextmanager
def running_live_server(folder: Path) -> Iterator[LiveServer]:
    """Serve while the block runs."""
    file = folder / "tasks.db"
    values = {
        "BETTER_AUTH_SECRET": SECRET,
        "DATABASE_URL": f"sqlite:///{file}",
        "TODO_CONTRACTS": "backend-todo-api",
    }
    with serving(values) as server:
        yield LiveServer(server, file)
