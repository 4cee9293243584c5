"""An adapter that lacks a method of its port cannot be made: the port's own would return None without a word."""

import inspect

import pytest

from todo_adapters.neon.executor import Executor, Transaction
from todo_adapters.tokens.verifier import KeySource
from todo_core.ports import Clock, Owners, TaskRepository, TokenVerifier
from todo_core.tasks import Tasks

PORTS: list[type] = [Clock, Owners, TaskRepository, TokenVerifier, Tasks, Executor, Transaction, KeySource]
METHODS = [
    (port, name)
    for port in PORTS
    for name, _ in inspect.getmembers(port, inspect.isfunction)
    if not name.startswith("_")
]


@pytest.mark.parametrize(("port", "missing"), METHODS, ids=lambda value: getattr(value, "__name__", value))
def test_an_adapter_that_lacks_a_method_cannot_be_made(port: type, missing: str) -> None:
    others = {name: lambda self: None for method_of, name in METHODS if method_of is port and name != missing}
    whole = {missing: lambda self: None}
    assert type("Whole", (port,), others | whole)()
    with pytest.raises(TypeError, match=missing):
        type("Partial", (port,), others)()
