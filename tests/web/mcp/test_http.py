"""``/mcp`` of the service: who gets in, under which names, and what is answered to what is no call."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import containers, providers
from fastapi.testclient import TestClient
from pydantic import ValidationError

from tests.adapters.tokens.attacks import Attack, Scene
from tests.support.key_server import publishing
from tests.support.service import bearer, settings
from tests.support.token_forge import ISSUER, SECRET, token
from tests.web.conftest import Start
from tests.web.mcp.client import Era, eras
from tests.web.mcp.messages import HEADERS, call, headers, outcome
from tests.web.test_authentication import OVER_HTTP, events, open_stopped
from todo_adapters.clock import SystemClock
from todo_web.app import create_app
from todo_web.settings import Settings

URL = "https://tasks.example.com/mcp"
METADATA = "/.well-known/oauth-protected-resource/mcp"
AUTH = f"{ISSUER}/api/auth"


@pytest.fixture
def ann(start: Start) -> TestClient:
    client = start(TODO_MCP="true")
    client.headers.update(bearer())
    return client


@eras
def test_the_first_request_after_the_start_works(ann: TestClient, era: Era) -> None:
    """A mounted application's lifespan would not run by itself."""
    added = ann.post("/mcp", json=call(era, "add_task", title="Buy milk"), headers=headers(era, "add_task"))
    assert outcome(added) == {"task_id": 1, "status": "created", "title": "Buy milk"}
    assert [task["title"] for task in ann.get("/api/tasks").json()] == ["Buy milk"]


def test_without_the_setting_there_is_nothing(start: Start) -> None:
    client = start()
    assert client.post("/mcp", json={}, headers=bearer()).status_code == 404
    assert client.get(METADATA).status_code == 404


def test_two_services_of_one_process_keep_apart(start: Start) -> None:
    one, other = start(TODO_MCP="true"), start(TODO_MCP="true")
    added = one.post("/mcp", json=call("legacy", "add_task", title="a"), headers=HEADERS | bearer())
    assert outcome(added)["task_id"] == 1
    listed = other.post("/mcp", json=call("legacy", "list_tasks"), headers=HEADERS | bearer())
    assert outcome(listed)["tasks"] == []


@eras
@pytest.mark.parametrize(
    ("sent", "challenge", "reason"),
    [
        ({}, 'Bearer realm="tasks"', "no_token"),
        (bearer(ttl=timedelta(hours=-1)), 'error_description="The token has expired"', "expired"),
        ({"Authorization": "Bearer a.b.c"}, 'error_description="The token is invalid"', "bad_base64url"),
    ],
)
def test_no_token_means_no_call_but_the_way_to_one(  # noqa: PLR0913  one row of the table
    sent: dict[str, str], challenge: str, reason: str, era: Era, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 6750 and RFC 9728, section 5.1."""
    client = start(TODO_MCP="true")
    answer = client.post("/mcp", json=call(era, "add_task", title="x"), headers=headers(era, "add_task") | sent)
    assert answer.status_code == 401
    assert challenge in answer.headers["WWW-Authenticate"]
    assert answer.headers["WWW-Authenticate"].endswith(f', resource_metadata="http://testserver{METADATA}"')
    (event,) = events(caplog)
    assert (event["reason"], event["route"], event["request_id"]) == (reason, "/mcp", answer.headers["X-Request-ID"])
    assert client.get("/api/tasks", headers=bearer()).json() == []


class Attacked:
    """A service that trusts a shared secret and an issuer's published keys; its store is stopped."""

    def __init__(self, client: TestClient, scene: Scene) -> None:
        self.client = client
        self.scene = scene

    def claims(self, **changes: object) -> dict[str, object]:
        """Return what @better-auth/mcp writes into a token."""
        written = {"iss": AUTH, "aud": [URL, f"{AUTH}/oauth2/userinfo"], "client_id": "c", "scope": "openid"}
        return self.scene.claims((), **written | changes)

    def status(self, path: str, text: str) -> int:
        header = [(b"Authorization", b"Bearer " + text.encode("utf-8", "surrogatepass"))]
        if path == "/tasks":
            return self.client.get(path, headers=header).status_code
        sent = [*header, *((name.encode(), value.encode()) for name, value in HEADERS.items())]
        return self.client.post(path, content=json.dumps(call("legacy", "list_tasks")), headers=sent).status_code


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    scene = Scene(int(SystemClock().now().timestamp()))
    storage = containers.DynamicContainer()
    storage.repository = providers.Resource(open_stopped, tmp_path_factory.mktemp("store") / "tasks.db")
    with publishing(scene.issuer) as keys:
        values = {"BETTER_AUTH_SECRET": SECRET, "BETTER_AUTH_URL": ISSUER, "TODO_JWKS_URL": keys}
        app = create_app(settings(TODO_JWT_MODE="both", TODO_MCP="true", TODO_MCP_URL=URL, **values), storage)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Attacked(client, scene)


@pytest.mark.parametrize("attack", OVER_HTTP, ids=lambda attack: ascii(attack.name))
def test_an_attack_does_not_reach_a_tool(attack: Attack, attacked: Attacked) -> None:
    assert attacked.status("/mcp", attack.make(attacked.scene)) == 401


@pytest.mark.parametrize("key_id", ["ed", "ec", "rs", "ps"])
@pytest.mark.parametrize("issuer", [ISSUER, AUTH])
@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/at+jwt"])
def test_a_token_for_mcp_counts_there_and_nowhere_else(key_id: str, issuer: str, typ: str, attacked: Attacked) -> None:
    """Also when it was seen at the other place before."""
    text = attacked.scene.issuer.token(key_id, attacked.claims(iss=issuer), {"typ": typ})
    assert [attacked.status(path, text) for path in ("/tasks", "/mcp", "/tasks", "/mcp")] == [401, 200, 401, 200]


def test_a_token_of_the_other_routes_counts_at_mcp_too(attacked: Attacked) -> None:
    for text in (attacked.scene.text(), attacked.scene.issuer.token("ed", attacked.scene.claims())):
        assert attacked.status("/mcp", text) == 200
        assert attacked.status("/tasks", text) >= 500  # the store is stopped


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"{URL}/"},
        {"aud": URL.upper()},
        {"aud": [URL, 1]},
        {"aud": [[URL]]},
        {"aud": {URL: 1}},
        {"aud": "https://other.example.com/mcp"},
        {"iss": f"{AUTH}/"},
        {"iss": "https://evil.example/api/auth"},
        {"iss": None},
        {"iss": [AUTH]},
        {"sub": "c"},
        {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}},
        {"exp": 1},
    ],
    ids=repr,
)
def test_a_token_for_mcp_with_one_fault_is_refused(changes: dict[str, object], attacked: Attacked) -> None:
    """Among them one that a client got for itself, and one that is bound to a key that nobody asks for here."""
    text = attacked.scene.issuer.token("ed", attacked.claims(**changes), {"typ": "at+jwt"})
    assert attacked.status("/mcp", text) == 401


def test_a_shared_secret_signs_no_token_for_mcp(attacked: Attacked) -> None:
    for typ in ("JWT", "at+jwt"):
        assert attacked.status("/mcp", token(attacked.claims(), {"typ": typ})) == 401


@pytest.mark.parametrize(
    ("values", "host", "status"),
    [
        ({}, "testserver", 200),
        ({}, "testserver:80", 200),
        ({}, "evil.example", 421),
        ({}, "testserver:8000", 421),
        ({}, "testserver.evil.example", 421),
        ({}, "", 421),
        ({"TODO_MCP_URL": URL}, "tasks.example.com", 200),
        ({"TODO_MCP_URL": URL}, "TASKS.example.com", 200),
        ({"TODO_MCP_URL": URL}, "testserver", 200),
        ({"TODO_MCP_URL": URL}, "tasks.example.com:8443", 421),
        ({"TODO_MCP_URL": URL}, "example.com", 421),
        ({"TODO_MCP_URL": "http://tasks.example.com:8443/todo/mcp"}, "tasks.example.com:8443", 200),
    ],
)
def test_a_request_under_another_name_is_refused(values: dict[str, str], host: str, status: int, start: Start) -> None:
    client = start(TODO_MCP="true", **values)
    sent = HEADERS | bearer() | {"Host": host}
    answer = client.post("/mcp", json=call("legacy", "list_tasks"), headers=sent)
    assert answer.status_code == status
    assert client.get(METADATA, headers={"Host": host}).status_code == status


def test_in_development_every_name_will_do() -> None:
    app = create_app(settings(TODO_MCP="true"), development=True)
    with TestClient(app, headers=bearer()) as client:
        sent = HEADERS | {"Host": "my-tunnel.example", "Origin": "https://my-tunnel.example"}
        assert client.post("/mcp", json=call("legacy", "list_tasks"), headers=sent).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 200),
        ("http://localhost:3000", 200),  # that of BETTER_AUTH_URL
        ("http://evil.example", 403),
        ("null", 403),
        ("http://testserver.evil.example", 403),
    ],
)
def test_a_page_of_another_origin_is_refused(origin: str, status: int, ann: TestClient) -> None:
    sent = HEADERS | {"Origin": origin}
    assert ann.post("/mcp", json=call("legacy", "list_tasks"), headers=sent).status_code == status


def test_a_client_in_an_allowed_page_may_send_the_headers_of_the_protocol(ann: TestClient) -> None:
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,mcp-method,mcp-name,mcp-protocol-version",
    }
    assert ann.options("/mcp", headers=asked).status_code == 200


@pytest.mark.parametrize(
    ("values", "resource", "server"),
    [
        ({}, "http://testserver/mcp", "http://localhost:3000/api/auth"),
        ({"TODO_MCP_URL": URL, "BETTER_AUTH_URL": "https://app.example.com"}, URL, "https://app.example.com/api/auth"),
        ({"TODO_JWT_ISSUER": "https://me.example"}, "http://testserver/mcp", "https://me.example"),
    ],
)
def test_the_metadata_says_who_issues_tokens_for_which_address(
    values: dict[str, str], resource: str, server: str, start: Start
) -> None:
    """RFC 9728, sections 2 and 3.2; no token is needed to read it."""
    client = start(TODO_MCP="true", **values)
    for path in (METADATA, METADATA.removesuffix("/mcp")):
        assert client.get(path).json() == {
            "resource": resource,
            "authorization_servers": [server],
            "bearer_methods_supported": ["header"],
        }


def test_a_slash_at_the_end_means_nothing(ann: TestClient) -> None:
    answer = ann.post("/mcp/", json=call("legacy", "list_tasks"), headers=HEADERS, follow_redirects=False)
    assert outcome(answer)["tasks"] == []


def test_a_prefix_of_the_settings_is_part_of_the_address(start: Start) -> None:
    client = start(TODO_MCP="true", TODO_ROOT_PATH="/todo")
    challenge = client.post("/mcp").headers["WWW-Authenticate"]
    assert challenge.endswith(f'resource_metadata="http://testserver/todo{METADATA}"')
    assert client.get(METADATA).json()["resource"] == "http://testserver/todo/mcp"


def test_the_challenge_leads_to_the_metadata_below_a_prefix_too(start: Start) -> None:
    client = start(TODO_MCP="true", TODO_MCP_URL="https://example.com/todo/mcp")
    challenge = client.post("/mcp", headers={"Host": "example.com"}).headers["WWW-Authenticate"]
    assert challenge.endswith(f'resource_metadata="https://example.com/todo{METADATA}"')


@pytest.mark.parametrize(
    "url",
    [
        "tasks.example.com/mcp",
        "ftp://tasks.example.com/mcp",
        "https://tasks.example.com/",
        "https://tasks.example.com/mcp/",
        "https://tasks.example.com/mcp?x=1",
        "https://tasks.example.com/mcp#x",
        "https://ann:word@tasks.example.com/mcp",
        "https://Tasks.example.com/mcp",
        "https://tasks.example.com:443/mcp",
    ],
)
def test_an_address_of_mcp_that_clients_would_write_otherwise_is_refused(url: str) -> None:
    """It is compared with what stands in tokens, character by character."""
    with pytest.raises(ValidationError, match=r"must be (the public|an) address"):
        settings(TODO_MCP_URL=url)


def test_without_the_extra_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("todo_web.settings.find_spec", lambda name: None)
    with pytest.raises(ValidationError, match=r"install '\.\[mcp\]'"):
        settings(TODO_MCP="true")
    assert not Settings(_env_file=None, BETTER_AUTH_SECRET=SECRET).mcp


@eras
@pytest.mark.parametrize(
    ("content", "changes", "status"),
    [
        (b"not json", {}, 400),
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b"[" * 60_000, {}, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "drop"}', {}, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}', {}, 400),
        (b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}', {}, 202),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', {}, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Accept": "text/html"}, 406),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": "' + b"x" * 70_000 + b'"}', {}, 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_call_is_refused_and_the_service_lives_on(
    era: Era, content: bytes, changes: dict[str, str], status: int | None, ann: TestClient
) -> None:
    """With an error of the protocol, or with a problem where the transport has none."""
    answer = ann.post("/mcp", content=content, headers=headers(era) | changes)
    assert status is None or answer.status_code == status
    assert answer.status_code < 500
    if answer.status_code != 202:
        assert answer.headers["Content-Type"] in {"application/json", "application/problem+json"}
        problem: dict[str, Any] = answer.json()
        assert "code" in problem or "code" in problem["error"]
    good = ann.post("/mcp", json=call(era, "list_tasks"), headers=headers(era, "list_tasks"))
    assert outcome(good)["tasks"] == []


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_sessions_and_no_streams(method: str, ann: TestClient) -> None:
    """Either would hold a connection for nothing. Who has no token is told where to get one in any case."""
    answer = ann.request(method, "/mcp", headers=HEADERS)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    without = ann.request(method, "/mcp", headers={"Authorization": ""})
    assert (without.status_code, "resource_metadata=" in without.headers["WWW-Authenticate"]) == (401, True)


@eras
def test_a_lone_surrogate_is_refused(era: Era, ann: TestClient) -> None:
    """As of an emoji that a program has cut in two."""
    sent = json.dumps(call(era, "add_task", title="\ud83d"))
    answer = ann.post("/mcp", content=sent, headers=headers(era, "add_task")).json()
    assert "error" in answer or answer["result"]["isError"]
    assert ann.get("/api/tasks").json() == []


@eras
def test_an_answer_stays_below_its_limit_and_the_cursor_goes_on(era: Era, ann: TestClient) -> None:
    """With texts that JSON writes at the greatest length, text and structure together."""
    for number in range(60):
        made = ann.post("/api/tasks", json={"title": f"{number:03}" + "😀" * 197, "description": '"\\😀\n' * 249 + "."})
        assert made.status_code == 201
    titles, cursor = [], None
    while True:
        sent = call(era, "list_tasks", cursor=cursor)
        answer = ann.post("/mcp", json=sent, headers=headers(era, "list_tasks"))
        assert len(answer.content) <= 48 * 1024
        page = outcome(answer)
        titles += [task["title"][:3] for task in page["tasks"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert 1 <= len(page["tasks"]) < 50
    assert titles == [f"{number:03}" for number in range(60)]
    whole = ann.post("/mcp", json=call(era, "list_tasks", task_id=1), headers=headers(era, "list_tasks"))
    assert len(whole.content) <= 48 * 1024


@eras
def test_a_violation_is_the_event_that_it_is_on_the_other_routes(
    era: Era, ann: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    ann.post("/api/tasks", json={"title": "Bob's"}, headers=bearer("bob"))
    sent = headers(era, "delete_task")
    foreign = ann.post("/mcp", json=call(era, "delete_task", task_id=1), headers=sent)
    missing = ann.post("/mcp", json=call(era, "delete_task", task_id=9), headers=sent)
    assert foreign.content == missing.content
    (event,) = events(caplog)
    assert {name: event[name] for name in ("event", "reason", "user_id", "route", "client", "request_id")} == {
        "event": "authorization_violation",
        "reason": "foreign_task",
        "user_id": "ann",
        "route": "/mcp",
        "client": "192.0.2.1",
        "request_id": foreign.headers["X-Request-ID"],
    }


@eras
def test_a_store_that_is_stopped_is_told_as_that(era: Era, tmp_path: Path) -> None:
    storage = containers.DynamicContainer()
    storage.repository = providers.Resource(open_stopped, tmp_path / "tasks.db")
    with TestClient(create_app(settings(TODO_MCP="true"), storage), headers=bearer()) as client:
        for tool, arguments in (("add_task", {"title": "x"}), ("list_tasks", {}), ("delete_task", {"task_id": 1})):
            sent = call(era, tool, **arguments)
            result = client.post("/mcp", json=sent, headers=headers(era, tool)).json()["result"]
            assert result["isError"]
            assert result["content"][0]["text"].startswith(("storage_unavailable: ", "unexpected_error: "))
            assert "Traceback" not in str(result)
