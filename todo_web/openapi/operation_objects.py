"""How each operation of a contract stands in the document."""

from http import HTTPStatus
from typing import Any

from fastapi import Response

from todo_web.contracts import Contract
from todo_web.ignored_fields import IGNORED
from todo_web.openapi.parameters import parameters
from todo_web.openapi.responses import errors, headers
from todo_web.openapi.schemas import SECURITY, ref
from todo_web.openapi.task_schemas import completion, many_tasks, new_task, one_task, task_changes
from todo_web.operation import Answer, Body, Condition, Operation

_BODIES = {Body.NEW_TASK: new_task, Body.TASK_CHANGES: task_changes, Body.COMPLETION: completion}
"""The name of the schema of each body."""


def describe(contract: Contract, operation: Operation) -> dict[str, Any]:
    """Return the keyword arguments with which FastAPI documents an operation."""
    answers = errors(*_errors(contract, operation))
    if operation.condition is Condition.IF_NONE_MATCH:
        answers["304"] = {"description": "The client knows this version.", "headers": headers("ETag")}
    return {
        "operation_id": _operation_id(contract, operation.name),
        "summary": operation.summary,
        "description": operation.description,
        "status_code": operation.status,
        "response_class": Response,  # what the endpoints return: the framework derives no schema from it
        "response_description": operation.said,
        "responses": {operation.status: _success(contract, operation)},
        "openapi_extra": {
            "parameters": parameters(contract, operation),
            "responses": answers,
            "security": SECURITY,
            **_request_body(contract, operation.body),
        },
    }


def _operation_id(contract: Contract, name: str) -> str:
    return f"{contract.name.replace('-', '_')}_{name}"


def _success(contract: Contract, operation: Operation) -> dict[str, Any]:
    ignored = [IGNORED] if operation.takes_input else []
    match operation.answer:
        case Answer.NOTHING:
            return {"headers": headers()}
        case Answer.TASKS:
            return {"headers": headers("Link", *ignored), "content": _json(many_tasks(contract))}
    made = ["Location", "Idempotency-Replayed"] if operation.status == HTTPStatus.CREATED else []
    found = {"headers": headers("ETag", *made, *ignored), "content": _json(one_task(contract))}
    return found | ({"links": _links(contract, operation)} if operation.links else {})


def _links(contract: Contract, operation: Operation) -> dict[str, Any]:
    around = f"{contract.task_envelope.replace('.', '/')}/" if contract.task_envelope else ""
    values = {"task_id": f"$response.body#/{around}{contract.field_name('id')}"}
    if contract.user_in_path:
        values["user_id"] = f"$response.body#/{around}{contract.field_name('user_id')}"
    return {name: {"operationId": _operation_id(contract, name), "parameters": values} for name in operation.links}


def _errors(contract: Contract, operation: Operation) -> list[str]:
    """Return the names of the errors that can occur, but for those of any request."""
    invalid = "BadInput" if contract.invalid_input_status == HTTPStatus.BAD_REQUEST else "InvalidInput"
    names = ["Unauthorized", "Unavailable"]
    strangers = operation.on_one_task and contract.policy.stranger_forbidden
    if contract.user_in_path:
        names.append("ForeignPathOrTask" if strangers else "ForeignPath")
    elif strangers:
        names.append("ForeignTask")
    if operation.on_one_task:
        names.append("NotFound")
    if operation.condition is Condition.IF_MATCH:
        names.append("VersionConflict")
    if operation.takes_input:
        names.append(invalid)
    if operation.condition is Condition.IDEMPOTENCY_KEY:
        # A status has one entry, and both errors may have the same status.
        names += ["KeyInTrash", "InvalidInputOrKeyReused" if invalid == "InvalidInput" else "KeyReused"]
    if operation.body:
        names += ["TooLarge", "NotJson"]
    return names


def _request_body(contract: Contract, body: Body | None) -> dict[str, Any]:
    if body is None:
        return {}
    content = _json(ref("schemas", _BODIES[body](contract)))
    return {"requestBody": {"required": body is not Body.COMPLETION, "content": content}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
