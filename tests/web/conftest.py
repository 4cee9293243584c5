"""A service in this process, and tokens for its users."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import secrecy
from todo_adapters.clock import SystemClock
from todo_adapters.tokens.issue import issue_token
from todo_web.app import create_app
from todo_web.settings import Settings

SECRET = secrecy.SECRET
ALL_CONTRACTS = ("fastapi-backend-crud", "fastapi-todo-backend", "backend-api", "task-management", "backend-todo-api")


def bearer(user_id: str = "ann", ttl: timedelta = timedelta(hours=1)) -> dict[str, str]:
    """Return the header with which a user proves who they are."""
    return {"Authorization": f"Bearer {issue_token(SECRET, user_id, ttl, SystemClock().now())}"}


def settings(**values: object) -> Settings:
    """Return settings that no environment and no file has a say in."""
    given: dict[str, Any] = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", **values}
    return Settings(_env_file=None, **given)


Start = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start services; faults of the program reach the client as they would over a network."""
    with ExitStack() as running:

        def start_one(**values: object) -> TestClient:
            app = create_app(settings(**values))
            return running.enter_context(TestClient(app, raise_server_exceptions=False, client=("192.0.2.1", 50000)))

        yield start_one


@pytest.fixture
def client(start: Start) -> TestClient:
    """Start a service with the default contracts, to which every request carries Ann's token."""
    ann = start()
    ann.headers.update(bearer())
    return ann
