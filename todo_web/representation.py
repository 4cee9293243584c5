"""A task as clients see it. Its version is in the ``ETag`` only; times are UTC (RFC 3339)."""

from collections.abc import Sequence

from fastapi import Response
from pydantic import TypeAdapter

from todo_core.task import Task

_HIDDEN = {"deleted_at", "version"}
_TASK = TypeAdapter(Task)
_TASKS = TypeAdapter(Sequence[Task])

PRIVATE = {"Cache-Control": "private, no-cache"}
"""A browser may keep the answer and ask whether it is still good; a shared cache may not keep it (RFC 9111)."""


def etag(task: Task) -> str:
    """Return the strong validator of a task (RFC 9110, section 8.8.3)."""
    return f'"{task.version}"'


def tasks_json(tasks: Sequence[Task]) -> bytes:
    """Return tasks as a JSON array."""
    return _TASKS.dump_json(tasks, exclude={"__all__": _HIDDEN})


def task_response(task: Task, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with one task."""
    return Response(
        _TASK.dump_json(task, exclude=_HIDDEN),
        status,
        {"ETag": etag(task), **PRIVATE, **(headers or {})},
        "application/json",
    )
