"""The tests of stores and contracts run on a database that a person names, and never on one that nobody gave away."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.named_database import ADDRESS, DISTRIBUTION, PERMISSION, refusal
from tests.support.postgres import Database, Server
from tests.support.processes import environment
from todo_adapters.neon import open_with_psycopg2
from todo_adapters.neon.migrations import migrate
from todo_core.synchronous import run_now
from todo_core.task import NewTask

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def somebodys(postgres: Server) -> Iterator[Database]:
    """Make a database with a task that somebody may still need."""
    with postgres.new_database("somebody") as address:
        migrate(address)
        with open_with_psycopg2(address) as repository:
            run_now(repository.add(NewTask("ann", "Needed", None, None, NOW, NOW)))
        yield postgres.database("somebody")


def pytest_on(database: Database, *chosen: str, **values: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    variables = environment({ADDRESS: database.url, **values})
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def titles(database: Database) -> list[str]:
    return [str(title) for (title,) in database.run("SELECT title FROM tasks")]


@pytest.mark.parametrize(
    ("url", "permission", "processes", "reason"),
    [
        ("postgresql://ann@localhost/tasks", None, 0, f"set {PERMISSION}=yes too"),
        ("postgresql://ann@localhost/tasks", "no", 0, f"set {PERMISSION}=yes too"),
        ("postgresql://ann@localhost/tasks", "yes", 2, "without -n"),
        ("memory://", "yes", 0, "must be the address of a PostgreSQL database"),
        ("mysql://root:hidden@localhost/tasks", "yes", 0, "not understood"),
        ("postgresql://ann@localhost/tasks", "yes", 1, None),
        ("postgresql+psycopg2://ann@localhost/tasks", "yes", 0, None),
    ],
)
def test_everything_must_be_said(
    monkeypatch: pytest.MonkeyPatch, url: str, permission: str | None, processes: int, reason: str | None
) -> None:
    monkeypatch.setenv(ADDRESS, url)
    monkeypatch.delenv(PERMISSION, raising=False)
    if permission:
        monkeypatch.setenv(PERMISSION, permission)
    said = refusal(processes)
    assert said is None if reason is None else reason in str(said)
    assert "hidden" not in str(said)


@pytest.mark.parametrize(
    ("values", "reason"),
    [({}, f"set {PERMISSION}=yes too"), ({PERMISSION: "yes", DISTRIBUTION: "yes"}, "needs Citus")],
)
def test_nothing_is_touched_by_a_run_that_is_refused(somebodys: Database, values: dict[str, str], reason: str) -> None:
    ended = pytest_on(somebodys, "tests/adapters/test_repository.py", **values)
    assert ended.returncode == 4, ended.stdout
    assert reason in ended.stdout + ended.stderr
    assert somebodys.url not in ended.stdout + ended.stderr
    assert titles(somebodys) == ["Needed"]


def test_stores_and_contracts_run_in_the_database_that_is_named_and_leave_it_empty(somebodys: Database) -> None:
    suite = "tests/adapters/test_repository.py::test_ids_count_from_one_over_all_users"
    contracts = "tests/contracts/test_single_contracts.py::test_tasks_are_rows_of_a_sqlmodel_in_postgresql"
    ended = pytest_on(somebodys, f"{suite}[asyncpg]", f"{suite}[psycopg2]", contracts, **{PERMISSION: "yes"})
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout
    assert titles(somebodys) == []
