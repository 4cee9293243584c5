"""A client that was written for a specification works with a service that serves that contract alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.clients import (
    backend_api,
    backend_todo_api,
    fastapi_backend_crud,
    fastapi_todo_backend,
    task_management,
)
from tests.support.postgres import Database
from tests.support.processes import serving
from tests.support.secrecy import SECRET
from todo_web.contracts import CONTRACTS

CLIENTS: dict[str, Callable[[str, str], None]] = {
    "fastapi-backend-crud": fastapi_backend_crud.use,
    "fastapi-todo-backend": fastapi_todo_backend.use,
    "backend-api": backend_api.use,
    "task-management": task_management.use,
    "backend-todo-api": backend_todo_api.use,
}
SETTINGS = {"BETTER_AUTH_SECRET": SECRET, "BETTER_AUTH_URL": "http://localhost:3000"}


def serve_and_use(contract: str, address: str) -> None:
    with serving({**SETTINGS, "DATABASE_URL": address, "TODO_CONTRACTS": contract}) as server:
        CLIENTS[contract](server.url, SECRET)


@pytest.mark.parametrize("contract", ["fastapi-todo-backend", "fastapi-backend-crud"])
def test_a_client_works_unchanged(tmp_path: Path, contract: str) -> None:
    serve_and_use(contract, f"sqlite:///{tmp_path / 'tasks.db'}")


@pytest.mark.proves("FR-013", contract="backend-api")
@pytest.mark.proves("FR-002", "FR-015", "SC-005", contract="task-management")
@pytest.mark.proves("FR-001", "FR-010", "SC-001", contract="backend-todo-api")
@pytest.mark.parametrize("contract", ["backend-api", "task-management", "backend-todo-api"])
def test_a_client_works_unchanged_where_postgresql_is_asked_for(database: Database, contract: str) -> None:
    """With the secret and the address of the database from the environment, as these specifications want it."""
    database.empty()
    serve_and_use(contract, database.url)


def test_every_contract_has_its_client() -> None:
    assert set(CLIENTS) == {contract.name for contract in CONTRACTS}
