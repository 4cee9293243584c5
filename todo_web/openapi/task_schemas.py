"""The schemas of tasks, of what is sent about them and of the objects around them, as each contract has them."""

from typing import Any

from todo_web.body import READ_ONLY
from todo_web.contracts import Contract
from todo_web.openapi import patterns
from todo_web.openapi.schemas import INVALID_VALUE, PROBLEM, TASK_ID, USER_ID, envelope, ref

_TIME = {"type": "string", "format": "date-time"}
_TASK_EXAMPLE = {
    "id": 1,
    "user_id": "ann",
    "title": "Buy milk",
    "description": "Two litres",
    "completed": False,
    "completed_at": None,
    "created_at": "2026-01-02T09:30:00Z",
    "updated_at": "2026-01-02T09:30:00Z",
}


def task(contract: Contract) -> str:
    """Return the name of the schema of a task; contracts that rename nothing share one."""
    return f"{_pascal_case(contract)}StoredTask" if _renames(contract) else "Task"


def completion(contract: Contract) -> str:
    """Return the name of the schema of a completion's body, which is shared likewise."""
    return f"{_pascal_case(contract)}TaskCompletion" if _renames(contract) else "Completion"


def new_task(contract: Contract) -> str:
    """Return the name of the schema of a contract's create body."""
    return f"{_pascal_case(contract)}NewTask"


def task_changes(contract: Contract) -> str:
    """Return the name of the schema of a contract's update body."""
    return f"{_pascal_case(contract)}TaskChanges"


def one_task(contract: Contract) -> dict[str, Any]:
    """Return the schema of an answer with one task."""
    schema = ref("schemas", task(contract))
    return envelope({contract.task_envelope: schema}) if contract.task_envelope else schema


def many_tasks(contract: Contract) -> dict[str, Any]:
    """Return the schema of a list."""
    tasks, around = {"type": "array", "items": ref("schemas", task(contract))}, contract.list_envelope
    if around is None:
        return tasks
    total = {"type": "integer", "minimum": 0, "description": "How many tasks match, on all pages."}
    return envelope({around.tasks: tasks} | ({around.total: total} if around.total else {}))


def component_schemas(contracts: tuple[Contract, ...]) -> dict[str, dict[str, Any]]:
    """Return every schema that the documents of these contracts may refer to."""
    schemas = {"Problem": PROBLEM, "InvalidValue": INVALID_VALUE}
    for contract in contracts:
        schemas |= {
            task(contract): _task(contract),
            completion(contract): _completion(contract),
            new_task(contract): _new_task(contract),
            task_changes(contract): _task_changes(contract),
        }
    return schemas


def _task(contract: Contract) -> dict[str, Any]:
    fields = {
        "id": TASK_ID,
        "user_id": USER_ID,
        "title": {"type": "string", "minLength": 1},
        "description": {"type": ["string", "null"]},
        "completed": _completed(contract),
        "completed_at": {"type": ["string", "null"], "format": "date-time"},
        "created_at": _TIME,
        "updated_at": _TIME,
    }
    return {
        "type": "object",
        "description": "One task. Its version is in the ETag header only; times are UTC (RFC 3339).",
        "properties": _named(contract, fields),
        "required": list(_named(contract, fields)),
        "examples": [_example(contract, _TASK_EXAMPLE)],
    }


def _completion(contract: Contract) -> dict[str, Any]:
    return _body(
        contract,
        "The state that the task is to have, so that the request can be sent again.",
        {"completed": _completed(contract)},
        {"completed": True},
    )


def _new_task(contract: Contract) -> dict[str, Any]:
    title, generated = _title(contract), contract.policy.title_generated
    if generated:
        title |= {"type": ["string", "null"], "description": "Null, or none, is generated from the description."}
    return _body(
        contract,
        f"A task to create. {_texts(contract)}",
        {"title": title, "description": _description(contract), "completed": _completed(contract)},
        {"title": "Buy milk", "description": "Two litres"},
    ) | ({} if generated else {"required": [contract.field_name("title")]})


def _task_changes(contract: Contract) -> dict[str, Any]:
    return _body(
        contract,
        f"The fields to change; the others stay as they are. {_texts(contract)}",
        {"title": _title(contract), "description": _description(contract), "completed": _completed(contract)},
        {"title": "Buy oat milk"},
    )


def _body(contract: Contract, description: str, fields: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    ignored = {name: {"description": "Ignored: may be sent back as it was received."} for name in sorted(READ_ONLY)}
    known = _named(contract, fields)
    properties = {**known, **_named(contract, ignored)}
    others = f"Other fields are ignored beside one of {', '.join(known)}, and not without."
    if known.keys() != fields.keys():
        others += f" The published names are read as well: {', '.join(fields)}."
    return {
        "type": "object",
        "description": f"{description} {others}",
        "properties": properties,
        "if": {"not": {"propertyNames": {"enum": list(properties)}}},
        "then": {"anyOf": [{"required": [name]} for name in known]},
        "examples": [_example(contract, example)],
    }


def _completed(contract: Contract) -> dict[str, Any]:
    kind = {"enum": list(contract.completed_values)} if contract.completed_values else {"type": "boolean"}
    return {**kind, "description": "Whether the task is done."}


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


def _named(contract: Contract, fields: dict[str, Any]) -> dict[str, Any]:
    return {contract.field_name(name): value for name, value in fields.items()}


def _example(contract: Contract, fields: dict[str, Any]) -> dict[str, Any]:
    if contract.completed_values and "completed" in fields:
        fields = fields | {"completed": contract.completed_values[fields["completed"]]}
    return _named(contract, fields)


def _renames(contract: Contract) -> bool:
    return bool(contract.field_names) or contract.completed_values is not None


def _pascal_case(contract: Contract) -> str:
    return "".join(word.capitalize() for word in contract.name.split("-"))
