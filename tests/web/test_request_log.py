"""One line of the log for each request."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import Start, bearer, settings
from todo_web.app import create_app


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_id_of_a_problem_leads_to_its_request(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    problem = client.put("/tasks/7?q=secret", json={"title": "secret"}).json()
    (line,) = lines(capsys)
    assert re.fullmatch(r"20[0-9]{2}-[0-9-]{5}T[0-9:.]{15}\+00:00", line.pop("time"))
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


def test_every_request_has_its_line(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that no route answers too, and those that a page asks first; a path is not repeated."""
    client = start()
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    client.get("/nope/secret", headers=bearer())
    client.options("/tasks", headers=preflight)
    client.get("/tasks", headers=bearer() | {"X-Request-ID": "mine"})
    client.get("/tasks")
    seen = [(line["method"], line["route"], line["status"]) for line in lines(capsys)]
    assert seen == [
        ("GET", None, 404),
        ("OPTIONS", None, 400),
        ("GET", "/tasks", 200),
        ("GET", "/tasks", 401),
    ]


def test_a_setting_turns_it_off(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    start(TODO_REQUEST_LOG="false").get("/tasks", headers=bearer())
    assert lines(capsys) == []


def test_in_development_the_log_is_the_servers(capsys: pytest.CaptureFixture[str]) -> None:
    with TestClient(create_app(settings(), development=True)) as client:
        assert client.get("/tasks", headers=bearer()).status_code == 200
    assert lines(capsys) == []


@pytest.mark.parametrize("closed", [False, True])
def test_a_log_that_cannot_be_written_is_no_reason_not_to_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: PTH123, SIM115  a device; closing it fails as well
    with suppress(OSError):
        if closed:
            full.close()
        monkeypatch.setattr("sys.stdout", full)
        statuses = [client.get("/tasks").status_code for _ in range(3)]
        monkeypatch.undo()
        full.close()
    assert statuses == [200, 200, 200]
