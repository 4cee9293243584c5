"""What front ends send that need a contract of their own, and the answers that their code reads.

The three whole ones are served with the files that the documentation shows.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.support.documented_contracts import contract_file
from tests.support.service import bearer
from tests.web.conftest import Start

Serve = Callable[[str], TestClient]


@pytest.fixture
def serve(start: Start, tmp_path: Path) -> Serve:
    """Serve what a contract file says, and send Ann's token with each request."""

    def serve_file(text: str, **values: object) -> TestClient:
        file = tmp_path / "contract.toml"
        file.write_text(text, encoding="utf-8")
        client = start(TODO_CONTRACT_FILE=str(file), **values)
        client.headers.update(bearer())
        return client

    return serve_file


@pytest.fixture
def documented(start: Start, tmp_path: Path) -> Serve:
    """Serve one of the files of the documentation, by the name of its contract."""

    def serve_one(name: str) -> TestClient:
        client = start(TODO_CONTRACTS=name, **contract_file(tmp_path))
        client.headers.update(bearer())
        return client

    return serve_one


def test_a_change_of_a_state_by_its_own_name_is_done(serve: Serve) -> None:
    """Both are refused by the published contracts, which know neither name."""
    client = serve(
        '[a]\nextends = "fastapi-backend-crud"\nfield_names = { completed = "status" }\n'
        'completed_values = ["pending", "completed"]\n'
        '[b]\nextends = "fastapi-todo-backend"\nfield_names = { completed = "is_completed" }\n'
    )
    task = client.post("/tasks", json={"title": "x"}).json()
    assert client.put("/api/ann/tasks/1", json={"status": "completed"}).json()["status"] == "completed"
    assert client.patch("/tasks/1", json={"is_completed": False}).json()["is_completed"] is False
    assert client.put("/tasks/1", json={**task, "is_completed": True}).json()["is_completed"] is True


@pytest.mark.parametrize(
    ("envelope", "keys"),
    [
        ('{ tasks = "tasks" }', ["tasks"]),
        ('{ tasks = "tasks", total = "total" }', ["tasks"]),
        ('{ tasks = "items", total = "total" }', ["items"]),
        ('{ tasks = "data.tasks" }', ["data", "tasks"]),
    ],
)
def test_a_list_is_where_the_client_looks_for_it(serve: Serve, envelope: str, keys: list[str]) -> None:
    client = serve(f'[own]\nextends = "fastapi-todo-backend"\nlist_envelope = {envelope}')
    task = client.post("/tasks", json={"title": "x", "priority": "high"}).json()
    answer = client.get("/tasks").json()
    assert answer.get("total", 1) == 1
    for key in keys:
        answer = answer[key]
    assert answer == [task]


def test_one_task_is_where_the_client_looks_for_it(serve: Serve) -> None:
    client = serve('[own]\nextends = "fastapi-todo-backend"\ntask_envelope = "task"')
    task = client.post("/tasks", json={"title": "x"}).json()["task"]
    assert client.get(f"/tasks/{task['id']}").json() == {"task": task}
    assert client.get("/tasks").json() == [task]


def test_each_way_to_complete_works_on_a_contract_of_ones_own(serve: Serve) -> None:
    client = serve('[own]\nextends = "fastapi-backend-crud"\nbase_path = "/api/v1/tasks"\ncompletion = "done"')
    client.post("/api/v1/tasks", json={"title": "x"})
    seen = [
        client.request(method, f"/api/v1/tasks/1/{action}").json()["completed"]
        for method, action in [
            ("PATCH", "done"),
            ("PATCH", "toggle"),
            ("POST", "toggle"),
            ("PATCH", "complete"),
            ("POST", "complete"),
            ("POST", "uncomplete"),
        ]
    ]
    assert seen == [True, False, True, False, True, False]
    assert client.patch("/api/v1/tasks/1/complete/", json={"completed": True}).json()["completed"] is True


def test_complete_marks_where_the_contracts_own_completion_marks(serve: Serve) -> None:
    client = serve('[own]\nextends = "backend-api"\ncompletion = "done"')
    client.post("/api/ann/tasks", json={"title": "x"})
    for action in ("done", "complete", "complete"):
        assert client.patch(f"/api/ann/tasks/1/{action}").json()["completed"] is True


def test_every_answer_can_be_read_as_json(serve: Serve) -> None:
    """A client that calls ``response.json()`` on every answer breaks on 204, after the task is gone."""
    client = serve('[own]\nextends = "fastapi-backend-crud"\ndeleted_answer = "task"')
    task = client.post("/api/ann/tasks", json={"title": "x"}).json()
    assert client.delete("/api/ann/tasks/1").json() == task
    assert client.get("/api/ann/tasks").json() == []


def test_a_task_has_the_names_that_the_client_reads(serve: Serve) -> None:
    client = serve(
        '[own]\nextends = "fastapi-backend-crud"\n'
        'field_names = { completed = "is_completed", created_at = "createdAt", updated_at = "updatedAt" }'
    )
    task = client.post("/api/ann/tasks", json={"title": "x"}).json()
    assert task["createdAt"] == task["updatedAt"]
    assert task["createdAt"].endswith("Z")
    assert task["is_completed"] is False


def test_a_title_is_made_where_only_a_description_is_typed(serve: Serve) -> None:
    client = serve('[own]\nextends = "fastapi-backend-crud"\ntitle_generated = true')
    assert client.post("/api/ann/tasks", json={"description": "Call Bob\nabout the car"}).json()["title"] == "Call Bob"


def test_the_first_documented_file_fits_a_client_that_counts(documented: Serve) -> None:
    """Its list is in an envelope, it pages by offset; everything else is as published."""
    client = documented("counted-list")
    body: dict[str, object] = {"description": "", "priority": "medium", "due_date": None, "tags": []}
    for number in range(45):
        created = client.post("/api/ann/tasks", json={"title": f"task {number}", **body})
        assert (created.status_code, created.headers["ignored-fields"]) == (201, "priority, due_date, tags")
    shown = client.get("/api/ann/tasks?limit=20&offset=40&sort=created&order=asc&_t=1732").json()
    assert ([task["title"] for task in shown["tasks"]], shown["total"]) == ([f"task {n}" for n in range(40, 45)], 45)
    assert client.get("/api/ann/tasks?search=task%204&status=pending").json()["total"] == 6
    assert [client.patch("/api/ann/tasks/1/complete").json()["completed"] for _ in range(2)] == [True, False]
    assert (client.delete("/api/ann/tasks/1").status_code, client.get("/api/ann/tasks").json()["total"]) == (204, 44)


def test_the_second_documented_file_fits_a_client_in_camel_case(documented: Serve) -> None:
    client = documented("camel-case")
    task = client.post("/api/tasks/", json={"title": "x", "is_completed": False}).json()
    assert task["createdAt"] == task["updatedAt"]
    assert client.post(f"/api/tasks/{task['id']}/toggle").json()["is_completed"] is True
    assert client.get("/api/tasks?is_completed=true&sort=-createdAt").json()["total"] == 1
    done = client.get("/api/tasks").json()
    assert (done["total"], done["items"][0]["completedAt"]) == (1, done["items"][0]["updatedAt"])
    whole = {**done["items"][0], "title": "y", "is_completed": False}
    assert client.put(f"/api/tasks/{task['id']}", json=whole).json()["is_completed"] is False
    assert client.delete(f"/api/tasks/{task['id']}").status_code == 204


def test_the_third_documented_file_fits_a_client_with_words_for_states(documented: Serve) -> None:
    client = documented("words-for-states")
    task = client.post("/api/ann/tasks", json={"description": "Buy milk"}).json()
    assert (task["title"], task["status"]) == ("Buy milk", "Pending")
    assert client.patch(f"/api/ann/tasks/{task['id']}/complete").json()["status"] == "Completed"
    client.post("/api/ann/tasks", json={"title": "open", "status": "Pending"})
    for status, titles in {"Pending": ["open"], "Completed": ["Buy milk"], "all": ["Buy milk", "open"]}.items():
        data = client.get(f"/api/ann/tasks?status={status}").json()["data"]
        assert ([task["title"] for task in data["tasks"]], data["total"]) == (titles, len(titles))
    assert client.put(f"/api/ann/tasks/{task['id']}", json={"status": "Pending"}).json()["status"] == "Pending"
    deleted = client.delete(f"/api/ann/tasks/{task['id']}")
    assert (deleted.status_code, deleted.json()["id"]) == (200, task["id"])
