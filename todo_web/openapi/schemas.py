"""The named schemas of the document; code generators make types of them."""

from typing import Any

from todo_core.task import MAX_TASK_ID
from todo_core.text import USER_ID_LIMIT
from todo_web.body import READ_ONLY
from todo_web.contracts import Contract
from todo_web.openapi import patterns

TASK_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_TASK_ID}
USER_ID = {"type": "string", "minLength": 1, "maxLength": USER_ID_LIMIT}
_TIME = {"type": "string", "format": "date-time"}
_COMPLETED = {"type": "boolean", "description": "Whether the task is done."}

TASK_EXAMPLE = {
    "id": 1,
    "user_id": "ann",
    "title": "Buy milk",
    "description": "Two litres",
    "completed": False,
    "completed_at": None,
    "created_at": "2026-01-02T09:30:00Z",
    "updated_at": "2026-01-02T09:30:00Z",
}


def ref(kind: str, name: str) -> dict[str, Any]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def new_task(contract: Contract) -> str:
    """Return the name of the schema of a contract's create body."""
    return f"{_pascal_case(contract)}NewTask"


def task_changes(contract: Contract) -> str:
    """Return the name of the schema of a contract's update body."""
    return f"{_pascal_case(contract)}TaskChanges"


def component_schemas(contracts: tuple[Contract, ...]) -> dict[str, dict[str, Any]]:
    """Return every schema that the documents of these contracts may refer to."""
    schemas = {"Task": _TASK, "Completion": _COMPLETION, "Problem": _PROBLEM, "InvalidValue": _INVALID_VALUE}
    for contract in contracts:
        schemas[new_task(contract)] = _new_task(contract)
        schemas[task_changes(contract)] = _body(
            f"The fields to change; the others stay as they are. {_texts(contract)}",
            {"title": _title(contract), "description": _description(contract), "completed": _COMPLETED},
            {"title": "Buy oat milk"},
        )
    return schemas


def _new_task(contract: Contract) -> dict[str, Any]:
    title, generated = _title(contract), contract.policy.title_generated
    if generated:
        title |= {"type": ["string", "null"], "description": "Null, or none, is generated from the description."}
    fields = {"title": title, "description": _description(contract), "completed": _COMPLETED}
    example = {"title": "Buy milk", "description": "Two litres"}
    return _body(f"A task to create. {_texts(contract)}", fields, example) | (
        {} if generated else {"required": ["title"]}
    )


def _body(description: str, fields: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    ignored = {name: {"description": "Ignored: may be sent back as it was received."} for name in sorted(READ_ONLY)}
    properties = {**fields, **ignored}
    return {
        "type": "object",
        "description": f"{description} Other fields are ignored beside one of {', '.join(fields)}, and not without.",
        "properties": properties,
        "if": {"not": {"propertyNames": {"enum": list(properties)}}},
        "then": {"anyOf": [{"required": [name]} for name in fields]},
        "examples": [example],
    }


def _title(contract: Contract) -> dict[str, Any]:
    return {"type": "string", **patterns.title(contract.policy.title_limit)}


def _description(contract: Contract) -> dict[str, Any]:
    return {"type": ["string", "null"], **patterns.description(contract.policy.description_limit)}


def _texts(contract: Contract) -> str:
    policy = contract.policy
    return (
        f"A title is one line of at most {policy.title_limit} characters, a description has at most "
        f"{policy.description_limit}, outer white space not counted, and it is cut."
    )


def _pascal_case(contract: Contract) -> str:
    return "".join(word.capitalize() for word in contract.name.split("-"))


_TASK: dict[str, Any] = {
    "type": "object",
    "description": "One task. Its version is in the ETag header only; times are UTC (RFC 3339).",
    "properties": {
        "id": TASK_ID,
        "user_id": USER_ID,
        "title": {"type": "string", "minLength": 1},
        "description": {"type": ["string", "null"]},
        "completed": _COMPLETED,
        "completed_at": {"type": ["string", "null"], "format": "date-time"},
        "created_at": _TIME,
        "updated_at": _TIME,
    },
    "required": list(TASK_EXAMPLE),
    "examples": [TASK_EXAMPLE],
}
_COMPLETION = _body(
    "The state that the task is to have, so that the request can be sent again.",
    {"completed": _COMPLETED},
    {"completed": True},
)
_INVALID_VALUE: dict[str, Any] = {
    "type": "object",
    "description": "One value that breaks a rule.",
    "properties": {
        "pointer": {
            "type": "string",
            "description": 'A JSON Pointer into the body (RFC 6901), or "/" and the name of a parameter or header.',
        },
        "detail": {"type": "string"},
    },
    "required": ["pointer", "detail"],
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "For people; it never repeats what was sent."},
        "message": {"type": "string", "description": "The same as detail."},
        "instance": {"type": "string", "description": "The path of the request."},
        "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "Stable, for programs."},
        "request_id": {"type": "string", "pattern": patterns.REQUEST_ID},
        "errors": {"type": "array", "items": ref("schemas", "InvalidValue"), "minItems": 1},
    },
    "required": ["type", "title", "status", "detail", "message", "instance", "code", "request_id"],
}
