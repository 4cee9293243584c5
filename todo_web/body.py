"""Request bodies, read strictly: JSON only, of a bounded size, with no field that is not known."""

import re
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr, ValidationError
from pydantic_core import from_json

from todo_core.errors import InvalidInput
from todo_core.task import TaskChanges
from todo_web.problems import InvalidRequest, Problem

BODY_LIMIT = 64 * 1024
"""Bytes; a task of the widest contract fits several times over."""

READ_ONLY = frozenset({"id", "user_id", "created_at", "updated_at", "completed_at"})
"""Fields that clients send back as they received them; they are ignored."""

_JSON = re.compile(r'application/json\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}")


class TaskBody(BaseModel):
    """The fields that a client may send for a task. What their values may be is the core's to check."""

    model_config = ConfigDict(extra="forbid")

    title: StrictStr | None = None
    description: StrictStr | None = None
    completed: StrictBool = False


class CompletionBody(BaseModel):
    """The state that a client wants, so that it can send the request again."""

    model_config = ConfigDict(extra="forbid")

    completed: StrictBool = False


Body = TypeVar("Body", bound=BaseModel)


async def task_fields(request: Request) -> TaskChanges:
    """Read the body of create and update. Raises InvalidRequest, and Problem for 413 and 415."""
    body = _validated(TaskBody, await _json_object(request))
    return TaskChanges(**{name: getattr(body, name) for name in body.model_fields_set})


async def wanted_completion(request: Request) -> bool | None:
    """Read the optional body of the completion route; None if it names no state. Raises as ``task_fields``."""
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return None
    if "content-type" not in headers and not await _content(request):
        return None
    body = _validated(CompletionBody, await _json_object(request))
    return body.completed if body.model_fields_set else None


def unsupported_media_type() -> Problem:
    """Return the answer to a body of another type, or of none."""
    return Problem(
        415, "unsupported_media_type", "The body must be JSON, not compressed: send Content-Type: application/json."
    )


def content_too_large() -> Problem:
    """Return the answer to a body that is too large."""
    return Problem(413, "content_too_large", f"The body must have at most {BODY_LIMIT} bytes.")


async def _json_object(request: Request) -> dict[str, Any]:
    types = request.headers.getlist("content-type")
    if len(types) != 1 or not _JSON.fullmatch(types[0].strip()) or "content-encoding" in request.headers:
        raise unsupported_media_type()
    content = await _content(request)
    try:
        value = from_json(content, allow_inf_nan=False)
    except ValueError:
        raise InvalidInput("", "malformed_json", "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise InvalidInput("", "not_an_object", "The body must be a JSON object.")
    return {name: value[name] for name in value.keys() - READ_ONLY}


async def _content(request: Request) -> bytes:
    if int(request.headers.get("content-length", "0")) > BODY_LIMIT:  # the server has checked that it is a number
        raise content_too_large()
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_LIMIT:
            raise content_too_large()
    return bytes(content)


def _validated(model: type[Body], value: dict[str, Any]) -> Body:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        invalid = tuple(_invalid_field(model, str(entry["loc"][0]), entry["type"]) for entry in found)
        raise InvalidRequest(invalid) from None


def _invalid_field(model: type[BaseModel], name: str, kind: str) -> InvalidInput:
    if name in model.model_fields:
        wanted = "a text" if kind.startswith("string") else "true or false"
        return InvalidInput(name, "wrong_type", f"The {name} must be {wanted}.")
    known = ", ".join(model.model_fields)
    # A name that is no identifier may be anything, so it is not repeated.
    named = f" {name}" if _NAME.fullmatch(name) else ""
    return InvalidInput(named.strip(), "unknown_field", f"The field{named} is not known here; send only {known}.")
