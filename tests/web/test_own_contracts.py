"""What a contract of a deployment's own changes: envelopes, names of fields, texts for states, answers to deletions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.documented_contracts import contract_file
from tests.support.service import bearer
from tests.web.conftest import Start
from todo_web.endpoints import CHUNK


def serve(start: Start, folder: Path, keys: str, base: str = "fastapi-backend-crud", **values: object) -> TestClient:
    """Serve one contract at /todos, and send Ann's token with each request."""
    file = folder / "contract.toml"
    file.write_text(f'[own]\nextends = "{base}"\nbase_path = "/todos"\n{keys}\n', encoding="utf-8")
    client = start(TODO_CONTRACT_FILE=str(file), **values)
    client.headers.update(bearer())
    return client


ENVELOPES = {
    '{ tasks = "tasks" }': '{"tasks":[*]}',
    '{ tasks = "items", total = "total" }': '{"items":[*],"total":#}',
    '{ tasks = "data.tasks" }': '{"data":{"tasks":[*]}}',
    '{ tasks = "data.tasks", total = "data.total" }': '{"data":{"tasks":[*],"total":#}}',
    '{ tasks = "data.tasks", total = "total" }': '{"data":{"tasks":[*]},"total":#}',
    '{ tasks = "tasks", total = "meta.page.total" }': '{"tasks":[*],"meta":{"page":{"total":#}}}',
    '{ tasks = "a.b.tasks", total = "a.c.total" }': '{"a":{"b":{"tasks":[*]},"c":{"total":#}}}',
    '{ total = "a.n", tasks = "a.b.c.tasks" }': '{"a":{"b":{"c":{"tasks":[*]}},"n":#}}',
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_list_is_in_its_envelope_however_long_it_is(start: Start, tmp_path: Path, envelope: str) -> None:
    """Empty, in one answer, a page of it, and one that is sent in parts, exactly at their borders and between."""
    client = serve(start, tmp_path, f"list_envelope = {envelope}")
    written = ENVELOPES[envelope]
    stored: list[str] = []
    for length in (0, 1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK):
        stored += [client.post("/todos", json={"title": "x"}).text for _ in range(length - len(stored))]
        whole = written.replace("*", ",".join(stored)).replace("#", str(length))
        assert client.get("/todos").text == whole
        page = written.replace("*", ",".join(stored[:2])).replace("#", str(length))
        assert client.get("/todos?limit=2").text == page


def test_the_total_is_that_of_the_filter_whatever_the_page(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, 'list_envelope = { tasks = "items", total = "n" }\npage_size = 2')
    for number in range(5):
        client.post("/todos", json={"title": f"milk {number}" if number < 3 else "bread", "completed": number > 3})
    client.post("/todos", json={"title": "milk of Bob"}, headers=bearer("bob"))

    def counted(query: str) -> tuple[int, int]:
        answer = client.get(query if query.startswith("/") else f"/todos?{query}")
        return len(answer.json()["items"]), answer.json()["n"]

    queries = ["", "q=milk", "q=milk&limit=1", "status=completed", "completed=false&limit=3", "q=none", "limit=1000"]
    assert [counted(query) for query in queries] == [(2, 5), (2, 3), (1, 3), (1, 1), (3, 4), (0, 0), (5, 5)]
    pages = ["offset=2", "offset=4", "offset=9", "offset=1&limit=4&q=milk"]
    assert [counted(query) for query in pages] == [(2, 5), (1, 5), (0, 5), (2, 3)]
    following = client.get("/todos?q=milk").links["next"]["url"]
    assert counted(following) == (1, 3)
    everything = serve(start, tmp_path, 'list_envelope = { tasks = "items", total = "n" }')
    for _ in range(CHUNK + 5):
        everything.post("/todos", json={"title": "x"})
    for offset in (0, 3, CHUNK + 4, CHUNK + 9):
        listed = everything.get(f"/todos?offset={offset}").json()
        assert (len(listed["items"]), listed["n"]) == (max(0, CHUNK + 5 - offset), CHUNK + 5)


def test_a_bad_filter_is_refused_before_anything_is_counted(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, 'list_envelope = { tasks = "items", total = "n" }')
    for query in ("status=deleted", "limit=0", "cursor=x"):
        assert client.get(f"/todos?{query}").status_code == 422


def test_one_task_is_in_its_envelope_everywhere(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, 'task_envelope = "data.task"\ndeleted_answer = "task"', "backend-todo-api")
    created = client.post("/todos", json={"title": "x"})
    task = created.json()["data"]["task"]
    assert (created.status_code, created.headers["location"], task["title"]) == (201, "/todos/1", "x")
    answers = [client.get("/todos/1"), client.put("/todos/1", json=task), client.patch("/todos/1/complete")]
    answers += [client.delete("/todos/1"), client.post("/todos/1/restore")]
    for answer in answers:
        assert (answer.status_code, set(answer.json()), set(answer.json()["data"])) == (200, {"data"}, {"task"})
        assert answer.headers["etag"]
    assert client.get("/todos").json() == [answers[-1].json()["data"]["task"]]
    assert client.get("/todos/7").json()["code"] == "task_not_found"


NAMES = 'field_names = { id = "_id", title = "name", completed = "is_completed", created_at = "createdAt" }'


def test_a_renamed_field_is_written_under_its_new_name_and_read_under_both(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, NAMES)
    task = client.post("/todos", json={"name": "x", "is_completed": True}).json()
    assert list(task) == [
        *("_id", "user_id", "name", "description", "is_completed", "completed_at", "createdAt", "updated_at")
    ]
    assert (task["_id"], task["name"], task["is_completed"]) == (1, "x", True)
    assert client.post("/todos", json={"title": "y", "completed": False}).json()["name"] == "y"
    assert client.put("/todos/1", json={**task, "name": "z"}).json()["name"] == "z"
    assert client.patch("/todos/1", json={"is_completed": False}).json()["is_completed"] is False
    assert client.patch("/todos/1", json={"completed": True}).json()["is_completed"] is True
    assert client.patch("/todos/1/complete", json={"is_completed": True}).json()["is_completed"] is True
    assert client.patch("/todos/1", json={"title": "a", "name": "a", "createdAt": "x"}).json()["name"] == "a"


def test_two_names_for_one_field_must_agree(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, NAMES)
    task = client.post("/todos", json={"name": "x"}).json()
    for body in ({"name": "a", "title": "b"}, {"is_completed": True, "completed": False}, {"title": 1, "name": True}):
        refused = client.put("/todos/1", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "contradiction")
    assert client.get("/todos/1").json() == task


def test_an_error_names_the_field_as_it_was_sent(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, NAMES)
    bodies: dict[str, dict[str, Any]] = {
        "/name": {"name": " "},
        "/title": {"title": " "},
        "/is_completed": {"is_completed": 1},
        "/completed": {"completed": 1},
        "/description": {"description": 1},
    }
    for pointer, body in bodies.items():
        problem = client.post("/todos", json={"name": "x"} | body if "title" not in body else body).json()
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert client.post("/todos", json={"description": "x"}).json()["errors"][0]["pointer"] == "/name"
    unknown = client.post("/todos", json={"colour": "red"}).json()
    assert (unknown["code"], unknown["errors"][0]["pointer"]) == ("unknown_field", "/colour")
    assert "send only name, description, is_completed" in unknown["detail"]
    read_only = {"_id": 7, "createdAt": "x", "id": 7}
    assert client.post("/todos", json={**read_only, "colour": "red"}).status_code == 422
    assert "ignored-fields" not in client.post("/todos", json={**read_only, "name": "x"}).headers


def test_lists_are_sorted_and_filtered_under_both_names(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, f"{NAMES}\npage_size = 1")
    for name, done in (("b", True), ("a", False), ("c", True)):
        client.post("/todos", json={"name": name, "is_completed": done})

    def names(query: str) -> list[str]:
        found, target = [], f"/todos?{query}"
        while target:
            answer = client.get(target)
            assert answer.status_code == 200, answer.text
            found += [task["name"] for task in answer.json()]
            target = answer.links.get("next", {}).get("url", "")
        return found

    assert names("sort=name") == names("sort=title") == ["a", "b", "c"]
    assert names("sort=-createdAt") == names("sort=-created_at") == ["c", "a", "b"]
    assert names("sort_by=createdAt&order=desc") == ["c", "a", "b"]
    assert names("is_completed=true") == names("completed=true") == names("status=completed") == ["b", "c"]
    contradiction = client.get("/todos?is_completed=true&completed=false")
    assert (contradiction.status_code, contradiction.json()["code"]) == (422, "contradiction")
    assert "name, -name" in client.get("/todos?sort=colour").json()["detail"]


WORDS = 'field_names = { completed = "status" }\ncompleted_values = ["To do", "Done"]'


def test_texts_stand_for_false_and_true(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, WORDS)
    task = client.post("/todos", json={"title": "x"}).json()
    assert (task["status"], "completed" in task) == ("To do", False)
    assert client.put("/todos/1", json={**task, "status": "Done"}).json()["status"] == "Done"
    assert client.put("/todos/1", json={"status": "To do"}).json()["completed_at"] is None
    assert client.put("/todos/1", json={"completed": True}).json()["status"] == "Done"
    assert client.put("/todos/1", json={"completed": True, "status": "Done"}).status_code == 200
    assert client.patch("/todos/1/complete").json()["status"] == "To do"
    for _ in range(2):
        assert client.patch("/todos/1/complete", json={"status": "Done"}).json()["status"] == "Done"
    others: list[object] = ["in progress", "done", True, None, 1, [], {}]
    for value in others:
        refused = client.put("/todos/1", json={"status": value})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_accepted")
        assert refused.json()["detail"] == "The status must be To do or Done."
    assert client.put("/todos/1", json={"completed": "Done"}).json()["code"] == "wrong_type"


def test_a_lists_status_is_understood_in_both_vocabularies(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, WORDS)
    for status in ("To do", "Done"):
        client.post("/todos", json={"title": status, "status": status})

    def titles(query: str) -> list[str]:
        return [task["title"] for task in client.get(f"/todos?{query}").json()]

    for word in ("Done", "done", "DONE", "completed"):
        assert titles(f"status={word}") == ["Done"]
    for word in ("To%20do", "to+do", "pending", "active"):
        assert titles(f"status={word}") == ["To do"]
    assert titles("completed=Done") == titles("completed=true") == ["Done"]
    assert titles("status=all") == ["To do", "Done"]
    assert client.get("/todos?status=x").json()["detail"] == "The status must be one of all, To do, Done."


def test_texts_may_stand_under_the_published_name(start: Start, tmp_path: Path) -> None:
    client = serve(start, tmp_path, 'completed_values = ["no", "yes"]')
    assert client.post("/todos", json={"title": "x", "completed": "yes"}).json()["completed"] == "yes"
    assert client.put("/todos/1", json={"completed": True}).status_code == 422
    assert len(client.get("/todos?completed=yes").json()) == len(client.get("/todos?completed=true").json()) == 1


@pytest.mark.parametrize("base", ["fastapi-backend-crud", "backend-todo-api"])
def test_a_deletion_may_be_answered_with_the_task(start: Start, tmp_path: Path, base: str) -> None:
    client = serve(start, tmp_path, 'deleted_answer = "task"', base)
    task = client.post("/todos", json={"title": "x"}).json()
    deleted = client.delete("/todos/1")
    assert (deleted.status_code, deleted.json()["title"]) == (200, "x")
    assert deleted.json() | {"updated_at": task["updated_at"]} == task
    assert client.get("/todos/1").status_code == client.delete("/todos/1").status_code == 404


def test_policy_and_pages_are_those_of_the_file(start: Start, tmp_path: Path) -> None:
    keys = (
        "title_limit = 13\ninvalid_input_status = 400\npage_size = 2\ndeletion_permanent = false\ncompletion = 'tick'"
    )
    client = serve(start, tmp_path, keys)
    assert client.post("/todos", json={"title": "x" * 14}).status_code == 400
    for _ in range(3):
        client.post("/todos", json={"title": "x" * 13})
    assert len(client.get("/todos").json()) == 2
    assert client.patch("/todos/1/tick").json()["completed"] is True
    client.delete("/todos/1")
    assert len(client.get("/todos?status=deleted").json()) == 1


def test_the_lifetime_of_tokens_is_the_contracts_too(start: Start, tmp_path: Path) -> None:
    week = bearer(ttl=timedelta(days=6))
    client = serve(start, tmp_path, 'token_lifetime = "12h"')
    assert client.get("/todos").status_code == 200
    assert client.get("/todos", headers=week).json()["detail"] == "The token is valid for longer than 12 hours."
    lenient = serve(start, tmp_path, 'token_lifetime = "any"', "task-management")
    assert lenient.get("/todos", headers=week).status_code == 200


def test_contracts_of_a_file_share_their_tasks_with_the_published_ones(start: Start, tmp_path: Path) -> None:
    client = start(TODO_CONTRACTS="counted-list,fastapi-todo-backend", **contract_file(tmp_path))
    client.headers.update(bearer())
    task = client.post("/tasks", json={"title": "x"}).json()
    assert client.get("/api/ann/tasks").json() == {"tasks": [task], "total": 1}
    assert client.get("/api/bob/tasks").status_code == 403
