"""Who gets in over HTTP, what the others are told (RFC 6750), and what the audit log keeps of it."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import containers, providers
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from pythonjsonlogger.json import JsonFormatter

from tests.adapters.tokens.attacks import ATTACKS, Attack, Scene
from tests.support import secrecy
from tests.support.key_server import publishing
from tests.support.secrecy import leak
from tests.support.service import bearer, settings
from tests.support.token_forge import ISSUER, SECRET, token
from tests.web.conftest import Start
from todo_adapters.clock import SystemClock
from todo_adapters.sqlite import SqliteTaskRepository
from todo_adapters.tokens.claims import SHOWN_LIMIT
from todo_adapters.tokens.development_token import issue_token
from todo_core.ports import TaskRepository
from todo_web.app import create_app
from todo_web.logs import log_config

OVER_HTTP = [attack for attack in ATTACKS if attack.name != "encodings: space before"]
"""Several blanks may stand before the token in a header (RFC 9110, section 11.4)."""

INVALID = 'Bearer realm="tasks", error="invalid_token", error_description="The token is invalid"'
EXPIRED = 'Bearer realm="tasks", error="invalid_token", error_description="The token has expired"'
LONG = 'Bearer realm="tasks", error="invalid_token", error_description="The token is valid for longer than 7 days"'
UNAUTHORIZED = 401

VALID_FOR_TOO_LONG = {
    "kinds: exp in milliseconds",
    "lifetimes: a week and a minute and the leeway",
    "lifetimes: a year",
    "lifetimes: a year under a published key",
    "lifetimes: the year 9999",
    "lifetimes: beyond any date",
    "payloads: endless exp",
}
"""The attacks with nothing else wrong than that."""


@asynccontextmanager
async def open_stopped(path: Path) -> AsyncIterator[TaskRepository]:
    """Open a store that has been closed: whatever touches it fails."""
    repository = SqliteTaskRepository(path)
    repository.close()
    yield repository


class Attacked:
    """A service that trusts a shared secret and published keys, and whose database is stopped."""

    def __init__(self, client: TestClient, scene: Scene) -> None:
        self.client = client
        self.scene = scene

    def status_and_challenge(self, attack: Attack) -> tuple[int, str | None]:
        header = b"Bearer " + attack.make(self.scene).encode("utf-8", "surrogatepass")
        answer = self.client.get("/tasks", headers=[(b"Authorization", header)])
        assert leak(answer.text) is None
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.headers.get("WWW-Authenticate")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    scene = Scene(int(SystemClock().now().timestamp()))
    storage = containers.DynamicContainer()
    storage.repository = providers.Resource(open_stopped, tmp_path_factory.mktemp("store") / "tasks.db")
    with publishing(scene.issuer) as url:
        values = {"BETTER_AUTH_SECRET": SECRET, "BETTER_AUTH_URL": ISSUER, "TODO_JWKS_URL": url}
        app = create_app(settings(TODO_JWT_MODE="both", **values), storage)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Attacked(client, scene)


def expected(attack: Attack) -> tuple[int, str]:
    if attack.name in VALID_FOR_TOO_LONG:
        return UNAUTHORIZED, LONG
    return UNAUTHORIZED, EXPIRED if attack.expired else INVALID


@pytest.mark.parametrize("attack", OVER_HTTP, ids=lambda attack: ascii(attack.name))
def test_an_attack_gets_the_challenge_and_one_audit_event(
    attack: Attack, attacked: Attacked, caplog: pytest.LogCaptureFixture
) -> None:
    assert attacked.status_and_challenge(attack) == expected(attack)
    assert [event["event"] for event in events(caplog)] == ["authentication_failure"]


def test_a_thousand_bad_tokens_do_not_touch_the_database(attacked: Attacked) -> None:
    for attack in islice(cycle(OVER_HTTP), 1000):
        assert attacked.status_and_challenge(attack) == expected(attack)
    assert attacked.scene.issuer.fetches <= 2
    good = {"Authorization": f"Bearer {attacked.scene.text()}"}
    assert attacked.client.get("/tasks", headers=good).status_code >= 500


@pytest.mark.parametrize(
    ("sent", "challenge", "reason"),
    [
        ([], 'Bearer realm="tasks"', "no_token"),
        ([("Authorization", "")], 'Bearer realm="tasks"', "other_scheme"),
        ([("Authorization", "Basic YWxpY2U6c2VjcmV0")], 'Bearer realm="tasks"', "other_scheme"),
        ([("Cookie", "better-auth.session_token=x")], 'Bearer realm="tasks"', "no_token"),
        ([("Authorization", "Bearer")], INVALID, "not_three_parts"),
        ([("Authorization", "Bearer\ta.b.c")], 'Bearer realm="tasks"', "other_scheme"),
        ([("Authorization", "  Bearer   ")], INVALID, "not_three_parts"),
        ([("Authorization", "Bearer a.b.c")], INVALID, "bad_base64url"),
        ([("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer a.b.c")], INVALID, "several_headers"),
    ],
)
def test_the_challenge_names_an_error_only_if_a_token_was_sent(
    sent: list[tuple[str, str]], challenge: str, reason: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 6750, sections 3 and 3.1."""
    answer = start().get("/tasks", headers=sent)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (UNAUTHORIZED, challenge)
    assert [event["reason"] for event in events(caplog)] == [reason]


def test_a_token_anywhere_else_is_not_looked_at(client: TestClient) -> None:
    """RFC 6750, sections 2.2 and 2.3: neither in the body nor in the address."""
    token = client.headers.pop("Authorization").removeprefix("Bearer ")
    assert client.get("/tasks", params={"access_token": token}).status_code == UNAUTHORIZED
    assert client.post("/tasks", data={"access_token": token}).status_code == UNAUTHORIZED
    assert client.get("/tasks", headers={"X-Authorization": f"Bearer {token}"}).status_code == UNAUTHORIZED
    assert client.get("/tasks", headers={"Authorization": f"bEARER {token}"}).status_code == 200


def test_blanks_around_a_token_are_no_part_of_it(client: TestClient) -> None:
    """RFC 9110, sections 5.5 and 11.4."""
    token = client.headers.pop("Authorization").removeprefix("Bearer ")
    for value in (f"Bearer  {token}", f"Bearer {token} ", f" \tbearer     {token}\t "):
        assert client.get("/tasks", headers={"Authorization": value}).status_code == 200


def test_every_route_but_health_and_documentation_needs_a_token(start: Start) -> None:
    client = start(TODO_CONTRACTS="fastapi-backend-crud,fastapi-todo-backend,backend-todo-api")
    paths: dict[str, dict[str, Any]] = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        if path.startswith("/health"):
            continue
        for method in operations:
            answer = client.request(method, path.format(user_id="ann", task_id=1))
            assert (answer.status_code, method, path) == (UNAUTHORIZED, method, path)


def test_nor_does_a_route_that_the_document_does_not_show(start: Start) -> None:
    client = start()
    unlisted = [context for context in iter_route_contexts(client.app.routes) if "{task_id}" in str(context.path)]  # type: ignore[attr-defined]
    assert len(unlisted) == 28
    for context in unlisted:
        for method in context.methods or ():
            answer = client.request(method, str(context.path).format(user_id="ann", task_id=1))
            assert (answer.status_code, method, context.path) == (UNAUTHORIZED, method, context.path)


def test_pages_may_read_the_challenge(client: TestClient) -> None:
    answer = client.get("/tasks", headers={"Authorization": "Bearer x", "Origin": "http://localhost:3000"})
    assert answer.status_code == UNAUTHORIZED
    assert "WWW-Authenticate" in answer.headers["Access-Control-Expose-Headers"]


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the audit events of a test as the service prints them; each is one line of ASCII."""
    config = log_config()["formatters"]["json"]
    formatter = JsonFormatter(**{name: value for name, value in config.items() if name not in {"()", "format"}})
    lines = [formatter.format(record) for record in caplog.records if record.name == "todo.audit"]
    assert all(line.isascii() and line.isprintable() for line in lines)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("method", "path", "status", "event", "reason", "user"),
    [
        ("GET", "/tasks", 401, "authentication_failure", "expired", None),
        ("GET", "/api/bob/tasks", 403, "authorization_violation", "foreign_path", "ann"),
        ("GET", "/tasks/{foreign}", 403, "authorization_violation", "foreign_task", "ann"),
        ("DELETE", "/api/tasks/{foreign}", 404, "authorization_violation", "foreign_task", "ann"),
    ],
)
def test_each_failure_and_violation_is_one_event(  # noqa: PLR0913  one row of the table
    method: str,
    path: str,
    status: int,
    event: str,
    reason: str,
    user: str | None,
    start: Start,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Time, request, route, reason, user when known, client address."""
    client = start()
    foreign = client.post("/tasks", json={"title": "Bob's"}, headers=bearer("bob")).json()["id"]
    sent = bearer("ann", timedelta(hours=-1)) if status == UNAUTHORIZED else bearer("ann")
    answer = client.request(method, path.format(foreign=foreign), headers=sent)
    assert answer.status_code == status
    (found,) = events(caplog)
    assert found["event"] == event
    assert found["reason"] == reason
    assert found["user_id"] == user
    assert found["request_id"] == answer.headers["X-Request-ID"]
    assert found["method"] == method
    assert str(found["route"]).startswith(path.split("{", maxsplit=1)[0].replace("bob", "{user_id}"))
    assert found["client"] == "192.0.2.1"
    assert str(found["time"]).endswith("+00:00")


@pytest.mark.parametrize("name", ["issuer", "audience"])
def test_what_a_token_says_and_should_say_is_in_the_event(
    name: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """Once its signature holds. The client learns nothing of it."""
    claim = {"issuer": "iss", "audience": "aud"}[name]
    client = start(BETTER_AUTH_URL="https://ours.example")
    claims = {"sub": "ann", "exp": SystemClock().now().timestamp() + 60, claim: "https://theirs.example/" + "x" * 500}
    answer = client.get("/tasks", headers={"Authorization": f"Bearer {token(claims, secret=secrecy.SECRET)}"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (UNAUTHORIZED, INVALID)
    (found,) = events(caplog)
    assert (found["reason"], found[f"expected_{name}"]) == (f"wrong_{name}", "https://ours.example")
    assert found[name].startswith("https://theirs.example/xx")
    assert len(found[name]) == SHOWN_LIMIT
    assert "ours.example" not in answer.text


def test_missing_tasks_and_faulty_input_are_no_events(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/tasks/999").status_code == 404
    assert client.post("/tasks", json={"title": ""}).status_code == 422
    assert client.get("/nowhere").status_code == 404
    assert events(caplog) == []


def test_what_a_client_sends_cannot_forge_an_event(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """Not even a user id, which may hold any visible character."""
    user = 'ann"}{"event": "forged\u2028\u202e'
    token = issue_token(settings().tokens.secret, user, timedelta(hours=1), SystemClock().now())
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "a\tb", "User-Agent": "\x1b[31m"}
    assert start().get("/api/%0d%0aforged/tasks", headers=headers).status_code == 403
    (found,) = events(caplog)
    assert found["user_id"] == user
    assert found["event"] == "authorization_violation"


def test_the_http_client_logs_no_address_of_the_issuer() -> None:
    assert log_config()["loggers"]["httpx2"]["level"] == logging.getLevelName(logging.WARNING)
