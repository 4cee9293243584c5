"""Specification 004: Production-ready backend for the to-do web application."""

from typing import Any

import pytest
from dependency_injector import providers
from fastapi import FastAPI

from tests.contracts.conftest import Outage, Person, Service, on_postgres
from tests.contracts.proofs import ORIGIN, at_once, operations, refused_tokens, statuses, without_token
from tests.postgres import Server
from todo_adapters.memory import MemoryTaskRepository
from todo_core.policy import TaskPolicy
from todo_core.service import TaskService
from todo_core.task import Task

CONTRACT = "backend-todo-api"
FIELDS = {"id", "user_id", "title", "description", "completed", "completed_at", "created_at", "updated_at"}


@pytest.mark.proves("US1-AS1", "US2-AS2", "FR-003", "FR-006")
def test_a_list_holds_all_of_ones_own_tasks_and_no_others(ann: Person, bob: Person) -> None:
    mine = [ann.adds(str(n)) for n in range(60)]
    bob.adds("his")
    answer = ann.get("/api/tasks")
    assert (answer.status_code, answer.json()) == (200, mine)


@pytest.mark.proves("US1-AS2", "US3-AS2", "FR-001", "SC-002", "SC-006")
def test_every_operation_wants_a_good_token(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answers = [ann.send(method, path, headers) for headers in refused_tokens(ann)]
        assert statuses([*answers, without_token(ann, method, path)]) == {401}
    assert ann.sees() == [task]


@pytest.mark.proves("US1-AS3", "EC-3", "FR-006", "SC-003", "SC-006")
def test_another_users_task_reads_as_missing(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    one, missing = f"/api/tasks/{task['id']}", "/api/tasks/999999999"
    answers = [
        [ann.get(path), ann.put(path, {"title": "x"}), ann.patch(f"{path}/complete"), ann.delete(path)]
        for path in (one, missing)
    ]
    assert statuses([*answers[0], *answers[1]]) == {404}
    assert [answer.json()["code"] for answer in answers[0]] == [answer.json()["code"] for answer in answers[1]]
    assert bob.sees() == [task]


@pytest.mark.proves("US2-AS1", "FR-002", "FR-007", "FR-009")
def test_a_task_is_created_with_all_its_fields(ann: Person) -> None:
    fields = {"title": "x" * 200, "description": "y" * 1000, "completed": True}
    answer = ann.post("/api/tasks", fields)
    assert answer.status_code == 201
    assert answer.json() == answer.json() | fields
    assert ann.post("/api/tasks", {"title": "x"}).json()["description"] is None


@pytest.mark.proves("US2-AS3", "FR-004", "FR-007", "FR-009")
def test_an_update_changes_any_of_the_fields(ann: Person) -> None:
    task = ann.adds("Buy milk")
    for change in ({"title": "Buy tea"}, {"description": "green"}, {"completed": True}):
        answer = ann.put(f"/api/tasks/{task['id']}", change)
        assert (answer.status_code, answer.json()) == (200, answer.json() | change)
    assert ann.sees() == [answer.json()]
    assert (answer.json()["title"], answer.json()["description"]) == ("Buy tea", "green")


@pytest.mark.proves("US2-AS4", "FR-007", "FR-013")
def test_a_toggle_turns_completion_round(ann: Person) -> None:
    task = ann.adds()
    for expected in (True, False):
        answer = ann.patch(f"/api/tasks/{task['id']}/complete")
        assert (answer.status_code, answer.json()["completed"]) == (200, expected)


@pytest.mark.proves("US2-AS5", "FR-005", "FR-007", "FR-009")
def test_a_deleted_task_is_gone_from_the_list(ann: Person) -> None:
    task = ann.adds()
    assert ann.delete(f"/api/tasks/{task['id']}").status_code == 204
    assert ann.sees() == []
    assert ann.get(f"/api/tasks/{task['id']}").status_code == 404


@pytest.mark.proves("US3-AS1", "EC-1", "FR-002", "FR-008", "FR-009", "SC-006")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"title": "x", "description": "y" * 1001}, "/description"),
        ({"title": "x", "completed": "yes"}, "/completed"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_invalid_data_is_refused_with_details(ann: Person, body: dict[str, object], pointer: str) -> None:
    answer = ann.post("/api/tasks", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": answer.json()["detail"]}]
    assert ann.sees() == []


@pytest.mark.proves("US3-AS3", "FR-009", "SC-006")
def test_a_task_that_does_not_exist_is_not_found(ann: Person) -> None:
    assert ann.get("/api/tasks/999999999").status_code == 404


class BrokenRepository(MemoryTaskRepository):
    """A store with a fault that nobody thought of."""

    async def get(self, user_id: str, task_id: int) -> Task | None:
        """Fail with an error that holds what must not be told."""
        raise RuntimeError(f"SELECT * FROM secrets WHERE user = '{user_id}'")


@pytest.mark.proves("US3-AS4", "FR-009", "FR-011")
def test_an_internal_error_tells_nothing(service: Service) -> None:
    ann = service.person("ann")
    app = service.client.app
    assert isinstance(app, FastAPI)
    broken = TaskService(BrokenRepository(), service.clock, TaskPolicy())
    with app.state.container.services.override(providers.Object({CONTRACT: broken})):
        answer = ann.get("/api/tasks/1", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected_error")
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    for secret in ("SELECT", "secrets", ann.name, "Runtime", "Traceback", ".py"):
        assert secret not in answer.text


@pytest.mark.proves("EC-2", "SC-004")
def test_an_outage_is_answered_and_ends_by_itself(outage: Outage) -> None:
    ann = outage.service.person("ann")
    assert ann.post("/api/tasks", {"title": "x"}).status_code == 503
    outage.heal()
    assert ann.adds() in ann.sees()


@on_postgres
@pytest.mark.proves("FR-010", "SC-004")
def test_tasks_are_in_postgresql_whose_ended_connections_are_replaced(ann: Person, postgres: Server) -> None:
    task = ann.adds()
    postgres.terminate_backends()
    assert ann.sees() == [task]
    assert postgres.run("SELECT id FROM tasks WHERE user_id = %s", ann.name) == [(task["id"],)]


@pytest.mark.proves("EC-4", "US1-AS2")
def test_a_session_ends_with_its_token(ann: Person) -> None:
    headers = ann.token()
    task = ann.post("/api/tasks", {"title": "x"}, headers=headers).json()
    ann.service.clock.advance(hours=2)
    answer = ann.put(ann.one(task), {"title": "late"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert ann.sees() == [task]


@pytest.mark.proves("EC-5")
def test_of_simultaneous_requests_none_is_lost(ann: Person) -> None:
    one = ann.one(ann.adds())
    assert statuses(at_once(lambda _: ann.patch(f"{one}/complete"), range(25))) == {200}
    answer = ann.get(one)
    assert (answer.json()["completed"], answer.headers["etag"]) == (True, '"26"')


@pytest.mark.proves("FR-012")
def test_a_list_is_filtered_by_completion(ann: Person) -> None:
    todo, done = ann.adds("open"), ann.adds("done", completed=True)
    assert ann.get("/api/tasks?completed=true").json() == [done]
    assert ann.get("/api/tasks?completed=false").json() == [todo]
    assert ann.get("/api/tasks?completed=perhaps").status_code == 422


@pytest.mark.proves("SC-001", "SC-005")
def test_a_front_ends_session_gets_one_schema_throughout(ann: Person) -> None:
    """As a browser sends it: preflight first, then what it received is sent back with one change."""
    page = {"Origin": ORIGIN}
    wanted = page | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    assert ann.service.client.options("/api/tasks/1", headers=wanted).status_code == 200
    task: dict[str, Any] = ann.post("/api/tasks", {"title": "Buy milk"}, headers=page).json()
    one = f"/api/tasks/{task['id']}"
    answers = [
        ann.get(one, headers=page),
        ann.put(one, {**task, "title": "Buy tea"}, headers=page),
        ann.patch(f"{one}/complete", headers=page),
    ]
    assert statuses(answers) == {200}
    assert all(set(answer.json()) == FIELDS for answer in answers)
    assert all(answer.headers["access-control-allow-origin"] == ORIGIN for answer in answers)
    assert ann.sees() == [answers[-1].json()]
    errors = [ann.get(f"{one}0000000", headers=page), ann.put(one, {"title": ""}, headers=page)]
    assert {frozenset(error.json()) - {"errors"} for error in errors} == {
        frozenset({"type", "title", "status", "detail", "message", "instance", "code", "request_id"})
    }
