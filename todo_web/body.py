"""Request bodies: JSON only, of a bounded size, read tolerantly.

A field that is not known is ignored, and named in the answer, beside one that is. A body in which nothing is known is
refused: ignoring it would be a change that silently does not happen.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from types import NoneType
from typing import Any, NoReturn

from fastapi import Request
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from todo_core.errors import InvalidInput
from todo_core.task import PUBLISHED_FIELDS, TaskFields
from todo_core.text import has_lone_surrogate, not_unicode
from todo_web.contracts import Contract
from todo_web.header_fields import field_values
from todo_web.ignored_fields import NAMED_LIMIT, is_identifier, note_ignored
from todo_web.problems import InvalidRequest, Problem

BODY_LIMIT = 64 * 1024
"""Bytes; a task of the widest contract fits several times over."""

FIELDS: dict[str, str] = {name: name for name in TaskFields._fields}
"""The names under which a body holds what a client may set, and the fields that they mean."""

_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "title": ((str, NoneType), "a text"),
    "description": ((str, NoneType), "a text"),
    "completed": ((bool,), "true or false"),
}
"""What JSON may hold for a field, and how that is told; what the values may be is the core's to check."""

READ_ONLY = frozenset(PUBLISHED_FIELDS) - {*TaskFields._fields}
"""Fields that clients send back as they received them; they are ignored without a word."""

_NAMES = "todo.field_names"
_JSON = re.compile(r'application/json(?:[ \t]*+;[ \t]*+(?:charset="?utf-8"?)?+)*+', re.IGNORECASE)
"""Parameters may be empty (RFC 9110, section 5.6.6)."""

_NOTHING = {b"", b"null"}
"""What clients send that have no body to send: axios writes its absence as JSON."""


class BodyReader:
    """Reads the bodies of one contract, under its own names for the fields and under the published ones.

    Every method raises InvalidRequest, InvalidInput, and Problem for 413 and 415.
    """

    def __init__(self, contract: Contract) -> None:
        self._task = {contract.field_name(field): field for field in FIELDS} | FIELDS
        self._completion = {name: field for name, field in self._task.items() if field == "completed"}
        self._read_only = READ_ONLY | {contract.field_name(name) for name in READ_ONLY}
        self._completed = contract.field_name("completed")
        self._values = contract.completed_values

    async def task_fields(self, request: Request) -> TaskFields:
        """Read the body of create and update."""
        _check_media_type(request)
        return TaskFields(**self._read(self._task, request, await _content(request)))

    async def wanted_completion(self, request: Request) -> bool | None:
        """Read the optional body of a completion route; None if it names no state."""
        head = request.scope["headers"]
        if field_values(head, b"content-length") in ([], ["0"]) and not field_values(head, b"transfer-encoding"):
            return None
        if not field_values(head, b"content-type") and not await _content(request):
            return None
        _check_media_type(request)
        content = await _content(request)
        if content.strip() in _NOTHING:
            return None
        wanted: bool | None = self._read(self._completion, request, content).get("completed")
        return wanted

    def _read(self, names: Mapping[str, str], request: Request, content: bytes) -> Mapping[str, Any]:
        """Return the fields that a body holds, each of the type that it must have."""
        sent = _json_object(content)
        known, used = self._known(names, sent)
        request.scope[_NAMES] = used
        unknown = sent.keys() - names.keys() - self._read_only
        if unknown:
            in_order = [name for name in sent if name in unknown]
            if not known:
                raise InvalidRequest(tuple(_unknown_field(name, names) for name in in_order[:NAMED_LIMIT]))
            note_ignored(request, in_order)
        wrong = [field for field, value in known.items() if not isinstance(value, _TYPES[field][0])]
        if wrong:
            raise InvalidRequest(tuple(_wrong_type(used[field], field) for field in wrong))
        return known

    def _known(self, names: Mapping[str, str], sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what was sent for each field, and under which name; two names for one field must agree."""
        known: dict[str, Any] = {}
        used: dict[str, str] = {}
        for name, field in names.items():
            if name not in sent:
                continue
            value = sent[name]
            if self._values and name == self._completed:
                value = _as_boolean(name, value, self._values)
            if field in known and (type(value), value) != (type(known[field]), known[field]):
                raise InvalidInput(name, "contradiction", f"The {used[field]} and {name} contradict each other.")
            known[field] = value
            used.setdefault(field, name)
        return known, used


def as_sent(request: Request, contract: Contract, error: InvalidInput) -> InvalidInput:
    """Return an error with the name under which the client knows the field of the body that it is about."""
    used = request.scope.get(_NAMES)
    if used is None:
        return error
    return InvalidInput(used.get(error.field) or contract.field_name(error.field), error.reason, error.detail)


def unsupported_media_type() -> Problem:
    """Return the answer to a body of another type, or of none."""
    return Problem(
        415,
        "unsupported_media_type",
        "The body must be JSON in UTF-8, not compressed: send Content-Type: application/json.",
    )


def content_too_large() -> Problem:
    """Return the answer to a body that is too large."""
    return Problem(413, "content_too_large", f"The body must have at most {BODY_LIMIT} bytes.")


def _check_media_type(request: Request) -> None:
    head = request.scope["headers"]
    types = field_values(head, b"content-type")
    if len(types) != 1 or not _JSON.fullmatch(types[0].strip()) or field_values(head, b"content-encoding"):
        raise unsupported_media_type()


async def _content(request: Request) -> bytes:
    lengths = map(int, field_values(request.scope["headers"], b"content-length"))  # the server has checked the number
    if max(lengths, default=0) > BODY_LIMIT:
        raise content_too_large()
    content, more = bytearray(), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        content += message.get("body", b"")
        if len(content) > BODY_LIMIT:
            raise content_too_large()
        more = message.get("more_body", False)
    return bytes(content).removeprefix(BOM_UTF8)


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        value = from_json(content, allow_inf_nan=False)
    except ValueError:
        raise _malformed(content) from None
    if not isinstance(value, dict):
        raise InvalidInput("", "not_an_object", "The body must be a JSON object.")
    return value


def _malformed(content: bytes) -> InvalidInput:
    """Return what is wrong with a body that cannot be read.

    Half a character, as of an emoji that was cut in two, is no Unicode, but JSON all the same (RFC 8259, section 8.2).
    """
    try:
        value = json.loads(content.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        value = None
    for name, member in value.items() if isinstance(value, dict) else ():
        if has_lone_surrogate(json.dumps([name, member], ensure_ascii=False)):
            return not_unicode(name if is_identifier(name) else "")
    return InvalidInput("", "malformed_json", "The body is not valid JSON in UTF-8.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _as_boolean(name: str, value: object, words: tuple[str, str]) -> bool:
    """Return what a contract's own text for false or true means. Raises InvalidInput."""
    if value not in words:
        raise InvalidInput(name, "not_accepted", f"The {name} must be {' or '.join(words)}.")
    return value == words[True]


def _wrong_type(name: str, field: str) -> InvalidInput:
    return InvalidInput(name, "wrong_type", f"The {name} must be {_TYPES[field][1]}.")


def _unknown_field(name: str, names: Mapping[str, str]) -> InvalidInput:
    named = f" {name}" if is_identifier(name) else ""
    known = ", ".join(names)
    return InvalidInput(named.strip(), "unknown_field", f"The field{named} is not known here; send only {known}.")
