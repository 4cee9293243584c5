"""One line of the log for each request."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer, settings
from todo_web.app import create_app

Log = pytest.CaptureFixture[str]


@contextmanager
def service(*, development: bool = False, **values: object) -> Iterator[TestClient]:
    """Run a service; at the end it has written everything."""
    app = create_app(settings(**values), development=development)
    with TestClient(app, headers=bearer(), raise_server_exceptions=False) as client:
        yield client


def lines(capsys: Log) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_id_of_a_problem_leads_to_its_request(capsys: Log) -> None:
    with service() as client:
        problem = client.put("/tasks/7?q=secret", json={"title": "secret"}).json()
    (line,) = lines(capsys)
    assert re.fullmatch(r"20[0-9]{2}-[0-9-]{5}T[0-9:.]+Z", line.pop("time"))
    assert 0 < line.pop("milliseconds") < 60_000
    assert line == {
        "level": "INFO",
        "logger": "todo.request",
        "event": "request",
        "method": "PUT",
        "route": "/tasks/{task_id}",
        "status": 404,
        "request_id": problem["request_id"],
    }


def test_every_request_has_its_line(capsys: Log) -> None:
    """Those that no route answers too, and those that a page asks first; a path is not repeated."""
    with service() as client:
        client.get("/nope/secret")
        client.options("/tasks", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"})
        client.get("/tasks")
        client.get("/tasks", headers={"Authorization": ""})
    assert [(line["method"], line["route"], line["status"]) for line in lines(capsys)] == [
        ("GET", None, 404),
        ("OPTIONS", None, 400),
        ("GET", "/tasks", 200),
        ("GET", "/tasks", 401),
    ]


def test_a_setting_turns_it_off(capsys: Log) -> None:
    with service(TODO_REQUEST_LOG="false") as client:
        assert client.get("/tasks").status_code == 200
    assert lines(capsys) == []


def test_in_development_the_log_is_the_servers(capsys: Log) -> None:
    with service(development=True) as client:
        assert client.get("/tasks").status_code == 200
    assert lines(capsys) == []


@pytest.mark.parametrize("closed", [False, True])
def test_a_log_that_cannot_be_written_is_no_reason_not_to_answer(
    monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: PTH123, SIM115  a device; closing it fails as well
    if closed:
        with suppress(OSError):
            full.close()
    with service() as client:
        monkeypatch.setattr("sys.stdout", full)
        assert [client.get("/tasks").status_code for _ in range(3)] == [200, 200, 200]
    monkeypatch.undo()
    with suppress(OSError):
        full.close()


def test_no_line_is_lost_at_the_end(tmp_path: Path) -> None:
    given = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{tmp_path}/tasks.db"}
    with serving(given) as server:
        ids = {httpx2.get(f"{server.url}/tasks", headers=bearer()).headers["x-request-id"] for _ in range(5)}
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        events = [json.loads(line) for line in server.lines]
        assert {event["request_id"] for event in events if event["logger"] == "todo.request"} == ids
