"""Specification 001: FastAPI to-do backend service."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, select

from tests.contracts.conftest import Outage, Person, Service, durable, on_postgres, running
from tests.contracts.proofs import at_once, operations, refused_tokens, statuses, without_token
from tests.postgres import Server
from todo_adapters.neon.endpoint import endpoint
from todo_adapters.neon.psycopg2_executor import open_engine
from todo_adapters.neon.table import TaskRow

CONTRACT = "fastapi-todo-backend"
ROOT = Path(__file__).parents[2]


@pytest.mark.proves("US1-AS1", "FR-001", "FR-002", "FR-003")
def test_a_task_is_created_with_all_its_fields(ann: Person) -> None:
    answer = ann.post("/tasks", {"title": "Buy milk", "description": "two litres", "completed": True})
    assert answer.status_code == 201
    task = answer.json()
    assert (task["title"], task["description"], task["completed"]) == ("Buy milk", "two litres", True)
    assert task["user_id"] == ann.name
    assert ann.sees() == [task]


@pytest.mark.proves("US1-AS2", "FR-001", "FR-005")
def test_a_list_holds_ones_own_tasks_only(ann: Person, bob: Person) -> None:
    mine = [ann.adds("first"), ann.adds("second")]
    bob.adds("his")
    answer = ann.get("/tasks")
    assert (answer.status_code, answer.json()) == (200, mine)


@pytest.mark.proves("FR-001", "SC-001")
def test_all_operations_are_at_their_paths(ann: Person) -> None:
    task = ann.adds()
    one = f"/tasks/{task['id']}"
    assert ann.get(one).json() == task
    assert ann.put(one, {"title": "Buy tea"}).json()["title"] == "Buy tea"
    assert [ann.patch(f"{one}/toggle").json()["completed"] for _ in range(3)] == [True, False, True]
    assert ann.delete(one).status_code == 204
    assert ann.get(one).status_code == 404
    assert ann.get("/tasks").json() == []


@pytest.mark.proves("US2-AS1", "FR-005", "FR-009", "SC-003")
def test_another_users_task_is_forbidden(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    one = f"/tasks/{task['id']}"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/toggle"), ann.delete(one)]
    assert statuses(answers) == {403}
    assert all("private" not in answer.text for answer in answers)
    assert bob.sees() == [task]


@pytest.mark.proves("US2-AS2", "FR-002", "FR-009", "SC-003")
def test_every_operation_wants_a_good_token(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answers = [ann.send(method, path, headers) for headers in refused_tokens(ann)]
        assert statuses([*answers, without_token(ann, method, path)]) == {401}
    assert ann.sees() == [task]


@durable
@pytest.mark.proves("US3-AS1", "SC-004")
def test_tasks_outlive_the_service(ann: Person) -> None:
    tasks = [ann.adds(str(n), description="x", completed=n % 2 == 0) for n in range(5)]
    with running(CONTRACT, ann.service.url, ann.service.clock) as restarted:
        assert Person(restarted, ann.name).sees() == tasks


@durable
@pytest.mark.proves("US3-AS2")
def test_an_update_is_kept_and_seen_by_every_service(ann: Person) -> None:
    task = ann.adds()
    updated = ann.put(f"/tasks/{task['id']}", {"title": "changed", "completed": True}).json()
    assert ann.get(f"/tasks/{task['id']}").json() == updated
    with running(CONTRACT, ann.service.url, ann.service.clock) as other:
        assert Person(other, ann.name).sees() == [updated]


@pytest.mark.proves("EC-1")
def test_a_token_counts_when_a_request_begins(ann: Person) -> None:
    """A request whose token expires while its body comes in is carried out; the next one is refused."""
    headers = ann.token() | {"Content-Type": "application/json"}

    def slow_body() -> Iterator[bytes]:
        yield b'{"title": '
        ann.service.clock.advance(hours=2)
        yield b'"slow"}'

    assert ann.post("/tasks", content=slow_body(), headers=headers).status_code == 201
    answer = ann.post("/tasks", {"title": "late"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert [task["title"] for task in ann.sees()] == ["slow"]


@pytest.mark.proves("EC-2", "FR-010")
def test_a_failing_store_is_503_and_heals(outage: Outage) -> None:
    ann = outage.service.person("ann")
    assert ann.post("/tasks", {"title": "x"}).status_code == 503
    outage.heal()
    assert ann.adds() in ann.sees()


@pytest.mark.proves("EC-3", "FR-010")
@pytest.mark.parametrize(
    "body", [{}, {"description": "x"}, {"title": None}, {"title": " "}, {"title": 7}, {"title": "x", "completed": "no"}]
)
def test_missing_and_invalid_fields_are_refused_by_name(ann: Person, body: dict[str, object]) -> None:
    answer = ann.post("/tasks", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == ("/completed" if "completed" in body else "/title")
    assert ann.sees() == []


@pytest.mark.proves("EC-4", "FR-010")
def test_a_task_that_does_not_exist_is_not_found(ann: Person) -> None:
    one = "/tasks/999999999"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/toggle"), ann.delete(one)]
    assert statuses(answers) == {404}


@pytest.mark.proves("EC-5", "SC-001")
def test_of_simultaneous_toggles_none_is_lost(ann: Person) -> None:
    one = ann.one(ann.adds())
    assert statuses(at_once(lambda _: ann.patch(f"{one}/toggle"), range(25))) == {200}
    answer = ann.get(one)
    assert (answer.json()["completed"], answer.headers["etag"]) == (True, '"26"')


@on_postgres
@pytest.mark.proves("FR-004")
def test_tasks_are_rows_of_a_sqlmodel_in_postgresql(ann: Person, postgres: Server) -> None:
    task = ann.adds("kept")
    assert issubclass(TaskRow, SQLModel)
    engine = open_engine(endpoint(postgres.address()), pool_size=1, deadline=5)
    with closing(Session(engine)) as session:
        row = session.exec(select(TaskRow).where(TaskRow.user_id == ann.name)).one()
        assert (row.id, row.title, row.completed) == (task["id"], "kept", False)
    engine.dispose()


@pytest.mark.proves("FR-006")
def test_every_answer_with_a_body_is_json(ann: Person) -> None:
    task = ann.adds()
    answers = [ann.send(method, path, json={"title": "x"}) for method, path in operations(ann, task)[:4]]
    answers += [ann.patch(ann.one(task, "/toggle")), ann.delete(ann.one(task)), ann.get(ann.one(task))]
    answers += [ann.get("/nowhere"), ann.send("TRACE", "/tasks"), without_token(ann, "GET", "/tasks")]
    answers += [ann.get("/tasks", headers={"Accept": "text/html"})]
    for answer in answers:
        assert answer.status_code == 204 or answer.headers["content-type"] in {
            "application/json",
            "application/problem+json",
        }


@pytest.mark.proves("FR-007", "FR-008")
def test_the_layers_are_apart_and_both_programs_use_one_service_layer() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stdout.decode()
    for package in ("todo_web", "todo_cli"):
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / package).rglob("*.py")]
        imported = {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert "todo_core.service" in imported, package


@pytest.mark.proves("SC-001", "SC-002", "SC-005")
def test_a_hundred_users_at_once_are_all_served(service: Service) -> None:
    """Every request of every user is answered, and every valid token accepted: 100 of 100, so more than 99."""
    people = [service.person("user") for _ in range(100)]

    def use(person: Person) -> bool:
        task = person.adds(person.name)
        done = person.patch(person.one(task, "/toggle"))
        return done.status_code == 200 and person.sees() == [done.json()]

    assert all(at_once(use, people))
