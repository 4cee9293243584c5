"""The statements of the SQLite store, and how its rows hold tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from todo_core.query import Status, TaskQuery
from todo_core.task import NewTask, Task
from todo_core.text import fold

Values = dict[str, object]
"""The parameters of a statement, by name."""

COLUMNS = "id, user_id, title, description, completed_at, created_at, updated_at, deleted_at, version"

ADD = """
    INSERT INTO tasks (user_id, title, description, completed, completed_at, created_at, updated_at, deleted_at,
                       version, idempotency_key, idempotency_digest)
    VALUES (:user_id, :title, :description, :completed, :completed_at, :created_at, :updated_at, :deleted_at,
            1, :key, :digest)
    ON CONFLICT (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
"""
FIND_BY_KEY = f"SELECT {COLUMNS}, idempotency_digest FROM tasks WHERE user_id = ? AND idempotency_key = ?"
GET = f"SELECT {COLUMNS} FROM tasks WHERE user_id = ? AND id = ?"
_REPLACE = """
    UPDATE tasks
    SET title = :title, description = :description, completed = :completed, completed_at = :completed_at,
        updated_at = :updated_at, deleted_at = :deleted_at, version = :version
    WHERE user_id = :user_id AND id = :id AND version = :version_before
"""
_REMOVE = "DELETE FROM tasks WHERE user_id = :user_id AND id = :id AND version = :version_before"
OWNER = "SELECT user_id FROM tasks WHERE id = ? AND deleted_at IS NULL"

_STATUS = {
    Status.ALL: "deleted_at IS NULL",
    Status.PENDING: "deleted_at IS NULL AND completed = 0",
    Status.COMPLETED: "deleted_at IS NULL AND completed = 1",
    Status.DELETED: "deleted_at IS NOT NULL",
}


def find(columns: str, user_id: str, query: TaskQuery) -> tuple[str, Values]:
    """Return the statement for one page of a list, in its order."""
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


def find_among(user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> tuple[str, Values]:
    """Return the statement for those of some tasks that a list shows, in any order."""
    import json  # noqa: PLC0415  the console lists without it, and starts faster

    conditions, values = _filter(user_id, query)
    statement = f"SELECT {COLUMNS} FROM tasks WHERE {conditions} AND id IN (SELECT value FROM json_each(:task_ids))"
    return statement, values | {"task_ids": json.dumps([*task_ids])}


def count(user_id: str, query: TaskQuery) -> tuple[str, Values]:
    """Return the statement for the number of the tasks of a list, on all its pages."""
    conditions, values = _filter(user_id, query)
    return f"SELECT count(*) FROM tasks WHERE {conditions}", values


def draft_values(user_id: str, new: NewTask) -> Values:
    """Return the values of ADD for a user's draft."""
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


def replacement(before: Task, after: Task | None) -> tuple[str, Values]:
    """Return the statement that replaces a task, or removes it, if the store still has the version before."""
    values: Values = {"user_id": before.user_id, "id": before.id, "version_before": before.version}
    if after is None:
        return _REMOVE, values
    return _REPLACE, values | {
        "title": after.title,
        "description": after.description,
        "completed": after.completed,
        "completed_at": _text(after.completed_at),
        "updated_at": _text(after.updated_at),
        "deleted_at": _text(after.deleted_at),
        "version": after.version,
    }


def _text(time: datetime | None) -> str | None:
    return time.isoformat(timespec="microseconds") if time else None


_time = datetime.fromisoformat


def task_of(row: tuple[Any, ...]) -> Task:
    """Return the task that a row of COLUMNS holds, which are in the order of Task's fields."""
    task_id, user_id, title, description, completed_at, created_at, updated_at, deleted_at, version = row
    return Task(  # by place: by name it takes twice the time
        task_id,
        user_id,
        title,
        description,
        completed_at and _time(completed_at),
        _time(created_at),
        _time(updated_at),
        deleted_at and _time(deleted_at),
        version,
    )


def _filter(user_id: str, query: TaskQuery) -> tuple[str, Values]:
    """Return the condition that the tasks of a list fulfil, whatever the page."""
    values: Values = {"user_id": user_id}
    conditions = f"user_id = :user_id AND {_STATUS[query.status]}"
    if query.search is not None:
        values["search"] = fold(query.search)
        conditions += " AND (holds(title, :search) OR holds(description, :search))"
    return conditions, values


def holds(text: str | None, folded: str) -> bool:
    """Whether a text holds a folded one, whatever the case: the function of that name in SQL."""
    return text is not None and folded in fold(text)
