"""The task repository over one SQLite file."""

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from todo_adapters.deadline import DEADLINE
from todo_adapters.sqlite.connection import (
    OnDemand,
    damage,
    is_damaged,
    may_write,
    open_connection,
    open_read_only,
    read_only,
    transaction,
    translated_errors,
    try_out,
)
from todo_core.errors import StorageUnusable
from todo_core.override import override
from todo_core.ports import Decision, Outcome, TaskRepository
from todo_core.query import Status, TaskQuery
from todo_core.task import NewTask, Task
from todo_core.text import fold

_TRIED = 1.0
"""Seconds for which a tried write counts, so that frequent checks do not keep the disk busy."""

_LOOK = 1.0
"""Seconds that a look for damage may take. The next one comes after twenty times as long as it took."""

_COLUMNS = "id, user_id, title, description, completed_at, created_at, updated_at, deleted_at, version"

_ADD = """
    INSERT INTO tasks (user_id, title, description, completed, completed_at, created_at, updated_at, deleted_at,
                       version, idempotency_key, idempotency_digest)
    VALUES (:user_id, :title, :description, :completed, :completed_at, :created_at, :updated_at, :deleted_at,
            1, :key, :digest)
    ON CONFLICT (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
"""
_FIND_BY_KEY = f"SELECT {_COLUMNS}, idempotency_digest FROM tasks WHERE user_id = ? AND idempotency_key = ?"
_GET = f"SELECT {_COLUMNS} FROM tasks WHERE user_id = ? AND id = ?"
_REPLACE = """
    UPDATE tasks
    SET title = :title, description = :description, completed = :completed, completed_at = :completed_at,
        updated_at = :updated_at, deleted_at = :deleted_at, version = :version
    WHERE user_id = :user_id AND id = :id AND version = :version_before
"""
_REMOVE = "DELETE FROM tasks WHERE user_id = :user_id AND id = :id AND version = :version_before"
_OWNER = "SELECT user_id FROM tasks WHERE id = ? AND deleted_at IS NULL"

_STATUS = {
    Status.ALL: "deleted_at IS NULL",
    Status.PENDING: "deleted_at IS NULL AND completed = 0",
    Status.COMPLETED: "deleted_at IS NULL AND completed = 1",
    Status.DELETED: "deleted_at IS NOT NULL",
}


class SqliteTaskRepository(TaskRepository):
    """Keeps tasks in a SQLite file; blocks, and may be called from several threads."""

    def __init__(self, path: Path, busy_timeout: float = DEADLINE) -> None:
        """Open the store and make or upgrade its schema; wait for other processes at most ``busy_timeout`` seconds.

        A store that this process may not write can be read; every change of it raises StorageUnusable. Raises
        StorageUnusable and StorageUnavailable.
        """
        self._path = path
        self._busy_timeout = busy_timeout
        self._writable = may_write(path)
        self._opened = [self._connect()]
        # Two connections, so that reading does not wait until a write is on the disk. A program that does only one of
        # the two, as a command of the console, opens the file once.
        self._reader, self._writer = OnDemand(self._next_connection), OnDemand(self._next_connection)
        self._files = (path, Path(f"{path.resolve()}-wal"))
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
            row = db.execute(_FIND_BY_KEY, (user_id, key)).fetchone()
        return (_task(row[:-1]), row[-1]) if row else None

    @override
    async def get(self, user_id: str, task_id: int) -> Task | None:
        with self._reading() as db:
            row = db.execute(_GET, (user_id, task_id)).fetchone()
        return _task(row) if row else None

    @override
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        statement, values = _find(_COLUMNS, user_id, query)
        with self._reading() as db:
            return [_task(row) for row in db.execute(statement, values)]

    @override
    async def count(self, user_id: str, query: TaskQuery) -> int:
        conditions, values = _filter(user_id, query)
        with self._reading() as db:
            row = db.execute(f"SELECT count(*) FROM tasks WHERE {conditions}", values).fetchone()
        return int(row[0])

    @override
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        from array import array  # noqa: PLC0415  the console lists without it, and starts faster

        statement, values = _find("id", user_id, query)
        with self._reading() as db:
            return array("q", (task_id for (task_id,) in db.execute(statement, values)))

    @override
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        import json  # noqa: PLC0415  likewise

        conditions, values = _filter(user_id, query)
        statement = (
            f"SELECT {_COLUMNS} FROM tasks WHERE {conditions} AND id IN (SELECT value FROM json_each(:task_ids))"
        )
        with self._reading() as db:
            rows = db.execute(statement, values | {"task_ids": json.dumps([*task_ids])})
            tasks = {task.id: task for task in map(_task, rows)}
        return [tasks[task_id] for task_id in task_ids if task_id in tasks]

    @override
    async def replace(self, before: Task, after: Task | None) -> bool:
        with self._writing() as db:
            return _store(db, before, after)

    @override
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        with self._writing() as db, transaction(db):
            rows = [db.execute(_GET, (user_id, task_id)).fetchone() for task_id in task_ids]
            before = {task.id: task for task in map(_task, filter(None, rows))}
            outcomes = decide(before)
            for task_id in before.keys() & outcomes.keys():
                _store(db, before[task_id], outcomes[task_id])
            return outcomes

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        with self._reading() as db:
            row = db.execute(_OWNER, (task_id,)).fetchone()
        return row[0] if row else None

    @override
    async def check(self) -> None:
        self._refuse_replaced()
        with self._reading() as db:
            db.execute(_OWNER, (0,)).fetchone()
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
        connection.create_function("holds", 2, _holds, deterministic=True)
        return connection


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name; None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _add(db: sqlite3.Connection, user_id: str, new: NewTask) -> int | None:
    cursor = db.execute(_ADD, _row(user_id, new))
    return cursor.lastrowid if cursor.rowcount == 1 else None


def _row(user_id: str, new: NewTask) -> dict[str, object]:
    return {
        "user_id": user_id,
        "title": new.title,
        "description": new.description,
        "completed": new.completed,
        "completed_at": _text(new.completed_at),
        "created_at": _text(new.created_at),
        "updated_at": _text(new.updated_at),
        "deleted_at": _text(new.deleted_at),
        "key": new.idempotency and new.idempotency.key,
        "digest": new.idempotency and new.idempotency.digest,
    }


def _store(db: sqlite3.Connection, before: Task, after: Task | None) -> bool:
    row = {"user_id": before.user_id, "id": before.id, "version_before": before.version}
    if after is None:
        return db.execute(_REMOVE, row).rowcount == 1
    row |= {
        "title": after.title,
        "description": after.description,
        "completed": after.completed,
        "completed_at": _text(after.completed_at),
        "updated_at": _text(after.updated_at),
        "deleted_at": _text(after.deleted_at),
        "version": after.version,
    }
    return db.execute(_REPLACE, row).rowcount == 1


def _filter(user_id: str, query: TaskQuery) -> tuple[str, dict[str, object]]:
    """Return the condition that the tasks of a list fulfil, whatever the page."""
    values: dict[str, object] = {"user_id": user_id}
    conditions = f"user_id = :user_id AND {_STATUS[query.status]}"
    if query.search is not None:
        values["search"] = fold(query.search)
        conditions += " AND (holds(title, :search) OR holds(description, :search))"
    return conditions, values


def _find(columns: str, user_id: str, query: TaskQuery) -> tuple[str, dict[str, object]]:
    conditions, values = _filter(user_id, query)
    if query.after:
        value = query.after.value
        values |= {"value": _text(value) if isinstance(value, datetime) else value, "after_id": query.after.task_id}
        conditions += f" AND ({query.sort.field}, id) {'<' if query.sort.descending else '>'} (:value, :after_id)"
    direction = "DESC" if query.sort.descending else "ASC"
    values |= {"limit": -1 if query.limit is None else query.limit, "offset": query.offset}
    statement = (
        f"SELECT {columns} FROM tasks WHERE {conditions} "
        f"ORDER BY {query.sort.field} {direction}, id {direction} LIMIT :limit OFFSET :offset"
    )
    return statement, values


def _holds(text: str | None, folded: str) -> bool:
    return text is not None and folded in fold(text)


def _text(time: datetime | None) -> str | None:
    return time.isoformat(timespec="microseconds") if time else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _task(row: tuple[Any, ...]) -> Task:
    task_id, user_id, title, description, completed_at, created_at, updated_at, deleted_at, version = row
    return Task(
        id=task_id,
        user_id=user_id,
        title=title,
        description=description,
        completed_at=_time(completed_at),
        created_at=datetime.fromisoformat(created_at),
        updated_at=datetime.fromisoformat(updated_at),
        deleted_at=_time(deleted_at),
        version=version,
    )
