"""How each operation of a contract stands in the document."""

from http import HTTPStatus
from typing import Any

from fastapi import Response

from todo_web.contracts import Contract
from todo_web.ignored import IGNORED
from todo_web.openapi.parameters import parameters
from todo_web.openapi.responses import errors, headers
from todo_web.openapi.schemas import ref
from todo_web.openapi.tasks import completion, many_tasks, new_task, one_task, task_changes

_WITH_BODY = {"create_task", "update_task", "complete_task"}
CHANGES = {"update_task", "complete_task", "delete_task", "restore_task"}
_SUMMARIES = {
    "list_tasks": "List tasks",
    "create_task": "Create a task",
    "get_task": "Get a task",
    "update_task": "Update a task",
    "complete_task": "Complete or reopen a task",
    "delete_task": "Delete a task",
    "restore_task": "Restore a deleted task",
}
_LINKED = ("get_task", "update_task_patch", "complete_task", "delete_task")


def describe(contract: Contract, method: str, operation: str) -> dict[str, Any]:
    """Return the keyword arguments with which FastAPI documents an operation."""
    suffix = f"_{method.lower()}" if operation == "update_task" else ""
    status, success = _success(contract, operation)
    answers = {**success.pop("others", {}), **errors(*_errors(contract, operation))}
    return {
        "operation_id": _operation_id(contract, operation + suffix),
        "summary": _SUMMARIES[operation],
        "description": _description(contract, operation),
        "status_code": status,
        "response_class": Response,  # what the endpoints return: the framework derives no schema from it
        "response_description": success.pop("description"),
        "responses": {status: success},
        "openapi_extra": {
            "parameters": parameters(contract, operation),
            "responses": answers,
            **_request_body(contract, operation),
        },
    }


def _operation_id(contract: Contract, operation: str) -> str:
    return f"{contract.name.replace('-', '_')}_{operation}"


def _description(contract: Contract, operation: str) -> str:
    """Return what the contract says about an operation, where contracts differ or a name does not tell."""
    completion = "marks the task as done" if contract.completion_marks else "turns the task's state round"
    deletion = "The task goes to the trash." if contract.policy.has_trash else "The task is gone for good."
    pages = "all of them" if contract.page_size is None else f"{contract.page_size} a page"
    return {
        "list_tasks": f"The user's tasks, oldest first unless sorted otherwise, {pages} unless a limit is asked for.",
        "create_task": "With an Idempotency-Key, a request can be sent again without making a second task.",
        "get_task": "With If-None-Match, a version that is known is not sent again.",
        "update_task": "Changes the fields that are sent and leaves the others alone.",
        "complete_task": f"Without a body, {completion}; a body names the state, so that it can be sent again.",
        "delete_task": deletion,
        "restore_task": "Takes the task out of the trash.",
    }[operation]


def _success(contract: Contract, operation: str) -> tuple[int, dict[str, Any]]:
    """Return the status of success and how it is described; ``others`` are further answers that are no errors."""
    if operation == "list_tasks":
        tasks = _json(many_tasks(contract))
        return 200, {"description": "The tasks.", "headers": headers("Link", IGNORED), "content": tasks}
    if operation == "delete_task" and contract.deleted_answer == "nothing":
        return 204, {"description": "The task is deleted.", "headers": headers()}
    task = {"headers": headers("ETag"), "content": _json(one_task(contract))}
    if operation == "delete_task":
        return 200, {**task, "description": "The task as it was in the end."}
    if operation == "create_task":
        more = headers("ETag", "Location", "Idempotency-Replayed", IGNORED)
        return 201, {**task, "description": "The new task.", "headers": more, "links": _links(contract)}
    if operation == "get_task":
        known = {"description": "The client knows this version.", "headers": headers("ETag")}
        return 200, {**task, "description": "The task.", "others": {"304": known}}
    if operation in _WITH_BODY:
        task["headers"] = headers("ETag", IGNORED)
    return 200, {**task, "description": "The task as it is now."}


def _links(contract: Contract) -> dict[str, Any]:
    around = f"{contract.task_envelope.replace('.', '/')}/" if contract.task_envelope else ""
    values = {"task_id": f"$response.body#/{around}{contract.field_name('id')}"}
    if contract.user_in_path:
        values["user_id"] = f"$response.body#/{around}{contract.field_name('user_id')}"
    return {
        operation: {"operationId": _operation_id(contract, operation), "parameters": values} for operation in _LINKED
    }


def _errors(contract: Contract, operation: str) -> list[str]:
    """Return the names of the errors that can occur."""
    invalid = "BadInput" if contract.invalid_input_status == HTTPStatus.BAD_REQUEST else "InvalidInput"
    names = ["Unauthorized", "Unexpected", "Unavailable"]
    one, strangers = operation not in {"list_tasks", "create_task"}, contract.policy.stranger_forbidden
    if contract.user_in_path:
        names.append("ForeignPathOrTask" if one and strangers else "ForeignPath")
    elif one and strangers:
        names.append("ForeignTask")
    if one:
        names.append("NotFound")
    if operation in CHANGES:
        names.append("VersionConflict")
    if operation == "list_tasks":
        names.append(invalid)
    if operation == "create_task":
        names += ["KeyInTrash", *(["InvalidInputOrKeyReused"] if invalid == "InvalidInput" else [invalid, "KeyReused"])]
    if operation in {"update_task", "complete_task"}:
        names.append(invalid)
    if operation in _WITH_BODY:
        names += ["TooLarge", "NotJson"]
    return names


def _request_body(contract: Contract, operation: str) -> dict[str, Any]:
    match operation:
        case "create_task":
            return {"requestBody": {"required": True, "content": _json(ref("schemas", new_task(contract)))}}
        case "update_task":
            return {"requestBody": {"required": True, "content": _json(ref("schemas", task_changes(contract)))}}
        case "complete_task":
            return {"requestBody": {"required": False, "content": _json(ref("schemas", completion(contract)))}}
    return {}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
