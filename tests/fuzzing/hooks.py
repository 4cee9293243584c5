"""What Schemathesis is told about requests that no schema can describe."""

import json
import os
from http import HTTPStatus
from itertools import count, cycle
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, GenerationMode, HookContext, Response, SerializationContext

USER_ID = "ann"

_KEYS = count()
_SURROGATES = cycle(["\ud800", "\udfff", "\udc00\ud800", "\ud83d"])


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Narrow the user of a path to the one whose token is sent; every other is forbidden, which is checked too."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "user_id":
                    parameter["schema"] = {"const": USER_ID}


@schemathesis.hook
def filter_case(_context: HookContext, case: Case[Any]) -> bool:
    """Leave out what is valid by its form alone: the service makes cursors, and filters may exclude each other.

    With an empty id, which a stateful run may take from what it has sent, a path is that of the list. Null for the body
    of a completion is accepted and not published: generators of clients would make a type of it.
    """
    if "" in case.path_parameters.values() or (case.body is None and not _is_valid(case)):
        return False
    excluded = {"completed", "is_completed"} & case.query.keys() and case.query.get("status", "all") != "all"
    return not _is_valid(case) or ("cursor" not in case.query and not excluded)


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Make each key a new one: another payload under the same key is refused."""
    key = case.headers.get("Idempotency-Key")
    if key is not None and _is_valid(case):
        quote = '"' if len(key) > 1 and key[0] == key[-1] == '"' else ""
        inner = key[len(quote) : len(key) - len(quote)]
        case.headers["Idempotency-Key"] = quote + f"{next(_KEYS)}-{inner}"[:255] + quote


if "FUZZING_SURROGATES" in os.environ:
    # The library's own validator cannot read surrogates, so they come in after it: into every text of every body.

    @schemathesis.serializer("application/json")
    def json_with_surrogates(_context: SerializationContext, value: object) -> bytes:
        """Write JSON in which no text is Unicode; bytes are no JSON and stay as they are."""
        return value if isinstance(value, bytes) else json.dumps(_with_surrogates(value)).encode()

    @schemathesis.check
    def surrogates_are_refused(_context: CheckContext, response: Response, case: Case[Any]) -> None:
        """No text of a body may be stored without its surrogate."""
        if _with_surrogates(case.body) != case.body:
            assert HTTPStatus.BAD_REQUEST <= response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def _is_valid(case: Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def _with_surrogates(value: Any) -> Any:  # noqa: ANN401  any JSON
    match value:
        case str():
            return value + next(_SURROGATES)
        case list():
            return [_with_surrogates(item) for item in value]
        case dict():
            return {name: _with_surrogates(item) for name, item in value.items()}
    return value
