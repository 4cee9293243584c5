"""Errors as a model can act on them: a stable code, what is wrong, and what to do next."""

from collections.abc import Mapping

from mcp_types import CallToolResult, TextContent

from todo_core.errors import (
    IdempotencyKeyInTrash,
    IdempotencyKeyReused,
    InvalidInput,
    StorageError,
    StorageUnusable,
    TaskNotFound,
    TodoError,
)
from todo_web.problems import problem_of

NEXT: Mapping[type[TodoError], str] = {
    InvalidInput: "Correct the arguments and call again.",
    TaskNotFound: "Call list_tasks to see which ids there are; with status deleted it shows what restore_task can "
    "bring back.",
    IdempotencyKeyReused: "Take a new request_id for another task.",
    IdempotencyKeyInTrash: "Bring the task back with restore_task, or take a new request_id for another one.",
    StorageUnusable: "Tell the user; it does not help to call again before the store is mended.",
    StorageError: "Whether a change was made is not known. Wait some seconds, then call again; an add_task without a "
    "request_id may have made its task, so call list_tasks first.",
}
"""What to do next, for each error that a tool may meet."""

_OTHERWISE = "Tell the user."


def tool_error(error: TodoError) -> CallToolResult:
    """Return the answer to a call that met an error of the domain."""
    advice = next((NEXT[kind] for kind in type(error).__mro__ if kind in NEXT), _OTHERWISE)
    if isinstance(error, InvalidInput):
        return error_result(error.code, error.detail, advice)
    problem = problem_of(error)
    return error_result(problem.code, problem.detail, advice)


def error_result(code: str, detail: str, advice: str) -> CallToolResult:
    """Return an answer that says that a call did not succeed."""
    return CallToolResult(content=[TextContent(type="text", text=f"{code}: {detail} {advice}")], is_error=True)
