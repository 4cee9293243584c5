"""The named schemas of the document; code generators make types of them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from todo_core.task import MAX_TASK_ID
from todo_core.text import USER_ID_LIMIT
from todo_web.openapi import patterns

TASK_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_TASK_ID}
USER_ID = {"type": "string", "minLength": 1, "maxLength": USER_ID_LIMIT}


BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A JWT from Better Auth, or from `todo-web token`.",
}
SECURITY: list[dict[str, list[str]]] = [{"BearerToken": []}]
"""What every operation on tasks asks for, by the name of its scheme."""


def ref(kind: str, name: str) -> dict[str, Any]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def envelope(values: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of an object that holds values under these names, nested ones with dots between."""
    held: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for name, schema in values.items():
        outer, _, inner = name.partition(".")
        held[outer][inner] = schema
    properties = {outer: within[""] if "" in within else envelope(within) for outer, within in held.items()}
    return {"type": "object", "properties": properties, "required": list(properties)}


INVALID_VALUE: dict[str, Any] = {
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
PROBLEM: dict[str, Any] = {
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
