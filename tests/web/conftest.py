"""A service in this process, and tokens for its users."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer, settings
from todo_web.app import create_app
from todo_web.settings import Settings

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
