"""Fields that nobody reads: ignored beside one that is read, and always named; refused where nothing is read."""

import json
import re
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import Start
from tests.web.test_service import contracts, serve, tasks_path
from todo_web.body import FIELDS, READ_ONLY
from todo_web.contracts import CONTRACTS, Contract
from todo_web.ignored_fields import IGNORED

EXTRA: dict[str, object] = {
    "priority": "medium",
    "due_date": None,
    "tags": [],
    "dueDate": "2026-01-02",
    "reminder_offset": 5,
}
NAMED = "priority, due_date, tags, dueDate, reminder_offset"


@contracts
def test_what_is_not_known_is_ignored_beside_what_is_and_named(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    created = client.post(path, json={"title": "x", "description": "", **EXTRA})
    assert (created.status_code, created.headers[IGNORED]) == (201, NAMED)
    task = created.json()
    assert (task["title"], task["description"], task.keys() & EXTRA.keys()) == ("x", None, set())
    for method in ("PUT", "PATCH"):
        updated = client.request(method, f"{path}/1", json={**task, "title": method, **EXTRA})
        assert (updated.status_code, updated.headers[IGNORED], updated.json()["title"]) == (200, NAMED, method)


@contracts
def test_a_body_in_which_nothing_is_known_changes_nothing_and_says_so(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    made = client.post(path, json={"title": "x"}).json()
    for body in ({"status": "completed"}, {"is_completed": True}, {"id": 7, "status": "completed"}, EXTRA):
        for method, target in (("POST", path), ("PUT", f"{path}/1"), ("PATCH", f"{path}/1")):
            answer = client.request(method, target, json=body)
            assert (answer.status_code, answer.json()["code"]) == (contract.invalid_input_status, "unknown_field")
            assert IGNORED not in answer.headers
    assert client.get(path).json() == [made]


@contracts
def test_what_was_received_is_ignored_without_a_word(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    task = client.post(path, json={"title": "x"}).json()
    for body in (task, {"id": 9, "completed_at": None}, {}):
        answer = client.put(f"{path}/1", json=body)
        assert (answer.status_code, answer.json(), IGNORED in answer.headers) == (200, task, False)


@contracts
def test_a_completion_body_is_read_as_tolerantly(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    one = f"{path}/1/{contract.completion}"
    answer = client.patch(one, json={"completed": True, "edit_scope": "this"})
    assert (answer.status_code, answer.json()["completed"], answer.headers[IGNORED]) == (200, True, "edit_scope")
    for body in ({"edit_scope": "this"}, {"title": "x"}, {"id": 1, "done": True}):
        assert client.patch(one, json=body).status_code == contract.invalid_input_status
    assert client.get(f"{path}/1").json()["completed"] is True


@contracts
@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (None, {}),
        (b"{}", {"Content-Type": "application/json"}),
        (b"null", {"Content-Type": "application/json"}),
        (None, {"Content-Type": "application/json"}),
        (iter([b""]), {"Content-Type": "application/json"}),
        (iter([b""]), {}),
    ],
    ids=[
        "nothing",
        "{}",
        "null, as of axios",
        "a type alone",
        "an empty body in chunks",
        "an empty body in chunks of no type",
    ],
)
def test_a_completion_needs_no_body(
    start: Start, contract: Contract, content: bytes | None, headers: dict[str, str]
) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    answer = client.patch(f"{path}/1/{contract.completion}", content=content, headers=headers)
    assert (answer.status_code, answer.json()["completed"]) == (200, True)


def test_every_name_is_repeated_as_in_a_url_up_to_twenty(start: Start) -> None:
    client = serve(start, by_name("backend-todo-api"))
    strange = {
        "a b": "a%20b",
        "é": "%C3%A9",
        "a\r\nX: y": "a%0D%0AX:%20y",
        "y" * 65: "y" * 64,
        "é" * 30: "%C3%A9" * 10,
        "1st": "1st",
        "a,b": "a%2Cb",
    }
    many = [f"field{n}" for n in range(30)]
    body = {"title": "x", "": None, **dict.fromkeys([*strange, *many])}
    answer = client.post("/api/tasks", json=body)
    assert answer.status_code == 201
    assert answer.headers[IGNORED].split(", ") == [*strange.values(), *many[:13]]


@contracts
def test_half_an_emoji_is_told_as_that(start: Start, contract: Contract) -> None:
    """What a front end sends that cuts a text by UTF-16 units; Python's client would not."""
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "kept"})
    bodies = {
        b'{"title": "abc\\ud83d"}': "/title",
        b'{"title": "x", "description": "\\udc4d"}': "/description",
        b'{"title": "x", "tags": [{"name": "\\ud83d x"}]}': "/tags",
        b'{"title": "x", "a b": "\\ud83d"}': "",
        b'{"\\ud83d": "x"}': "",
    }
    for body, pointer in bodies.items():
        for method, target in (("POST", path), ("PUT", f"{path}/1"), ("PATCH", f"{path}/1")):
            problem = client.request(method, target, content=body, headers={"Content-Type": "application/json"}).json()
            assert (problem["status"], problem["code"]) == (contract.invalid_input_status, "not_unicode")
            assert [error["pointer"] for error in problem["errors"]] == [pointer]
            assert "half a character" in problem["message"]
    assert [task["title"] for task in client.get(path).json()] == ["kept"]


NAMES = st.sampled_from([*FIELDS, *READ_ONLY, *EXTRA]) | st.text(max_size=4)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.booleans(), max_size=2)


def test_no_body_is_half_read(start: Start) -> None:
    """Whatever is sent: it is refused and changes nothing, or all that is known in it is done and the rest is named."""
    client = serve(start, by_name("fastapi-todo-backend"))

    @given(st.dictionaries(NAMES, VALUES, max_size=6))
    def send(body: dict[str, object]) -> None:
        before = client.post("/tasks", json={"title": "before"}).json()
        path = f"/tasks/{before['id']}"
        answer = client.put(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
        unknown = [name for name in body if name not in FIELDS and name not in READ_ONLY]
        if answer.status_code != 200:
            assert answer.status_code == 422
            assert client.get(path).json() == before
            return
        assert not unknown or body.keys() & FIELDS.keys()
        for name in body.keys() & {"title", "completed"}:
            assert answer.json()[name] == (str(body[name]).strip() if name == "title" else body[name])
        named = answer.headers.get(IGNORED, "").split(", ") if IGNORED in answer.headers else []
        assert len(named) == len([name for name in unknown if name])
        for shown, name in zip(named, filter(None, unknown), strict=True):
            assert re.fullmatch(r"[!-+\--~]{1,64}", shown)
            assert name.startswith(unquote(shown, errors="strict"))
            assert len(shown) > 64 - len(quote("🦊")) or unquote(shown) == name

    send()


def by_name(name: str) -> Contract:
    return next(contract for contract in CONTRACTS if contract.name == name)
