"""The routes of every contract, from a client's side."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer, settings
from tests.web.conftest import Start
from todo_web.contracts import CONTRACTS, Contract

contracts = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def tasks_path(contract: Contract, user_id: str = "ann") -> str:
    return contract.base_path.format(user_id=user_id)


def serve(start: Start, contract: Contract, user_id: str = "ann", **values: object) -> TestClient:
    own = () if contract in CONTRACTS else (contract,)
    client = start(TODO_CONTRACTS=contract.name, TODO_CONTRACT_FILE=own, **values)
    client.headers.update(bearer(user_id))
    return client


def without_traces(problem: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in problem.items() if name not in {"instance", "request_id"}}


@contracts
def test_a_task_lives_its_whole_life(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    created = client.post(path, json={"title": " Buy milk ", "description": "two litres"})
    assert created.status_code == 201
    task = created.json()
    assert set(task) == {
        "id",
        "user_id",
        "title",
        "description",
        "completed",
        "completed_at",
        "created_at",
        "updated_at",
    }
    assert (task["id"], task["user_id"], task["title"], task["completed"]) == (1, "ann", "Buy milk", False)
    assert task["created_at"].endswith("Z")
    assert created.headers["location"] == f"{path}/1"
    assert client.get(path).json() == [task]
    one = client.get(created.headers["location"])
    assert one.json() == task
    assert one.headers["etag"] == created.headers["etag"]

    completion = client.patch(f"{path}/1/{contract.completion}")
    assert completion.status_code == 200
    assert completion.json()["completed"] is True
    assert completion.json()["completed_at"] == completion.json()["updated_at"]
    again = client.patch(f"{path}/1/{contract.completion}").json()
    assert again["completed"] is contract.completion_marks

    for method in ("PUT", "PATCH"):
        updated = client.request(method, f"{path}/1", json={"title": method})
        assert updated.status_code == 200
        assert (updated.json()["title"], updated.json()["description"]) == (method, "two litres")

    deleted = client.delete(f"{path}/1")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.get(f"{path}/1").status_code == 404
    restored = client.post(f"{path}/1/restore")
    if contract.policy.deletion_permanent:
        assert restored.status_code == 404
        assert client.get(path).json() == []
    else:
        assert restored.status_code == 200
        assert client.get(path).json() == [restored.json()]


@contracts
def test_a_completion_that_names_its_state_can_be_sent_again(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    for wanted in (True, True, False, False):
        answer = client.patch(f"{path}/1/{contract.completion}", json={"completed": wanted})
        assert (answer.status_code, answer.json()["completed"]) == (200, wanted)


@contracts
def test_a_strangers_task_reads_as_the_contract_says(start: Start, contract: Contract) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(tasks_path(contract, "bob"), json={"title": "private"}, headers=bearer("bob"))
    requests = [("GET", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("PATCH", f"/{contract.completion}")]
    for method, rest in requests:
        body = {"title": "mine"} if method in {"PUT", "PATCH"} and not rest else None
        foreign = client.request(method, f"{path}/1{rest}", json=body)
        missing = client.request(method, f"{path}/99{rest}", json=body)
        assert missing.status_code == 404
        if contract.policy.stranger_forbidden:
            assert foreign.status_code == 403
        else:
            assert foreign.status_code == 404
            assert without_traces(foreign.json()) == without_traces(missing.json())
            assert foreign.headers.keys() == missing.headers.keys()
        assert "private" not in foreign.text
    mine = client.get(tasks_path(contract, "bob"), headers=bearer("bob")).json()
    assert [(task["title"], task["completed"]) for task in mine] == [("private", False)]
    assert client.get(path).json() == []


@pytest.mark.parametrize("name", ["fastapi-backend-crud", "backend-api"])
def test_a_path_of_somebody_else_is_forbidden_before_any_lookup(start: Start, name: str) -> None:
    client = start(TODO_CONTRACTS=name)
    client.headers.update(bearer("ann"))
    client.post("/api/bob/tasks", json={"title": "x"}, headers=bearer("bob"))
    answers = [
        client.request(method, f"/api/{user}/tasks{rest}", content=b"not json")
        for user in ("bob", "nobody", "Ann", "ann%20", "%00")
        for method, rest in [("GET", ""), ("POST", ""), ("GET", "/1"), ("PUT", "/1"), ("DELETE", "/99"), ("GET", "/x")]
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({tuple(without_traces(answer.json()).items()) for answer in answers}) == 1


def test_a_user_named_tasks_has_a_list_under_its_own_name(start: Start) -> None:
    client = start()
    client.headers.update(bearer("tasks"))
    client.post("/api/tasks/tasks", json={"title": "x"})
    assert client.get("/api/tasks/tasks").json() == client.get("/api/tasks").json() != []


@pytest.mark.parametrize("user_id", ["o'Brien %_", "ann@example.com", "Ä?&#", "..", "a+b"])
def test_any_user_id_without_a_slash_has_a_path(start: Start, user_id: str) -> None:
    client = start()
    client.headers.update(bearer(user_id))
    location = client.post("/api/tasks", json={"title": "x"}).headers["location"]
    assert location == "/api/tasks/1"
    if user_id != "..":
        created = client.post(f"/api/{quote(user_id, safe='')}/tasks", json={"title": "y"})
        assert created.headers["location"] == f"/api/{quote(user_id, safe='')}/tasks/2"
        assert client.get(created.headers["location"]).json()["user_id"] == user_id


def test_all_default_paths_show_the_same_tasks(client: TestClient) -> None:
    for path in ("/tasks", "/api/tasks", "/api/ann/tasks"):
        assert client.post(path, json={"title": path}).status_code == 201
    lists = [client.get(path).json() for path in ("/tasks", "/api/tasks", "/api/ann/tasks")]
    assert lists[0] == lists[1] == lists[2]
    assert [task["title"] for task in lists[0]] == ["/tasks", "/api/tasks", "/api/ann/tasks"]


@contracts
@pytest.mark.parametrize(
    "segment", ["abc", "0", "-1", "1_0", "01", "1.0", "%31%00", "+1", str(2**63), str(10**400), "\u0661"]
)
def test_a_segment_that_is_no_id_names_no_task(start: Start, contract: Contract, segment: str) -> None:
    client, path = serve(start, contract), tasks_path(contract)
    client.post(path, json={"title": "x"})
    for method in ("GET", "DELETE"):
        answer = client.request(method, f"{path}/{segment}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "task_not_found"
        assert str(10**400) not in answer.text


def test_contracts_that_collide_refuse_to_start_and_are_named() -> None:
    for pair in (("fastapi-backend-crud", "backend-api"), ("task-management", "backend-todo-api")):
        with pytest.raises(ValueError, match=f"{pair[0]} and {pair[1]} both serve"):
            settings(TODO_CONTRACTS=",".join(pair))


def test_a_contract_that_nobody_knows_refuses_to_start() -> None:
    for names in ("nonsense", ",", "backend-api,nonsense"):
        with pytest.raises(ValueError, match="backend-api"):
            settings(TODO_CONTRACTS=names)


def test_two_services_in_one_process_share_nothing(start: Start) -> None:
    one, other = start(), start()
    one.post("/tasks", json={"title": "x"}, headers=bearer())
    assert len(one.get("/tasks", headers=bearer()).json()) == 1
    assert other.get("/tasks", headers=bearer()).json() == []
