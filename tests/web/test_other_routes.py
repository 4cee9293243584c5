"""Paths and methods that contracts do not publish and clients use all the same."""

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.support.service import bearer
from tests.web.conftest import Start
from tests.web.test_service import contracts, serve, tasks_path
from todo_web.contracts import Contract


def completed(client: TestClient, path: str) -> bool:
    state: bool = client.get(path).json()["completed"]
    return state


@contracts
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_every_contract_toggles_completes_and_reopens(start: Start, contract: Contract, method: str) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})

    def state(action: str) -> bool:
        answer = client.request(method, f"{path}/1/{action}")
        assert answer.status_code == 200
        assert answer.json() == client.get(f"{path}/1").json()
        return bool(answer.json()["completed"])

    assert [state("toggle"), state("toggle"), state("toggle")] == [True, False, True]
    assert [state("uncomplete"), state("uncomplete")] == [False, False]
    assert [state("complete"), state("complete")] == [True, contract.completion_marks]
    assert [state("uncomplete"), state(contract.completion)] == [False, True]


@contracts
def test_a_body_says_the_same_on_every_such_route(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    for action in ("toggle", "complete"):
        for wanted in (True, True, False, False):
            answer = client.post(f"{path}/1/{action}", json={"completed": wanted, "edit_scope": "this"})
            assert (answer.status_code, answer.json()["completed"]) == (200, wanted)
            assert answer.headers["ignored-fields"] == "edit_scope"
    client.put(f"{path}/1", json={"completed": True})
    for body in ({"edit_scope": "this"}, {"completed": 1}, {"completed": True}):
        answer = client.post(f"{path}/1/uncomplete", json=body)
        assert answer.status_code == contract.invalid_input_status
    assert completed(client, f"{path}/1")
    assert client.patch(f"{path}/1/uncomplete", json={"completed": False}).json()["completed"] is False


@contracts
def test_such_a_route_guards_versions_and_owners(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(tasks_path(contract, "bob"), json={"title": "private"}, headers=bearer("bob"))
    client.post(path, json={"title": "x"})
    for action in ("toggle", "complete", "uncomplete"):
        stale = client.post(f"{path}/2/{action}", headers={"If-Match": '"9"'})
        foreign = client.post(f"{path}/1/{action}")
        assert (stale.status_code, client.post(f"{path}/99/{action}").status_code) == (412, 404)
        assert foreign.status_code == (403 if contract.policy.stranger_forbidden else 404)
    assert completed(client, f"{path}/2") is False


@contracts
def test_the_document_shows_the_contracts_own_routes_only(start: Start, contract: Contract) -> None:
    paths = serve(start, contract).get("/openapi.json").json()["paths"]
    own = {contract.base_path, f"{contract.base_path}/{{task_id}}"}
    own.add(f"{contract.base_path}/{{task_id}}/{contract.completion}")
    if not contract.policy.deletion_permanent:
        own.add(f"{contract.base_path}/{{task_id}}/restore")
    assert set(paths) == own | {"/health/live", "/health/ready"}
    assert set(paths[f"{contract.base_path}/{{task_id}}/{contract.completion}"]) == {"patch"}
    assert all("head" not in operations for operations in paths.values())


@contracts
def test_a_slash_at_the_end_names_the_same_resource(start: Start, contract: Contract) -> None:
    """At once: a redirect would lose the token in many clients. No answer repeats the slash."""
    client, path = serve(start, contract), tasks_path(contract)
    client.follow_redirects = False
    created = client.post(f"{path}/", json={"title": "x"})
    assert (created.status_code, created.headers["location"]) == (201, f"{path}/1")
    client.post(path, json={"title": "y"})
    assert client.get(f"{path}/").json() == client.get(path).json()
    link = client.get(f"{path}/?limit=1").headers["link"]
    assert link.startswith(f"<{path}?limit=1&cursor=")
    assert client.get(f"{path}/1/").json() == created.json()
    assert client.put(f"{path}/1/", json={"title": "z"}).json()["title"] == "z"
    for action in (contract.completion, "toggle", "complete", "uncomplete"):
        assert client.patch(f"{path}/1/{action}/").status_code == 200
    missing = client.get(f"{path}/99/")
    assert (missing.status_code, missing.json()["instance"]) == (404, f"{path}/99")
    assert client.delete(f"{path}/1/").status_code == 204
    assert client.get(f"{path}//").status_code == 404


def test_an_escaped_slash_is_no_slash(start: Start) -> None:
    client = start()
    client.headers.update(bearer())
    for path in ("/tasks%2F", "/tasks/1%2f", "/api/tasks%2F"):
        assert client.get(path).status_code == 404
    assert client.get("/api/ann%2F/tasks").status_code == 404


@pytest.mark.parametrize("path", ["/health/", "/health/live/", "/health/ready/", "/docs/", "/openapi.json/"])
def test_routes_outside_the_contracts_may_have_the_slash_too(start: Start, path: str) -> None:
    client = start()
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.content) == (200, client.get(path[:-1]).content)


def test_health_is_health_live(start: Start) -> None:
    answer = start().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@contracts
def test_head_is_get_without_its_body(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    for title in ("x", "y"):
        client.post(path, json={"title": title})
    paths = [path, f"{path}?limit=1", f"{path}/1", f"{path}/99", f"{path}?limit=0", f"{path}/", "/openapi.json"]
    paths += ["/health", "/health/live", "/health/ready", "/docs", "/docs/assets/swagger-ui.css", "/nope"]
    for one in paths:
        for headers in ({}, {"If-None-Match": '"1"'}):
            same = {**headers, "X-Request-ID": "r"}
            got, head = client.get(one, headers=same), client.head(one, headers=same)
            assert (head.status_code, head.content) == (got.status_code, b""), one
            assert dict(head.headers) == dict(got.headers), one
            assert "content-length" in head.headers or head.status_code == 304
    assert client.head(path, headers={"Authorization": ""}).status_code == 401


def test_head_is_answered_wherever_get_is(start: Start) -> None:
    client = start()
    answered: dict[str, set[str]] = {}
    for context in iter_route_contexts(client.app.routes):  # type: ignore[attr-defined]
        answered.setdefault(str(context.path), set()).update(context.methods or {"GET", "HEAD"})
    assert len(answered) > 15
    assert [path for path, methods in answered.items() if "GET" in methods and "HEAD" not in methods] == []
