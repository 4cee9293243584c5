"""What a tool answers, and how much of a list fits into one answer."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel

from todo_core.task import Task

SIZE_LIMIT = 48 * 1024
"""Bytes of one answer, text and structure together: what a model reads costs its user."""

ENVELOPE = 1024
"""Bytes of the answer that are left for the protocol around text and structure."""

CUT = 200
"""Characters of a description in a list."""


class TaskAnswer(BaseModel):
    """What a call did to a task."""

    task_id: int
    status: Literal["created", "updated", "completed", "reopened", "deleted", "restored"]
    title: str


class ListedTask(BaseModel):
    """A task in a list."""

    id: int
    title: str
    description: str | None
    completed: bool
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, task: Task, *, whole: bool = False) -> "ListedTask":
        """Show a task; where it is not shown whole, an ellipsis ends a description that was cut."""
        description = task.description
        if description is not None and not whole and len(description) > CUT:
            description = f"{description[: CUT - 1]}…"
        return cls(
            id=task.id,
            title=task.title,
            description=description,
            completed=task.completed,
            completed_at=task.completed_at,
            created_at=task.created_at,
            updated_at=task.updated_at,
        )


class TaskList(BaseModel):
    """A page of tasks, oldest first; ``next_cursor`` leads to the next page, null is the last one."""

    tasks: list[ListedTask]
    next_cursor: str | None


def result(answer: BaseModel) -> CallToolResult:
    """Return an answer as structure, and as the same in text."""
    text = answer.model_dump_json()
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=answer.model_dump(mode="json")
    )


def fitting(tasks: Sequence[Task]) -> list[ListedTask]:
    """Return as many of the first tasks as one answer can hold; one always fits."""
    left = SIZE_LIMIT - ENVELOPE
    shown: list[ListedTask] = []
    for task in map(ListedTask.of, tasks):
        left -= _size(task)
        if left < 0:
            break
        shown.append(task)
    return shown


def _size(task: ListedTask) -> int:
    """Return how many bytes a task adds to an answer: once as structure, once as text within a JSON string.

    Of the ways in which the protocol writes JSON this takes the longest, with every character beyond ASCII escaped.
    """
    structure = json.dumps(task.model_dump(mode="json"))
    text = json.dumps(task.model_dump_json())
    return len(structure) + len(text)
