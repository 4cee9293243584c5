"""What the console did to tasks, command by command, so that it can be undone and redone; one SQLite file."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from todo_adapters.private_file import make_private
from todo_adapters.sqlite.connection import refuse_newer, schema_version, transaction
from todo_adapters.sqlite.faults import translated_errors
from todo_core.errors import StorageUnusable
from todo_core.task import ABSENT, TaskState

KEPT = 100
"""How many commands of one user on one store can be undone."""

_VERSION = 1
_SCHEMA = (
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        store TEXT NOT NULL,
        user_id TEXT NOT NULL,
        command TEXT NOT NULL,
        done_at TEXT NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX entries_by_list ON entries (store, user_id, undone, id)",
    """
    CREATE TABLE steps (
        entry INTEGER NOT NULL REFERENCES entries ON DELETE CASCADE,
        task_id INTEGER NOT NULL,
        before TEXT NOT NULL,
        before_version INTEGER NOT NULL,
        after TEXT NOT NULL,
        after_version INTEGER NOT NULL,
        PRIMARY KEY (entry, task_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX steps_by_task ON steps (task_id)",
)
_OF_LIST = "entry IN (SELECT id FROM entries WHERE store = :store AND user_id = :user_id)"


class Step(NamedTuple):
    """What a command did to one task: the fields that differ, before and after, and the versions that had them.

    A task that the command made was at version 0 before, which no task ever is.
    """

    task_id: int
    before: TaskState
    before_version: int
    after: TaskState
    after_version: int


class Entry(NamedTuple):
    """One command that can be undone or redone."""

    id: int
    command: str
    done_at: datetime
    steps: tuple[Step, ...]


class JournalUnusable(StorageUnusable):
    """The journal cannot be used, whatever the state of the store."""


class UndoJournal:
    """The commands of one user on one store. Every method may raise StorageUnavailable and JournalUnusable."""

    def __init__(self, find_file: Callable[[], Path | None], store: str, user_id: str) -> None:
        """Open nothing yet. ``find_file`` may raise StorageUnusable; None stands for a journal in memory."""
        self._find_file = find_file
        self._names = {"store": store, "user_id": user_id}
        self._db: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Give the file back."""
        if self._db:
            self._db.close()

    def record(self, command: str, done_at: datetime, steps: Iterable[Step]) -> None:
        """Add a command; what was undone before cannot be redone after it."""
        with self._session() as db, transaction(db):
            self._drop_undone(db)
            values = self._names | {"command": command, "done_at": done_at.isoformat()}
            entry = db.execute(
                "INSERT INTO entries (store, user_id, command, done_at) VALUES (:store, :user_id, :command, :done_at)",
                values,
            ).lastrowid
            db.executemany("INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)", (_row(entry, step) for step in steps))
            db.execute(
                "DELETE FROM entries WHERE store = :store AND user_id = :user_id AND id NOT IN (SELECT id FROM entries "
                "WHERE store = :store AND user_id = :user_id ORDER BY id DESC LIMIT :kept)",
                self._names | {"kept": KEPT},
            )

    def latest(self) -> Entry | None:
        """Return the command that undo would take back."""
        return self._entry("undone = 0 ORDER BY id DESC")

    def next(self) -> Entry | None:
        """Return the command that redo would do again."""
        return self._entry("undone = 1 ORDER BY id")

    def undone(self, entry: Entry, versions: Mapping[int, int]) -> None:
        """Note that a command was undone, and the versions that its tasks have now."""
        self._moved(entry, versions, undone=True)

    def redone(self, entry: Entry, versions: Mapping[int, int]) -> None:
        """Note that a command was done again, and the versions that its tasks have now."""
        self._moved(entry, versions, undone=False)

    def _moved(self, entry: Entry, versions: Mapping[int, int], *, undone: bool) -> None:
        reached, left = ("before_version", "after_version") if undone else ("after_version", "before_version")
        with self._session() as db, transaction(db):
            db.execute("UPDATE entries SET undone = ? WHERE id = ?", (undone, entry.id))
            for step in entry.steps:
                now = versions[step.task_id]
                db.execute(
                    f"UPDATE steps SET {reached} = ? WHERE entry = ? AND task_id = ?", (now, entry.id, step.task_id)
                )
                # The task has that state again under a later version, which the commands on that side have to expect.
                self._rename(db, left, step.task_id, getattr(step, reached), now)

    def drop(self, entry: Entry) -> None:
        """Forget a command.

        The commands on both sides of it can then be undone and redone as if it had never been made.
        """
        with self._session() as db, transaction(db):
            (undone,) = db.execute("SELECT undone FROM entries WHERE id = ?", (entry.id,)).fetchone() or (0,)
            for step in entry.steps:
                # The neighbouring command has to expect the version on this command's other side.
                if undone:
                    self._rename(db, "before_version", step.task_id, step.after_version, step.before_version)
                else:
                    self._rename(db, "after_version", step.task_id, step.before_version, step.after_version)
            db.execute("DELETE FROM entries WHERE id = ?", (entry.id,))

    def forget(self, task_ids: Iterable[int]) -> None:
        """Forget everything about tasks that are gone for good."""
        with self._session() as db, transaction(db):
            db.executemany(
                f"DELETE FROM steps WHERE task_id = :task_id AND {_OF_LIST}",
                (self._names | {"task_id": task_id} for task_id in task_ids),
            )
            db.execute("DELETE FROM entries WHERE NOT EXISTS (SELECT 1 FROM steps WHERE entry = entries.id)")

    def _rename(self, db: sqlite3.Connection, column: str, task_id: int, version: int, now: int) -> None:
        values = self._names | {"task_id": task_id, "version": version, "now": now}
        db.execute(
            f"UPDATE steps SET {column} = :now WHERE task_id = :task_id AND {column} = :version AND {_OF_LIST}", values
        )

    def _drop_undone(self, db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM entries WHERE store = :store AND user_id = :user_id AND undone = 1", self._names)

    def _entry(self, condition: str) -> Entry | None:
        with self._session() as db:
            row = db.execute(
                "SELECT id, command, done_at FROM entries "
                f"WHERE store = :store AND user_id = :user_id AND {condition} LIMIT 1",
                self._names,
            ).fetchone()
            if row is None:
                return None
            steps = db.execute(
                "SELECT task_id, before, before_version, after, after_version FROM steps WHERE entry = ?", row[:1]
            )
            return Entry(row[0], row[1], datetime.fromisoformat(row[2]), tuple(map(_step, steps)))

    @contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        try:
            path = self._find_file()
            with translated_errors(path or Path("the history"), "remove it to begin a new history"):
                if self._db is None:
                    self._db = _open(path)
                yield self._db
        except StorageUnusable as error:
            raise JournalUnusable(str(error)) from error


def _open(path: Path | None) -> sqlite3.Connection:
    if path:
        make_private(path)
    db = sqlite3.connect(path or ":memory:", timeout=5.0, isolation_level=None)
    try:
        # Losing the last command's undo to a power cut is no harm, so a command does not wait for the disk twice.
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
        if schema_version(db) == 0:
            db.execute("PRAGMA journal_mode = WAL")
            with transaction(db):
                if schema_version(db) == 0:
                    for statement in _SCHEMA:
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_VERSION}")
        refuse_newer(db, path or Path("the history"), _VERSION)
    except BaseException:
        db.close()
        raise
    return db


def _row(entry: int | None, step: Step) -> tuple[object, ...]:
    return entry, step.task_id, _text(step.before), step.before_version, _text(step.after), step.after_version


def _step(row: tuple[int, str, int, str, int]) -> Step:
    task_id, before, before_version, after, after_version = row
    return Step(task_id, _state(before), before_version, _state(after), after_version)


def _text(state: TaskState) -> str:
    values = {name: getattr(state, name) for name in state._fields if getattr(state, name) is not ABSENT}
    return json.dumps(values, default=datetime.isoformat)


def _state(text: str) -> TaskState:
    values = json.loads(text)
    for name in ("completed_at", "deleted_at"):
        if values.get(name):
            values[name] = datetime.fromisoformat(values[name])
    return TaskState(**values)
