"""What a client must not send: refused with the contract's status, echoed never."""

import json

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer
from tests.web.conftest import Start
from tests.web.test_service import contracts, serve, tasks_path
from todo_web.body import BODY_LIMIT
from todo_web.contracts import Contract

MALFORMED = {
    "nothing": b"",
    "not JSON": b"secretinput",
    "half": b'{"title": "secretinput',
    "NaN": b'{"title": "secretinput", "id": NaN}',
    "Infinity": b'{"title": "secretinput", "completed": Infinity}',
    "lone surrogate": b'{"title": "secretinput \\ud800"}',
    "not UTF-8": b'{"title": "secretinput \xff"}',
    "an array": b'["secretinput"]',
    "a text": b'"secretinput"',
    "null": b"null",
    "deep": b'{"title": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "two byte order marks": b'\xef\xbb\xbf\xef\xbb\xbf{"title": "secretinput"}',
    "UTF-16": '{"title": "secretinput"}'.encode("utf-16"),
    "control character": b'{"title": "secretinput \x00"}',
}
INVALID = {
    "number as title": {"title": 7},
    "object as title": {"title": {"secretinput": 1}},
    "blank title": {"title": " \u200b"},
    "empty title": {"title": ""},
    "NUL": {"title": "secretinput\x00"},
    "escape": {"title": "secretinput\x1b[31m"},
    "two lines": {"title": "secretinput\nsecond"},
    "long title": {"title": "secretinput" * 50},
    "long description": {"title": "x", "description": "secretinput" * 100},
    "number as description": {"title": "x", "description": 7},
    "text as completed": {"title": "x", "completed": "true"},
    "number as completed": {"title": "x", "completed": 1},
    "null as completed": {"title": "x", "completed": None},
    "unknown field": {"prioritty": "secretinput"},
    "unknown and read-only fields": {"id": 7, "user_id": "ann", "status": "completed"},
    "version": {"version": 2},
    "deleted_at": {"deleted_at": None},
    "a name that is none": {"a b": "secretinput"},
}


@contracts
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_is_not_json_is_refused(start: Start, contract: Contract, content: bytes) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    for method, target in (("POST", path), ("PUT", f"{path}/1"), ("PATCH", f"{path}/1")):
        answer = client.request(method, target, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == contract.invalid_input_status
        assert answer.headers["content-type"] == "application/problem+json"
        assert "secretinput" not in answer.text
    assert len(client.get(path).json()) == 1


@contracts
@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID)
def test_a_value_that_breaks_a_rule_is_refused(start: Start, contract: Contract, body: dict[str, object]) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    made = client.post(path, json={"title": "kept"})
    for method, target in (("POST", path), ("PUT", f"{path}/1"), ("PATCH", f"{path}/1"), ("PUT", f"{path}/99")):
        answer = client.request(method, target, content=json.dumps(body), headers={"Content-Type": "application/json"})
        problem = answer.json()
        assert answer.status_code == problem["status"] == contract.invalid_input_status
        assert problem["errors"][0]["detail"] == problem["detail"]
        assert "secretinput" not in answer.text
    assert client.get(path).json() == [made.json()]


def test_every_wrong_field_is_named(client: TestClient) -> None:
    problem = client.post("/tasks", json={"title": 1, "completed": 1, "colour": "red"}).json()
    assert {error["pointer"] for error in problem["errors"]} == {"/title", "/completed"}
    problem = client.post("/tasks", json={"id": 7, "colour": "red", "a b": 1}).json()
    assert [error["pointer"] for error in problem["errors"]] == ["/colour", ""]
    assert "colour" in str(problem["errors"])
    assert "a b" not in str(problem["errors"])


def test_of_many_unknown_fields_the_first_are_named(client: TestClient) -> None:
    problem = client.put("/tasks/1", json={f"field{n}": n for n in range(1000)}).json()
    assert [error["pointer"] for error in problem["errors"]] == [f"/field{n}" for n in range(20)]


def test_what_was_received_can_be_sent_back(client: TestClient) -> None:
    task = client.post("/tasks", json={"title": "x", "completed": True}).json()
    answer = client.put("/tasks/1", json=task)
    assert (answer.status_code, answer.json()) == (200, task)
    assert answer.headers["etag"] == '"1"'
    assert client.post("/tasks", json=task).json()["id"] == 2


@contracts
def test_a_title_of_null_or_none(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    generated = 201 if contract.policy.title_generated else contract.invalid_input_status
    bodies: list[dict[str, object]] = [{}, {"title": None}, {"description": "first\nsecond"}]
    for body in bodies:
        answer = client.post(path, json=body)
        assert answer.status_code == generated
    client.post(path, json={"title": "x"})
    assert client.put(f"{path}/1", json={"title": None}).status_code == contract.invalid_input_status
    assert client.put(f"{path}/1", json={}).status_code == 200


@contracts
def test_limits_are_those_of_the_contract(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    title, description = "🎅" * contract.policy.title_limit, "é" * contract.policy.description_limit
    assert client.post(path, json={"title": f" {title} ", "description": description}).status_code == 201
    for body in ({"title": title + "x"}, {"title": "x", "description": description + "x"}):
        assert client.post(path, json=body).status_code == contract.invalid_input_status


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/jsonx",
        "application/json; charset=",
        "application/json charset=utf-8",
        "application/json;;; version=1",
        "application/json;" + " " * 30_000 + "x",
    ],
)
def test_anything_but_json_is_415(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    for method, path in (("POST", "/tasks"), ("PUT", "/tasks/1"), ("PATCH", "/tasks/1/toggle")):
        answer = client.request(method, path, content=b'{"title": "x"}', headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type",
    [
        *("application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'),
        *("application/json;", "application/json ; ", "application/json;\t;charset=utf-8;"),
    ],
)
def test_json_may_say_its_charset(client: TestClient, content_type: str) -> None:
    answer = client.post("/tasks", content=b'{"title": "\xc3\xa9"}', headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["title"]) == (201, "é")


def test_a_byte_order_mark_before_json_is_ignored(client: TestClient) -> None:
    """Windows PowerShell and editors write one into files, which are sent as they are (RFC 8259, section 8.1)."""
    body = b'\xef\xbb\xbf{"title": "\xc3\xa9"}'
    answer = client.post("/tasks", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (201, "é")
    done = b'\xef\xbb\xbf{"completed": true}'
    answer = client.patch("/tasks/1/toggle", content=done, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["completed"]) == (200, True)


def test_another_coding_of_characters_is_told(client: TestClient) -> None:
    """Windows PowerShell sends ISO 8859-1, and says so or not."""
    for content_type, status in (("application/json", 422), ("application/json; charset=iso-8859-1", 415)):
        answer = client.post("/tasks", content=b'{"title": "Br\xf6t"}', headers={"Content-Type": content_type})
        assert answer.status_code == status
        assert "UTF-8" in answer.json()["detail"]


def test_a_large_body_is_413_also_in_chunks(client: TestClient) -> None:
    body = json.dumps({"title": "x", "description": "y" * 1_000_000}).encode()
    headers = {"Content-Type": "application/json"}
    whole = client.post("/tasks", content=body, headers=headers)
    chunked = client.post("/tasks", content=(body[i : i + 1000] for i in range(0, len(body), 1000)), headers=headers)
    assert (whole.status_code, chunked.status_code) == (413, 413)
    just_fits = b'{"title": "x"' + b" " * (BODY_LIMIT - 14) + b"}"
    assert len(just_fits) == BODY_LIMIT
    assert client.post("/tasks", content=just_fits, headers=headers).status_code == 201


def test_checks_come_in_their_order(start: Start) -> None:
    """Token, path user, media type, size, input, task, version."""
    client = start(TODO_CONTRACTS="backend-api")
    large, json_type = b"x" * (BODY_LIMIT + 1), {"Content-Type": "application/json"}
    assert client.put("/api/bob/tasks/9", content=large).status_code == 401
    client.headers.update(bearer("ann"))
    assert client.put("/api/bob/tasks/9", content=large).status_code == 403
    assert client.put("/api/ann/tasks/9", content=large).status_code == 415
    assert client.put("/api/ann/tasks/9", content=large, headers=json_type).status_code == 413
    assert client.put("/api/ann/tasks/9", content=b"x", headers=json_type).status_code == 400
    assert client.put("/api/ann/tasks/9", json={"title": ""}).status_code == 400
    stale = {"If-Match": '"9"'}
    assert client.put("/api/ann/tasks/9", json={"title": "x"}, headers=stale).status_code == 404
    client.post("/api/ann/tasks", json={"title": "x"})
    assert client.put("/api/ann/tasks/1", json={"title": ""}, headers=stale).status_code == 400
    assert client.put("/api/ann/tasks/1", json={"title": "x"}, headers=stale).status_code == 412


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=1001", "limit=-1", "limit=1_0", "limit=", "limit=ten", "sort=colour", "sort=", "status=open",
        "completed=yes", "completed=1", "completed=True", "completed=true&status=pending", "cursor=", "cursor=abc",
        "cursor=AAAAAAAAAAAAAAAA", f"q={'x' * 201}", "q=%00", "status=deleted", "cursor=%C3%A9",
    ],
)  # fmt: skip
def test_a_bad_parameter_is_refused(start: Start, query: str) -> None:
    client = start(TODO_CONTRACTS="backend-api,fastapi-todo-backend")
    client.headers.update(bearer())
    for path, status in (("/api/ann/tasks", 400), ("/tasks", 422)):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == status
        assert answer.json()["errors"][0]["pointer"] == f"/{query.split('=', maxsplit=1)[0]}"


def test_a_completion_body_is_read_strictly(client: TestClient) -> None:
    client.post("/tasks", json={"title": "x"})
    bodies: list[object] = [{"completed": None}, {"completed": 1}, {"done": True}, {"title": "x"}, []]
    for body in bodies:
        assert client.patch("/tasks/1/toggle", json=body).status_code == 422
    assert client.patch("/tasks/1/toggle", json={}).json()["completed"] is True
