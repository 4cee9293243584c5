"""A task as clients see it. Its version is in the ``ETag`` only; times are UTC (RFC 3339)."""

from collections.abc import Sequence

import msgspec
from fastapi import Response

from todo_core.task import Task

PRIVATE = {"Cache-Control": "private, no-cache"}
"""A browser may keep the answer and ask whether it is still good; a shared cache may not keep it (RFC 9111)."""


def etag(task: Task) -> str:
    """Return the strong validator of a task (RFC 9110, section 8.8.3)."""
    return f'"{task.version}"'


def tasks_json(tasks: Sequence[Task]) -> bytes:
    """Return tasks as a JSON array."""
    return msgspec.json.encode([_published(task) for task in tasks])


def task_response(task: Task, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with one task."""
    return Response(
        msgspec.json.encode(_published(task)),
        status,
        {"ETag": etag(task), **PRIVATE, **(headers or {})},
        "application/json",
    )


def _published(task: Task) -> dict[str, object]:
    """Return the fields that are published, which need no validation: the domain has made them."""
    return {
        "id": task.id,
        "user_id": task.user_id,
        "title": task.title,
        "description": task.description,
        "completed": task.completed,
        "completed_at": task.completed_at,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }
