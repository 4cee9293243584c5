"""The service under a path that a proxy publishes it at, and what it believes of proxies."""

import logging

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer
from tests.web.conftest import Start

TRUSTED = {"TODO_TRUSTED_PROXIES": "2001:db8::1, 192.0.2.0/24"}  # the client of the tests is among them


def check_prefix(client: TestClient, prefix: str) -> None:
    """Every address that the service tells begins with the prefix; the path of a request has it no more."""
    client.headers.update(bearer())
    created = client.post("/api/ann/tasks", json={"title": "x"})
    assert created.headers["location"] == f"{prefix}/api/ann/tasks/{created.json()['id']}"
    client.post("/tasks", json={"title": "y"})
    assert client.get("/tasks?limit=1").headers["link"].startswith(f"<{prefix}/tasks?limit=1&cursor=")
    assert client.get("/tasks/99").json()["instance"] == f"{prefix}/tasks/99"
    assert client.get("/openapi.json").json()["servers"] == [{"url": prefix or "/"}]
    page = client.get("/docs").text
    assert f"'{prefix}/openapi.json'" in page
    assert f'"{prefix}/docs/assets/swagger-ui-bundle.js"' in page
    assert client.get("/docs/assets/swagger-ui.css").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ok"}
    assert f"; {prefix}/docs shows" in client.get("/nope").json()["detail"]


@pytest.mark.parametrize(
    ("setting", "prefix"), [("", ""), ("/", ""), ("/todo/", "/todo"), ("/a/b-c.d~e", "/a/b-c.d~e")]
)
def test_the_setting_says_where_the_service_stands(start: Start, setting: str, prefix: str) -> None:
    check_prefix(start(TODO_ROOT_PATH=setting), prefix)


def test_a_trusted_proxy_says_where_the_service_stands(start: Start) -> None:
    client = start(**TRUSTED)
    client.headers["X-Forwarded-Prefix"] = "/todo/"
    check_prefix(client, "/todo")


def test_nobody_overrules_the_setting(start: Start) -> None:
    client = start(**TRUSTED, TODO_ROOT_PATH="/todo")
    client.headers["X-Forwarded-Prefix"] = "/evil"
    check_prefix(client, "/todo")


def test_a_client_cannot_say_where_the_service_stands(start: Start) -> None:
    client = start()
    client.headers["X-Forwarded-Prefix"] = "/evil"
    check_prefix(client, "")


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "https://evil.example", "evil", "/a/../b", "/.", "/a b", "/a?b", "/a, /b", ""]
)
def test_what_is_no_path_is_no_prefix(start: Start, prefix: str) -> None:
    client = start(**TRUSTED)
    client.headers["X-Forwarded-Prefix"] = prefix
    check_prefix(client, "")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TODO_ROOT_PATH", "todo", "a path such as /todo"),
        ("TODO_ROOT_PATH", "//todo", "a path such as /todo"),
        ("TODO_ROOT_PATH", "https://a.example/todo", "a path such as /todo"),
        ("TODO_TRUSTED_PROXIES", "*", "addresses or networks"),
        ("TODO_TRUSTED_PROXIES", "nginx", "addresses or networks"),
        ("TODO_TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks"),
        ("TODO_KEEP_ALIVE", "0", "TODO_KEEP_ALIVE"),
    ],
)
def test_a_wrong_setting_is_refused(start: Start, name: str, value: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        start(**{name: value})


def test_only_trusted_proxies_say_who_asked(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7, 192.0.2.200"}
    start().get("/tasks", headers=forged)
    start(**TRUSTED).get("/tasks", headers=forged)
    events = [record for record in caplog.records if record.name == "todo.audit"]
    assert [vars(record)["client"] for record in events] == ["192.0.2.1", "198.51.100.7"]
    assert events[0].levelno == logging.WARNING
