"""Contracts of a deployment's own, from a TOML file: each table extends a published contract."""

import re
import tomllib
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from todo_core.policy import TaskPolicy
from todo_web.contracts.choice import one_request_fits
from todo_web.contracts.contract import Contract, ListEnvelope
from todo_web.contracts.published import CONTRACTS
from todo_web.contracts.toml_schema import MAY_BE, ContractTable
from todo_web.durations import parse_duration

_NAME = re.compile("[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")
"""Its words become parts of names in the OpenAPI document, which generated code has to be able to tell apart."""

_SERVICE = (
    "/docs",
    "/docs/assets/{file}",
    "/openapi.json",
    "/health",
    "/health/live",
    "/health/ready",
    "/mcp",
    "/.well-known/oauth-protected-resource",
)
"""The service's own paths. Their first segments are reserved, since more may be served below them."""

_BY_NAME = {contract.name: contract for contract in CONTRACTS}


def read_contracts(path: Path) -> tuple[Contract, ...]:
    """Return the contracts of a file, in its order.

    Raises ValueError with one line for the person who wrote the file: the file, the table, the key, what it may be.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError
        raise ValueError(f"{path}: is not valid TOML: {error}") from None
    if not tables:
        raise ValueError(f"{path}: contains no contract; write a table such as [my-front-end]")
    if outside := [key for key, value in tables.items() if not isinstance(value, dict)]:
        shown = outside[0] if outside[0].isprintable() else "…"
        raise ValueError(f"{path}: {shown} stands outside of a table; write a name such as [my-front-end] above it")
    return tuple(_contract(path, name, table) for name, table in tables.items())


def _contract(path: Path, name: str, table: object) -> Contract:
    where = f"{path}: [{name if name.isprintable() else '…'}]"
    if name in _BY_NAME or not _NAME.fullmatch(name):
        raise ValueError(
            f"{where} must be a name of its own, of small letters and digits with hyphens between, such as my-front-end"
        )
    try:
        contract = _extended(name, ContractTable.model_validate(table))
        _check_completion(contract)
        _check_paths(contract)
    except ValidationError as error:
        raise ValueError(f"{where} {_mistake(error)}") from None
    except ValueError as error:
        raise ValueError(f"{where} {error}") from None
    return contract


def _extended(name: str, table: ContractTable) -> Contract:
    """Return the published contract with everything that the table sets."""
    base = _BY_NAME[table.extends]
    changes = {key: getattr(table, key) for key in table.model_fields_set - {"extends"}}
    policy = {key: changes.pop(key) for key in changes.keys() & set(TaskPolicy._fields)}
    if table.page_size == "all":
        changes["page_size"] = None
    if lifetime := table.token_lifetime:
        changes["token_lifetime"] = None if lifetime == "any" else parse_duration(lifetime)
    if table.list_envelope:
        changes["list_envelope"] = ListEnvelope(table.list_envelope.tasks, table.list_envelope.total)
    if table.field_names:
        changes["field_names"] = table.field_names.changed()
    if table.completed_values:
        changes["completed_values"] = tuple(table.completed_values)
    return replace(base, name=name, policy=base.policy._replace(**policy), **changes)


def _check_completion(contract: Contract) -> None:
    if contract.completion == "toggle" and contract.completion_marks:
        raise ValueError("completion_marks: must be false where completion is toggle, which reverses the state")


def _check_paths(contract: Contract) -> None:
    below = {path.split("/")[1] for path in _SERVICE}
    if contract.base_path.split("/")[1] in below or any(
        one_request_fits(mine, service) for mine, service in product(contract.paths, _SERVICE)
    ):
        named = ", ".join(f"/{segment}" for segment in sorted(below))
        raise ValueError(f"base_path: must not begin with one of {named}, where the service itself answers")


def _mistake(error: ValidationError) -> str:
    """Return the key of a mistake, and what it may be; an unknown key may be the reason why another is missing."""
    mistakes = error.errors(include_url=False, include_input=False)
    found: Any = min(mistakes, key=lambda mistake: mistake["type"] != "extra_forbidden")
    place = [str(part) for part in found["loc"]]
    if not place:
        return "must be a table with extends and the keys that it changes"
    if found["type"] == "extra_forbidden":
        *outer, _ = place
        known = [key.split(".")[-1] for key in MAY_BE if key.split(".")[:-1] == outer]
        return f"{'.'.join(place)}: is not known here; the keys are {', '.join(known)}"
    key = ".".join(place[:2]) if ".".join(place[:2]) in MAY_BE else place[0]
    if found["type"] == "value_error":
        return f"{key}: {found['ctx']['error']}"
    return f"{key}: {'is missing; it ' if found['type'] == 'missing' else ''}must be {MAY_BE[key]}"
