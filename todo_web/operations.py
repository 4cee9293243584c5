"""How each operation of a contract stands in the OpenAPI document."""

from typing import Any

from todo_core.query import PAGE_LIMIT, Sort, Status
from todo_core.text import SEARCH_LIMIT
from todo_web.contracts import Contract
from todo_web.problems import problem_responses
from todo_web.representation import TaskRepresentation

_SUMMARIES = {
    "list_tasks": "List tasks",
    "create_task": "Create a task",
    "get_task": "Get a task",
    "update_task": "Update a task",
    "complete_task": "Complete or reopen a task",
    "delete_task": "Delete a task",
    "restore_task": "Restore a deleted task",
}
_CHANGES = {"update_task", "complete_task", "delete_task", "restore_task"}
_BODIES = {"create_task", "update_task", "complete_task"}


def describe(contract: Contract, method: str, operation: str) -> dict[str, Any]:
    """Return the keyword arguments with which FastAPI documents an operation."""
    suffix = {"PUT": "_put", "PATCH": "_patch"}[method] if operation == "update_task" else ""
    successes: dict[str, dict[str, Any]] = {
        "list_tasks": {"status_code": 200, "response_model": list[TaskRepresentation]},
        "create_task": {"status_code": 201, "response_model": TaskRepresentation},
        "delete_task": {"status_code": 204},
    }
    success = successes.get(operation, {"status_code": 200, "response_model": TaskRepresentation})
    return {
        "operation_id": f"{contract.name.replace('-', '_')}_{operation}{suffix}",
        "summary": _SUMMARIES[operation],
        "responses": _responses(contract, operation),
        "openapi_extra": _extra(contract, operation),
        **success,
    }


def _responses(contract: Contract, operation: str) -> dict[int | str, dict[str, Any]]:
    statuses = {401, 503}
    if contract.user_in_path:
        statuses.add(403)
    if operation not in {"list_tasks", "create_task"}:
        statuses.add(404)
        if contract.policy.stranger_forbidden:
            statuses.add(403)
    if operation in _BODIES:
        statuses |= {413, 415, contract.invalid_input_status}
    if operation == "list_tasks":
        statuses.add(contract.invalid_input_status)
    if operation == "create_task":
        statuses |= {409, 422}
    if operation in _CHANGES:
        statuses.add(412)
    responses = problem_responses(*statuses)
    if operation == "get_task":
        responses[304] = {"description": "The client knows this version."}
    return responses


def _extra(contract: Contract, operation: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"parameters": _parameters(contract, operation)}
    if operation == "complete_task":
        extra["requestBody"] = _body({"completed": {"type": "boolean"}}, required=[], optional=True)
    elif operation in _BODIES:
        creates = operation == "create_task"
        extra["requestBody"] = _body(
            _fields(contract, creates=creates), ["title"] if creates and not contract.policy.title_generated else []
        )
    return extra


def _fields(contract: Contract, *, creates: bool) -> dict[str, Any]:
    generated = creates and contract.policy.title_generated
    title = {"type": ["string", "null"] if generated else "string", "minLength": 1}
    return {
        "title": {**title, "maxLength": contract.policy.title_limit, "examples": ["Buy milk"]},
        "description": {"type": ["string", "null"], "maxLength": contract.policy.description_limit},
        "completed": {"type": "boolean"},
    }


def _body(properties: dict[str, Any], required: list[str], *, optional: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return {"required": not optional, "content": {"application/json": {"schema": schema}}}


def _parameters(contract: Contract, operation: str) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if operation not in {"list_tasks", "create_task"}:
        identifier = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        parameters.append({"name": "task_id", "in": "path", "required": True, "schema": identifier})
    if operation == "list_tasks":
        statuses = [status for status in Status if status != Status.DELETED or not contract.policy.deletion_permanent]
        parameters += [
            _parameter("query", "completed", {"type": "boolean"}),
            _parameter("query", "status", {"type": "string", "enum": statuses, "default": Status.ALL}),
            _parameter("query", "sort", {"type": "string", "enum": list(Sort), "default": Sort.CREATED}),
            _parameter("query", "limit", {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}),
            _parameter("query", "cursor", {"type": "string"}),
            _parameter("query", "q", {"type": "string", "maxLength": SEARCH_LIMIT}),
        ]
    if operation == "create_task":
        parameters.append(_parameter("header", "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255}))
    if operation == "get_task":
        parameters.append(_parameter("header", "If-None-Match", {"type": "string"}))
    if operation in _CHANGES:
        parameters.append(_parameter("header", "If-Match", {"type": "string"}))
    return parameters


def _parameter(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": False, "schema": schema}
