"""The six tools: each a way from arguments to a use case and back. Their docstrings are what a model reads."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp_types import Tool, ToolAnnotations
from pydantic import BaseModel

from todo_core.errors import InvalidInput
from todo_core.policy import DEFAULT_POLICY
from todo_core.query import Status, TaskQuery
from todo_core.service import TaskService
from todo_core.task import TaskFields
from todo_core.text import clean_title
from todo_web.cursor import cursor_after, follow_cursor
from todo_web.mcp.tool_arguments import AddTask, Arguments, CompleteTask, ListTasks, NameTask, UpdateTask
from todo_web.mcp.tool_results import ListedTask, TaskAnswer, TaskList, fitting

PAGE = 50
"""Tasks of a page at most."""


async def add_task(service: TaskService, user_id: str, sent: AddTask) -> TaskAnswer:
    """Add a task to the user's list.

    Send a request_id of your own with it: then the same call can be sent again when no answer came, and the task is
    made once.
    """
    fields = TaskFields(**sent.model_dump(include=sent.model_fields_set & {"title", "description"}))
    created = await service.create(user_id, fields, sent.key)
    # The task may have another title by now; a call that is sent again is answered as it was the first time.
    title = clean_title(sent.title, DEFAULT_POLICY.title_limit) if created.replayed else created.task.title
    return TaskAnswer(task_id=created.task.id, status="created", title=title)


async def list_tasks(service: TaskService, user_id: str, sent: ListTasks) -> TaskList:
    """List the user's tasks, oldest first, up to 50 on a page.

    While next_cursor is not null there are more: call again with it as the cursor. Long descriptions are cut; ask for
    one task by its task_id to read the whole.
    """
    status = sent.status or Status.ALL
    if sent.task_id is not None:
        if sent.cursor is not None or status is not Status.ALL:
            raise InvalidInput("task_id", "contradiction", "Send the task_id without status and cursor.")
        task = await service.get(user_id, sent.task_id)
        return TaskList(tasks=[ListedTask.of(task, whole=True)], next_cursor=None)
    query = TaskQuery(status, limit=PAGE + 1)
    if sent.cursor is not None:
        query = follow_cursor(query, user_id, sent.cursor)
    tasks = await service.list(user_id, query)
    shown = fitting(tasks[:PAGE])
    more = len(tasks) > len(shown)
    return TaskList(tasks=shown, next_cursor=cursor_after(query, user_id, tasks[len(shown) - 1]) if more else None)


async def complete_task(service: TaskService, user_id: str, sent: CompleteTask) -> TaskAnswer:
    """Mark a task as done, or with completed=false as still to do.

    It never toggles: the same call again changes nothing.
    """
    use_case = service.complete if sent.completed else service.reopen
    task = await use_case(user_id, sent.task_id)
    return TaskAnswer(task_id=task.id, status="completed" if sent.completed else "reopened", title=task.title)


async def update_task(service: TaskService, user_id: str, sent: UpdateTask) -> TaskAnswer:
    """Change the title or the description of a task, or both; what is not sent stays as it is."""
    fields = sent.model_dump(include=sent.model_fields_set & {"title", "description"})
    if not fields:
        raise InvalidInput("", "nothing_to_change", "Send a title, a description or both.")
    task = await service.update(user_id, sent.task_id, TaskFields(**fields))
    return TaskAnswer(task_id=task.id, status="updated", title=task.title)


async def delete_task(service: TaskService, user_id: str, sent: NameTask) -> TaskAnswer:
    """Put a task into the trash, from which restore_task brings it back. Nothing is ever deleted for good."""
    task = await service.get(user_id, sent.task_id)
    await service.delete(user_id, sent.task_id)
    return TaskAnswer(task_id=task.id, status="deleted", title=task.title)


async def restore_task(service: TaskService, user_id: str, sent: NameTask) -> TaskAnswer:
    """Bring a task back from the trash. list_tasks with status deleted shows what is there."""
    task = await service.restore(user_id, sent.task_id)
    return TaskAnswer(task_id=task.id, status="restored", title=task.title)


@dataclass(frozen=True)
class TaskTool:
    """A tool: its function, what it takes and what it does to the list."""

    run: Callable[[TaskService, str, Any], Awaitable[BaseModel]]
    arguments: type[Arguments]
    title: str
    answer: type[BaseModel] = TaskAnswer
    reads: bool = False
    loses: bool = False
    repeatable: bool = True

    def published(self) -> Tool:
        """Return the tool as a client sees it."""
        return Tool(
            name=self.run.__name__,
            title=self.title,
            description=inspect.getdoc(self.run),
            input_schema=self.arguments.input_schema(),
            output_schema=self.answer.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=self.reads,
                destructive_hint=self.loses,
                idempotent_hint=self.repeatable,
                open_world_hint=False,
            ),
        )


TOOLS: Mapping[str, TaskTool] = {
    tool.run.__name__: tool
    for tool in (
        TaskTool(add_task, AddTask, "Add a task", repeatable=False),
        TaskTool(list_tasks, ListTasks, "List tasks", answer=TaskList, reads=True),
        TaskTool(complete_task, CompleteTask, "Mark a task as done"),
        TaskTool(update_task, UpdateTask, "Change a task", loses=True),
        TaskTool(delete_task, NameTask, "Delete a task"),
        TaskTool(restore_task, NameTask, "Restore a task"),
    )
}
"""The tools by name. What a change overwrites is lost; what is deleted is not."""
