"""Between the JSON of the API and the domain's tasks."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from todo_core.policy import TaskPolicy
from todo_core.task import ABSENT, NewTask, Task, TaskFields
from todo_core.text import clean_description, clean_title, is_user_id

ANY_LENGTH = sys.maxsize
IDS = range(1, 2**63)

ANY_POLICY = TaskPolicy(title_limit=ANY_LENGTH, description_limit=ANY_LENGTH)
"""The rules of the core without limits, which are the server's to choose."""


@dataclass(frozen=True, slots=True)
class Write:
    """The one request that makes a change: what follows the task's path, and the body."""

    method: str
    suffix: str = ""
    body: Mapping[str, object] | None = field(default=None)


def read_task(document: Mapping[str, object], version: int = 0, *, in_trash: bool = False) -> Task:
    """Return the task of a JSON object of the API.

    Raises KeyError, TypeError, ValueError and InvalidInput if it is none. Texts keep the rules of the core except for
    their lengths, which the server chooses. The API does not tell when a task was deleted. A task in the trash does not
    change, so its deletion was its last change.
    """
    updated_at = _time(document["updated_at"])
    completed_at = document["completed_at"]
    match document:
        case {"id": int(task_id), "user_id": str(user_id), "title": str(title), "description": str() | None as text}:
            description = clean_description(text, ANY_LENGTH)
        case _:
            raise TypeError
    if (
        document["completed"] is not (completed_at is not None)
        or not is_user_id(user_id)
        or task_id not in IDS
        or isinstance(task_id, bool)
    ):
        raise ValueError
    return Task(
        id=task_id,
        user_id=user_id,
        title=clean_title(title, ANY_LENGTH),
        description=description,
        completed_at=None if completed_at is None else _time(completed_at),
        created_at=_time(document["created_at"]),
        updated_at=updated_at,
        deleted_at=updated_at if in_trash else None,
        version=version,
    )


def creation(new: NewTask) -> dict[str, object]:
    """Return the body that creates a task outside the trash; the server gives it its times."""
    return {"title": new.title, "description": new.description, "completed": new.completed}


def fields_of(changes: TaskFields) -> dict[str, object]:
    """Return the body with the fields that were sent."""
    return {name: getattr(changes, name) for name in TaskFields._fields if getattr(changes, name) is not ABSENT}


def write_of(before: Task | None, after: Task | None) -> Write:
    """Return the request that turns ``before`` into ``after``. None for either means: take the task out of the trash.

    No change edits a task and moves it to the trash at once.
    """
    if before is None or after is None:
        return Write("POST", "/restore")
    if not after.visible:
        return Write("DELETE")
    changed = [name for name in TaskFields._fields if getattr(after, name) != getattr(before, name)]
    return Write("PUT", body={name: getattr(after, name) for name in changed})


def same_content(one: Task, other: Task) -> bool:
    """Whether two versions of a task differ in nothing but the times and the version."""
    return (one.title, one.description, one.completed, one.visible) == (
        other.title,
        other.description,
        other.completed,
        other.visible,
    )


def _time(text: object) -> datetime:
    time = datetime.fromisoformat(str(text))
    if time.tzinfo is None:
        raise ValueError
    return time
