"""The task repository over one SQLite file."""

import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from todo_adapters.deadline import DEADLINE
from todo_adapters.sqlite import statements
from todo_adapters.sqlite.connection import (
    OnDemand,
    is_damaged,
    may_write,
    open_connection,
    open_read_only,
    transaction,
    try_out,
)
from todo_adapters.sqlite.faults import damage, read_only, translated_errors
from todo_adapters.sqlite.statements import draft_values, holds, task_of
from todo_core.errors import StorageUnusable
from todo_core.override import override
from todo_core.ports import Decision, Outcome, TaskRepository
from todo_core.query import TaskQuery
from todo_core.task import NewTask, Task

_TRIED = 1.0
"""Seconds for which a tried write counts, so that frequent checks do not keep the disk busy."""

_LOOK = 1.0
"""Seconds that a look for damage may take. The next one comes after twenty times as long as it took."""


class SqliteTaskRepository(TaskRepository):
    """Keeps tasks in a SQLite file; blocks, and may be called from several threads."""

    def __init__(self, path: Path, busy_timeout: float = DEADLINE) -> None:
        """Open the store and make or upgrade its schema; wait for other processes at most ``busy_timeout`` seconds.

        A store that this process may not write can be read; every change of it raises StorageUnusable. Raises
        StorageUnusable and StorageUnavailable.
        """
        # SQLite keeps a file's log beside the file, not beside a link to it.
        self._path = Path(os.path.realpath(path))
        self._busy_timeout = busy_timeout
        self._writable = may_write(self._path)
        self._opened = [self._connect()]
        # Two connections, so that reading does not wait until a write is on the disk. A program that does only one of
        # the two, as a command of the console, opens the file once.
        self._reader, self._writer = OnDemand(self._next_connection), OnDemand(self._next_connection)
        self._files = (path, Path(f"{self._path}-wal"))
        self._identities = [_identity(file) for file in self._files]
        self._damaged = False
        self._try_at = self._look_at = 0.0

    def close(self) -> None:
        """Give the file back; the repository cannot be used any more."""
        self._reader.close()
        self._writer.close()
        for connection in self._opened:
            connection.close()

    @override
    async def add(self, new: NewTask) -> Task | None:
        with self._writing() as db:
            task_id = _add(db, new.user_id, new)
            return new.with_id(task_id) if task_id else None

    @override
    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        with self._writing() as db, transaction(db):
            return [task_id for task_id in (_add(db, user_id, draft) for draft in new) if task_id]

    @override
    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        with self._reading() as db:
            row = db.execute(statements.FIND_BY_KEY, (user_id, key)).fetchone()
        return (task_of(row[:-1]), row[-1]) if row else None

    @override
    async def get(self, user_id: str, task_id: int) -> Task | None:
        with self._reading() as db:
            row = db.execute(statements.GET, (user_id, task_id)).fetchone()
        return task_of(row) if row else None

    @override
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        statement, values = statements.find(statements.COLUMNS, user_id, query)
        with self._reading() as db:
            return [task_of(row) for row in db.execute(statement, values)]

    @override
    async def count(self, user_id: str, query: TaskQuery) -> int:
        statement, values = statements.count(user_id, query)
        with self._reading() as db:
            return int(db.execute(statement, values).fetchone()[0])

    @override
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        from array import array  # noqa: PLC0415  the console lists without it, and starts faster

        statement, values = statements.find("id", user_id, query)
        with self._reading() as db:
            return array("q", (task_id for (task_id,) in db.execute(statement, values)))

    @override
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        statement, values = statements.find_among(user_id, query, task_ids)
        with self._reading() as db:
            tasks = {task.id: task for task in map(task_of, db.execute(statement, values))}
        return [tasks[task_id] for task_id in task_ids if task_id in tasks]

    @override
    async def replace(self, before: Task, after: Task | None) -> bool:
        with self._writing() as db:
            return _store(db, before, after)

    @override
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        with self._writing() as db, transaction(db):
            rows = [db.execute(statements.GET, (user_id, task_id)).fetchone() for task_id in task_ids]
            before = {task.id: task for task in map(task_of, filter(None, rows))}
            outcomes = decide(before)
            for task_id in before.keys() & outcomes.keys():
                _store(db, before[task_id], outcomes[task_id])
            return outcomes

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        with self._reading() as db:
            row = db.execute(statements.OWNER, (task_id,)).fetchone()
        return row[0] if row else None

    @override
    async def check(self) -> None:
        self._refuse_replaced()
        with self._reading() as db:
            db.execute(statements.OWNER, (0,)).fetchone()
        if not self._writable:
            raise read_only(self._path)
        if time.monotonic() >= self._try_at:
            try_out(self._path)
            self._try_at = time.monotonic() + _TRIED
        self._look_for_damage()

    def _look_for_damage(self) -> None:
        start = time.monotonic()
        if start >= self._look_at:
            self._damaged = is_damaged(self._path, _LOOK)
            end = time.monotonic()
            self._look_at = end + 20 * (end - start)
        if self._damaged:
            raise damage(self._path)

    def _refuse_replaced(self) -> None:
        """Raise StorageUnusable if the file was removed or replaced, because what is written then is lost."""
        if [_identity(file) for file in self._files] != self._identities:
            raise StorageUnusable(f"{self._path} was removed or replaced while it was open; restart the program.")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._reader.lock, translated_errors(self._path):
            yield self._reader.get()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._writable:
            raise read_only(self._path)
        with self._writer.lock, translated_errors(self._path):
            db = self._writer.get()
            self._refuse_replaced()
            yield db

    def _next_connection(self) -> sqlite3.Connection:
        """Return the connection that was opened at the start, and after that another one."""
        try:
            return self._opened.pop()
        except IndexError:
            self._refuse_replaced()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = (open_connection if self._writable else open_read_only)(self._path, self._busy_timeout)
        connection.create_function("holds", 2, holds, deterministic=True)
        return connection


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name; None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _add(db: sqlite3.Connection, user_id: str, new: NewTask) -> int | None:
    cursor = db.execute(statements.ADD, draft_values(user_id, new))
    return cursor.lastrowid if cursor.rowcount == 1 else None


def _store(db: sqlite3.Connection, before: Task, after: Task | None) -> bool:
    return db.execute(*statements.replacement(before, after)).rowcount == 1
