"""What holds whatever is served: conflicts, long lists, the trash, unknown paths, problems, CORS, request ids.

What each contract promises, on each store, is in ``tests/contracts/test_interface.py``.
"""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer, settings
from tests.web.conftest import Start
from tests.web.test_service import contracts, serve, tasks_path
from todo_core.query import PAGE_LIMIT
from todo_core.synchronous import run_now
from todo_core.task import NewTask
from todo_web.app import create_app
from todo_web.contracts import Contract
from todo_web.endpoints import CHUNK

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ORIGIN = "http://localhost:3000"


@contracts
def test_a_conflict_tells_the_version(start: Start, contract: Contract) -> None:
    """Of a task in the trash nothing else does; asking by a version that cannot be changes nothing."""
    client, one = serve(start, contract), f"{tasks_path(contract)}/1"
    client.post(tasks_path(contract), json={"title": "x"})
    client.put(one, json={"title": "y"})
    assert client.put(one, json={"title": "z"}, headers={"If-Match": '"1"'}).headers["etag"] == '"2"'
    client.delete(one)
    trashed = client.post(f"{one}/restore", headers={"If-Match": '"0"'})
    if contract.policy.deletion_permanent:
        assert (trashed.status_code, "etag" in trashed.headers) == (404, False)
    else:
        assert (trashed.status_code, trashed.headers["etag"], client.get(one).status_code) == (412, '"3"', 404)


def test_a_long_list_is_whole(client: TestClient) -> None:
    """Very long lists are sent in steps; the seams must not show."""
    repository = client.app.state.container.storage.repository()  # type: ignore[attr-defined]
    there = 0
    for total in (CHUNK, CHUNK + 1, PAGE_LIMIT, PAGE_LIMIT + 1, 8 * CHUNK, 8 * CHUNK + 1):
        drafts = [NewTask("ann", f"task {n}", None, None, NOW, NOW) for n in range(there, total)]
        there = total
        run_now(repository.add_all("ann", drafts))
        assert [task["id"] for task in client.get("/tasks").json()] == list(range(1, total + 1))
        assert [task["id"] for task in client.get("/tasks?offset=7").json()] == list(range(8, total + 1))


def test_filters_and_the_trash(start: Start) -> None:
    client = start(TODO_CONTRACTS="backend-todo-api,fastapi-todo-backend")
    client.headers.update(bearer())
    for title, done in (("open", False), ("done", True), ("gone", False)):
        client.post("/api/tasks", json={"title": title, "completed": done})
    client.delete("/api/tasks/3")
    shown = {
        query: [task["title"] for task in client.get(f"/api/tasks?{query}").json()]
        for query in (
            *("", "status=all", "status=pending", "status=completed", "status=deleted", "completed=false"),
            *("status=all&completed=true", "status=pending&completed=false"),
        )
    }
    assert shown == {
        "": ["open", "done"],
        "status=all": ["open", "done"],
        "status=pending": ["open"],
        "status=completed": ["done"],
        "status=deleted": ["gone"],
        "completed=false": ["open"],
        "status=all&completed=true": ["done"],
        "status=pending&completed=false": ["open"],
    }
    assert client.get("/tasks/3").status_code == client.delete("/tasks/3").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/tasks", "GET, HEAD, POST"),
        ("POST", "/tasks/1", "DELETE, GET, HEAD, PATCH, PUT"),
        ("GET", "/tasks/1/toggle", "PATCH, POST"),
        ("POST", "/docs", "GET, HEAD"),
        ("POST", "/docs/assets/swagger-ui.css", "GET, HEAD"),
        ("DELETE", "/health/live", "GET, HEAD"),
        ("OPTIONS", "/api/tasks", "GET, HEAD, POST"),
    ],
)
def test_405_lists_every_method_of_the_path(client: TestClient, method: str, path: str, allow: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/nope",
        "/tasks//",
        "/tasks%2F",
        "/tasks/1/2/3",
        "/api",
        "/docs/assets/nope.js",
        "/docs/assets/../../settings.py",
    ],
)
def test_an_unknown_path_is_404_without_asking_for_a_token(start: Start, path: str) -> None:
    answer = start().get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "www-authenticate" not in answer.headers
    assert answer.json()["detail"] == "Nothing is served at this path; /docs shows what is."


def test_a_problem_says_what_and_where(client: TestClient) -> None:
    answer = client.get("/tasks/7?q=%3Cscript%3E", headers={"X-Request-ID": "r-1"})
    assert answer.json() == {
        "type": "urn:todo:problem:task_not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "Task not found.",
        "message": "Task not found.",
        "instance": "/tasks/7",
        "code": "task_not_found",
        "request_id": "r-1",
    }


def test_every_answer_has_an_id_and_is_not_sniffed(client: TestClient) -> None:
    for path in ("/tasks", "/nope", "/docs", "/health/live", "/tasks/1"):
        answer = client.get(path, headers={"X-Request-ID": "Abc.1_2-3"})
        assert answer.headers["x-request-id"] == "Abc.1_2-3"
        assert answer.headers["x-content-type-options"] == "nosniff"
    made = {client.get("/tasks").headers["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    for harmful in ("a b", "x" * 129, "<script>", ""):
        assert client.get("/tasks", headers={"X-Request-ID": harmful}).headers["x-request-id"] not in {harmful, ""}


def test_nobody_keeps_an_answer_that_may_be_stale(client: TestClient) -> None:
    """A cache between a monitor and the service, or between two users, would tell what was true before."""
    for path in ("/health", "/health/live", "/health/ready"):
        assert client.get(path).headers["cache-control"] == "no-store"
    for path, status in (("/", 404), ("/tasks/7", 404), ("/tasks?limit=0", 422), ("/tasks/1/toggle", 405)):
        error = client.get(path)
        assert (error.status_code, error.headers["cache-control"]) == (status, "no-store")
    task = client.post("/tasks", json={"title": "x"})
    for answer in (client.get("/tasks"), client.get("/tasks?limit=1")):
        assert answer.headers["cache-control"] == "private, no-cache"
    # Compressed on the way, its ETag would be weak (RFC 9111, section 5.2.2.6).
    for answer in (task, client.get("/tasks/1"), client.get("/tasks/1", headers={"If-None-Match": '"1"'})):
        assert answer.headers["cache-control"] == "private, no-cache, no-transform"


def test_an_allowed_page_may_read_every_answer(start: Start) -> None:
    client = start()
    for path, status in (("/tasks", 401), ("/nope", 404), ("/health/live", 200)):
        answer = client.get(path, headers={"Origin": ORIGIN})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in answer.headers["vary"]
        exposed = answer.headers["access-control-expose-headers"]
        assert "WWW-Authenticate" in exposed
        assert "ETag" in exposed
        assert "Ignored-Fields" in exposed
        assert answer.headers["access-control-allow-credentials"] == "true"


def test_another_page_may_not(start: Start) -> None:
    client = start(TODO_CORS_ORIGINS="https://a.example, https://b.example:8443")
    for origin, allowed in (
        ("https://a.example", True),
        ("https://b.example:8443", True),
        ("https://a.example.evil", False),
        ("null", False),
        (ORIGIN, False),
    ):
        answer = client.get("/health/live", headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert answer.headers.get("access-control-allow-origin") != "*"
        assert "Origin" in answer.headers["vary"]


def test_a_preflight_needs_no_token(start: Start) -> None:
    client = start()
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    wanted = headers | {"Access-Control-Request-Headers": "authorization,content-type,if-match,idempotency-key"}
    answer = client.options("/tasks/1", headers=wanted)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-credentials"] == "true"
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        assert client.options("/tasks/1", headers=wanted | {"Access-Control-Request-Method": method}).status_code == 200
    for refused in ({"Access-Control-Request-Headers": "x-evil"}, {"Origin": "https://evil.example"}):
        answer = client.options("/tasks/1", headers=headers | refused)
        assert (answer.status_code, answer.json()["code"]) == (400, "cors_refused")
        assert "access-control-allow-origin" not in answer.headers


def test_a_refused_preflight_is_logged_with_what_would_allow_it(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    client = start()
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    for wanted in (
        {"Origin": "https://b.example"},
        {"Access-Control-Request-Headers": "content-type, x-mine"},
        {"Access-Control-Request-Method": "TRACE"},
    ):
        assert client.options("/tasks", headers=asked | wanted).status_code == 400
    origin, header, method = [vars(record) for record in caplog.records if record.message == "cors_refused"]
    assert (origin["origin"], origin["setting"]) == ("https://b.example", "TODO_CORS_ORIGINS")
    assert header["headers"] == "x-mine"
    assert "content-type" in header["allowed_headers"]
    assert "setting" not in header
    assert (method["method"], "PATCH" in method["allowed_methods"]) == ("TRACE", True)
    assert origin["request_id"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:5173", True),
        ("https://localhost", True),
        ("http://app.localhost:8080", True),
        ("http://127.0.0.1:3000", True),
        ("http://127.1.2.3", True),
        ("http://[::1]:4200", True),
        ("capacitor://localhost", True),
        ("tauri://localhost", True),
        (ORIGIN, True),
        ("https://localhost.evil.example", False),
        ("http://evil.example", False),
        ("http://notlocalhost:3000", False),
        ("http://127.0.0.1.evil.example", False),
        ("capacitor://evil.example", False),
        ("null", False),
    ],
)
def test_in_development_the_pages_of_this_machine_may_call(origin: str, *, allowed: bool) -> None:
    with TestClient(create_app(settings(), development=True)) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        assert client.options("/tasks/1", headers=asked).status_code == (200 if allowed else 400)
        answer = client.get("/health/live", headers={"Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)


def test_an_origin_may_be_written_with_a_slash(start: Start) -> None:
    client = start(TODO_CORS_ORIGINS="https://a.example/, https://b.example:8443/")
    for origin in ("https://a.example", "https://b.example:8443"):
        answer = client.get("/health/live", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://obsidian.md",
            "com.example.todo://app",
        ),
        *(
            "chrome-extension://nngceckbapebfimnlniiiahkandclblb",
            "moz-extension://77250cbb-8310-4fb3-826e-1a9e44c66dbc",
        ),
    ],
)
def test_a_program_with_pages_in_it_may_call(start: Start, origin: str) -> None:
    """On a phone, a desktop or in a browser's extension; it is an origin like any other."""
    client = start(TODO_CORS_ORIGINS=f"https://a.example,{origin}")
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    assert client.options("/tasks/1", headers=asked).headers["access-control-allow-origin"] == origin
    answer = client.get("/health/live", headers={"Origin": f"{origin}x"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_public_page_may_call_a_service_on_a_private_network(start: Start) -> None:
    """Browsers ask for that in the preflight request (https://wicg.github.io/private-network-access/)."""
    client = start()
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Private-Network": "true"}
    allowed = client.options("/tasks/1", headers={"Origin": ORIGIN, **asked})
    assert (allowed.status_code, allowed.headers["access-control-allow-private-network"]) == (200, "true")
    refused = client.options("/tasks/1", headers={"Origin": "https://evil.example", **asked})
    assert refused.status_code == 400
    assert "access-control-allow-private-network" not in refused.headers


@pytest.mark.parametrize(
    "names", ["traceparent,tracestate", "baggage,sentry-trace", "x-requested-with", "cache-control,pragma"]
)
def test_a_page_may_send_what_libraries_add_to_each_request(start: Start, names: str) -> None:
    """Its author does not know of it, and cannot always leave it out."""
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    wanted = {"Access-Control-Request-Headers": f"authorization,{names}"}
    assert start().options("/tasks", headers=asked | wanted).status_code == 200


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "https://a.example/path",
        "a.example",
        "ftp://a.example",
        "https://A.example",
        "https://a.example//",
        "null",
        "file://",
        "capacitor://",
        "capacitor://localhost/index.html",
        "ws://a.example",
    ],
)
def test_an_origin_that_is_none_is_refused(start: Start, origins: str) -> None:
    with pytest.raises(ValueError, match=r"origins|an address"):
        start(TODO_CORS_ORIGINS=origins)
