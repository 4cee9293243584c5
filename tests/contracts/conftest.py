"""One service for each contract and store, and people who use it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.contracts.expected import EXPECTED, Expected
from tests.support.clocks import FrozenClock
from tests.support.postgres import Database, Server
from tests.support.secrecy import SECRET
from tests.support.service import settings
from tests.support.tcp_gate import closed_gate
from todo_adapters.tokens.development_token import issue_token
from todo_web.app import create_app
from todo_web.settings import Settings

STORES = ("memory", "sqlite", "postgres")

durable = pytest.mark.parametrize("service", ["sqlite", "postgres"], indirect=True)
"""For what a store in memory does not promise."""

on_postgres = pytest.mark.parametrize("service", ["postgres"], indirect=True)

_NAMES = count(1)


@dataclass(frozen=True)
class Service:
    """A running service with one contract; its clock stands still until a test moves it."""

    client: TestClient
    clock: FrozenClock
    contract: str
    url: str

    def person(self, name: str) -> "Person":
        """Return somebody whom no other test knows."""
        return Person(self, f"{name}-{next(_NAMES)}")


@dataclass(frozen=True)
class Person:
    """Somebody who has proved who they are."""

    service: Service
    name: str

    @property
    def tasks(self) -> str:
        """The path of this person's tasks."""
        return EXPECTED[self.service.contract].tasks.format(user_id=self.name)

    def token(self, ttl: timedelta = timedelta(hours=1)) -> dict[str, str]:
        """Return a header with a new token."""
        token = issue_token(SECRET, self.name, ttl, self.service.clock.now())
        return {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> Response:  # noqa: ANN401  as the client's own
        """Send a request with a token."""
        return self.service.client.request(method, path, headers=self.token() | (headers or {}), **options)

    def get(self, path: str, **options: Any) -> Response:  # noqa: ANN401
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> Response:  # noqa: ANN401
        return self.send("POST", path, json=json, **options)

    def put(self, path: str, json: object = None, **options: Any) -> Response:  # noqa: ANN401
        return self.send("PUT", path, json=json, **options)

    def patch(self, path: str, **options: Any) -> Response:  # noqa: ANN401
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:  # noqa: ANN401
        return self.send("DELETE", path, **options)

    def adds(self, title: str = "Buy milk", **fields: object) -> dict[str, Any]:
        """Create a task, and return it."""
        answer = self.post(self.tasks, {"title": title, **fields})
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()
        return task

    def one(self, task: dict[str, Any], rest: str = "") -> str:
        """Return the path of a task below this person's tasks, whoever owns it."""
        return f"{self.tasks}/{task['id']}{rest}"

    def sees(self) -> list[dict[str, Any]]:
        """Return this person's list."""
        answer = self.get(self.tasks)
        assert answer.status_code == 200, answer.text
        tasks: list[dict[str, Any]] = answer.json()
        return tasks


@contextmanager
def running(contract: str, url: str, clock: FrozenClock | None = None, **values: object) -> Iterator[Service]:
    """Run a service in this process."""
    clock = clock or FrozenClock()
    app = create_app(settings(DATABASE_URL=url, TODO_CONTRACTS=contract, **values))
    app.state.container.clock.override(providers.Object(clock))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Service(client, clock, contract, url)


@pytest.fixture(scope="module", autouse=True)
def _no_settings_around() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        for field in Settings.model_fields.values():
            environment.delenv(str(field.validation_alias), raising=False)
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on the contracts of which it proves something, or on all of them."""
    if "contract" in metafunc.fixturenames and not any(
        "contract" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    ):
        named = {mark.kwargs["contract"] for mark in metafunc.definition.iter_markers("proves")}
        metafunc.parametrize("contract", [name for name in EXPECTED if not named or name in named], scope="module")


@pytest.fixture
def expected(contract: str) -> Expected:
    return EXPECTED[contract]


@pytest.fixture(scope="module", params=STORES)
def service(
    request: pytest.FixtureRequest, contract: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    url = "memory://"
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'tasks.db'}"
    elif request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        database.empty()
        url = database.url
    with running(contract, url) as service:
        yield service


@pytest.fixture
def ann(service: Service) -> Person:
    return service.person("ann")


@pytest.fixture
def bob(service: Service) -> Person:
    return service.person("bob")


@dataclass(frozen=True)
class Outage:
    """A service whose store cannot be reached until it heals."""

    service: Service
    heal: Callable[[], None]


@pytest.fixture(params=["sqlite", "postgres"])
def outage(request: pytest.FixtureRequest, contract: str, tmp_path: Path) -> Iterator[Outage]:
    """Lock the file of SQLite from outside; let connections to PostgreSQL wait before a closed gate."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = tmp_path / "tasks.db"
            service = stack.enter_context(running(contract, f"sqlite:///{file}", TODO_STORAGE_DEADLINE=0.2))
            lock = stack.enter_context(closing(sqlite3.connect(file, isolation_level=None)))
            lock.execute("BEGIN IMMEDIATE")
            yield Outage(service, lock.rollback)
        else:
            server: Server = request.getfixturevalue("postgres")
            server.empty()
            gate = stack.enter_context(closed_gate(server.port))
            url = server.url(port=gate.port)
            yield Outage(stack.enter_context(running(contract, url, TODO_STORAGE_DEADLINE=1)), gate.open)
