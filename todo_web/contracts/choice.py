"""Which contracts a deployment serves."""

from collections.abc import Sequence
from itertools import combinations, product, zip_longest

from todo_web.contracts.contract import Contract
from todo_web.contracts.published import CONTRACTS

DEFAULTS = "fastapi-todo-backend,fastapi-backend-crud,backend-todo-api"

_NEIGHBOURS = {"/api/tasks", "/api/{user_id}/tasks"}
"""Base paths that may be served together. A request that fits both means the one with the user in its path."""


def choose_contracts(names: str | None, own: Sequence[Contract] = ()) -> tuple[Contract, ...]:
    """Return the contracts that a comma-separated setting names; without one, all of a deployment's own, if it has any.

    Raises ValueError, in words for the person who wrote the setting, if a name is unknown or two paths collide.
    """
    known = {contract.name: contract for contract in (*CONTRACTS, *own)}
    if names is None:
        names = ",".join(contract.name for contract in own) or DEFAULTS
    wanted = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"unknown contract {unknown[0]!r}; choose from {', '.join(known)}")
    if not wanted:
        raise ValueError(f"no contract is served; choose from {', '.join(known)}")
    chosen = tuple(known[name] for name in wanted)
    for one, other in combinations(chosen, 2):
        _refuse_collision(one, other)
    return chosen


def one_request_fits(template: str, other: str) -> bool:
    """Whether there is a path that both templates match; a segment in braces is any."""
    pairs = zip_longest(template.split("/"), other.split("/"), fillvalue="")
    return all(one == two or ("" not in {one, two} and "{" in one + two) for one, two in pairs)


def _refuse_collision(one: Contract, other: Contract) -> None:
    if one.base_path == other.base_path:
        raise ValueError(f"{one.name} and {other.name} both serve {one.base_path}; choose one of them")
    if {one.base_path, other.base_path} == _NEIGHBOURS:
        return
    for mine, theirs in product(one.paths, other.paths):
        if one_request_fits(mine, theirs):
            raise ValueError(
                f"{one.name} and {other.name} collide: one request can mean {mine} and {theirs}; choose one of them"
            )
