"""The parameters of each operation."""

from collections.abc import Mapping
from typing import Any

from todo_core.query import OFFSET_LIMIT, PAGE_LIMIT
from todo_web.conditions import KEY_LIMIT
from todo_web.contracts import Contract
from todo_web.list_parameters import completed_parameter
from todo_web.openapi import patterns
from todo_web.openapi.schemas import TASK_ID, USER_ID
from todo_web.operation import Answer, Condition, Operation

_LIMIT = (
    "The most that one page holds; the Link header leads to the next. Each page is as the list is then: sorted by "
    "updated_at, a task that changes between two pages may come twice or be missing. Without a limit none does."
)
_CONDITIONS: Mapping[Condition, tuple[Mapping[str, str], str]] = {
    Condition.IF_MATCH: (
        {},
        "Go on only if the task is at one of these versions (RFC 9110, section 13.1.1); else 412.",
    ),
    Condition.IF_NONE_MATCH: (
        {},
        "Send the task only if it is at none of these versions (RFC 9110, section 13.1.2); else 304.",
    ),
    Condition.IDEMPOTENCY_KEY: (
        {"pattern": patterns.idempotency_key(KEY_LIMIT)},
        f"1 to {KEY_LIMIT} visible ASCII characters, bare or quoted; makes one task, however often it is sent.",
    ),
}
"""What the value of each of these headers looks like, and what it does."""


def parameters(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    """Return the parameters of an operation."""
    found = []
    if contract.user_in_path:
        found.append(_path("user_id", USER_ID, "The user; has to be the token's.", "ann"))
    if operation.on_one_task:
        found.append(_path("task_id", TASK_ID, "The task.", 1))
    if operation.answer is Answer.TASKS:
        found += _list_parameters(contract)
    if operation.condition:
        pattern, text = _CONDITIONS[operation.condition]
        found.append(_optional("header", operation.condition.value, {"type": "string", **pattern}, text))
    return found


def _list_parameters(contract: Contract) -> list[dict[str, Any]]:
    all_tasks, pending, completed, *_ = contract.statuses
    oldest_first, *_ = contract.sorts
    status = {"type": "string", "enum": list(contract.statuses), "default": all_tasks}
    sort = {"type": "string", "enum": list(contract.sorts), "default": oldest_first}
    same = f"The same as a status of {completed} or {pending}."
    limit: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}
    if contract.page_size is not None:
        limit["default"] = contract.page_size
    return [
        _optional("query", completed_parameter(contract), {"type": "boolean"}, same),
        _optional("query", "status", status, "Which tasks."),
        _optional("query", "sort", sort, "- reverses it."),
        _optional("query", "limit", limit, _LIMIT),
        _optional(
            "query",
            "offset",
            {"type": "integer", "minimum": 0, "maximum": OFFSET_LIMIT, "default": 0},
            "How many tasks to leave out; not with a cursor, which reads on faster.",
        ),
        _optional(
            "query",
            "cursor",
            {"type": "string", "pattern": patterns.CURSOR},
            "Where the page starts: part of a Link, to be used with its filter and order only.",
        ),
        _optional(
            "query",
            "q",
            {"type": "string", **patterns.search()},
            "Literal text that the title or the description holds.",
        ),
    ]


def _path(name: str, schema: dict[str, Any], description: str, example: object) -> dict[str, Any]:
    parameter = {"name": name, "in": "path", "required": True, "schema": schema}
    return {**parameter, "description": description, "example": example}


def _optional(place: str, name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": False, "schema": schema, "description": description}
