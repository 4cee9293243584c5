"""Specification 003: Secure user-scoped task management REST API."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.contracts.conftest import Outage, Person, on_postgres
from tests.contracts.proofs import at_once, operations, refused_tokens, statuses, without_token
from tests.postgres import Server
from todo_adapters.neon.asyncpg_executor import AsyncpgExecutor
from todo_web.authentication import BearerToken

CONTRACT = "task-management"
ROOT = Path(__file__).parents[2]


@pytest.mark.proves("US1-AS1", "FR-007", "FR-017", "SC-001")
def test_a_list_holds_ones_own_tasks_only(ann: Person, bob: Person) -> None:
    mine = [ann.adds("first"), ann.adds("second")]
    bob.adds("his")
    answer = ann.get("/api/tasks")
    assert (answer.status_code, answer.json()) == (200, mine)


@pytest.mark.proves("US1-AS2", "US2-AS1", "FR-004", "FR-008", "FR-013")
def test_a_new_task_is_its_creators_and_has_its_times(ann: Person, bob: Person) -> None:
    """Whatever owner the body names."""
    answer = ann.post("/api/tasks", {"title": "Buy milk", "description": "two litres", "user_id": bob.name})
    assert answer.status_code == 201
    task, now = answer.json(), ann.service.clock.now().isoformat().replace("+00:00", "Z")
    assert task == {
        "id": task["id"],
        "user_id": ann.name,
        "title": "Buy milk",
        "description": "two litres",
        "completed": False,
        "completed_at": None,
        "created_at": now,
        "updated_at": now,
    }
    assert bob.sees() == []


@pytest.mark.proves(
    "US1-AS3", "US2-AS2", "US2-AS3", "EC-3", "FR-005", "FR-006", "FR-017", "SC-001", "SC-004"
)  # fmt: skip
def test_another_users_task_is_forbidden_and_stays_as_it_is(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    one = f"/api/tasks/{task['id']}"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete"), ann.delete(one)]
    assert statuses(answers) == {403}
    assert all("private" not in answer.text for answer in answers)
    assert bob.sees() == [task]


@pytest.mark.proves("FR-017", "SC-001")
def test_what_a_user_deleted_is_nobody_elses(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    bob.delete(bob.one(task))
    assert ann.get("/api/tasks?status=deleted").json() == []
    assert ann.post(ann.one(task, "/restore")).status_code in {403, 404}
    assert bob.sees() == []


@pytest.mark.proves("FR-009")
def test_one_task_is_returned(ann: Person) -> None:
    task = ann.adds()
    answer = ann.get(f"/api/tasks/{task['id']}")
    assert (answer.status_code, answer.json()) == (200, task)


@pytest.mark.proves("US2-AS2", "FR-010")
def test_ones_own_task_is_updated(ann: Person) -> None:
    task = ann.adds("Buy milk")
    ann.service.clock.advance(seconds=1)
    answer = ann.put(f"/api/tasks/{task['id']}", {"title": "Buy tea", "description": "green"})
    assert answer.status_code == 200
    changed = {"title": "Buy tea", "description": "green", "updated_at": answer.json()["updated_at"]}
    assert answer.json() == task | changed
    assert answer.json()["updated_at"] > task["updated_at"]


@pytest.mark.proves("US2-AS3", "FR-012")
def test_ones_own_task_is_toggled(ann: Person) -> None:
    task = ann.adds()
    for expected in (True, False):
        answer = ann.patch(f"/api/tasks/{task['id']}/complete")
        assert (answer.status_code, answer.json()["completed"]) == (200, expected)


@pytest.mark.proves("US3-AS1", "US3-AS2", "US3-AS3", "EC-2", "FR-001", "FR-003", "SC-002", "SC-004")
def test_every_operation_wants_a_good_token(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answers = [ann.send(method, path, headers) for headers in refused_tokens(ann)]
        assert statuses([*answers, without_token(ann, method, path)]) == {401}
    expired = ann.get("/api/tasks", headers=ann.token(timedelta(hours=-1)))
    assert (expired.status_code, expired.json()["code"]) == (401, "token_expired")
    assert ann.sees() == [task]


@pytest.mark.proves("CL-3", "FR-003")
def test_a_token_is_good_for_24_hours_and_no_longer(ann: Person) -> None:
    headers = ann.token(timedelta(hours=24))
    assert ann.get("/api/tasks", headers=headers).status_code == 200
    ann.service.clock.advance(hours=23, minutes=59)
    assert ann.get("/api/tasks", headers=headers).status_code == 200
    ann.service.clock.advance(minutes=2)
    assert ann.get("/api/tasks", headers=headers).status_code == 401
    longer = ann.get("/api/tasks", headers=ann.token(timedelta(hours=25)))
    assert (longer.status_code, longer.json()["detail"]) == (401, "The token is valid for longer than 24 hours.")


@pytest.mark.proves("EC-1")
def test_a_task_that_does_not_exist_is_not_found(ann: Person) -> None:
    one = "/api/tasks/999999999"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete"), ann.delete(one)]
    assert statuses(answers) == {404}


@pytest.mark.proves("EC-4", "CL-4")
def test_the_last_of_simultaneous_updates_wins(ann: Person) -> None:
    one = ann.one(ann.adds())
    titles = [f"title {n}" for n in range(20)]
    assert statuses(at_once(lambda title: ann.put(one, {"title": title}), titles)) == {200}
    assert ann.get(one).json()["title"] in titles
    assert ann.put(one, {"title": "last"}).status_code == 200
    assert ann.get(one).json()["title"] == "last"


@pytest.mark.proves("EC-5")
def test_a_failing_store_is_503_and_heals(outage: Outage) -> None:
    ann = outage.service.person("ann")
    assert ann.post("/api/tasks", {"title": "x"}).status_code == 503
    outage.heal()
    assert ann.adds() in ann.sees()


@pytest.mark.proves("FR-011", "CL-5")
def test_a_deleted_task_is_kept_and_can_be_restored(ann: Person) -> None:
    task = ann.adds()
    assert ann.delete(f"/api/tasks/{task['id']}").status_code == 204
    assert ann.get(f"/api/tasks/{task['id']}").status_code == 404
    assert ann.sees() == []
    assert [gone["id"] for gone in ann.get("/api/tasks?status=deleted").json()] == [task["id"]]
    assert ann.post(f"/api/tasks/{task['id']}/restore").status_code == 200
    assert [back["id"] for back in ann.sees()] == [task["id"]]


@on_postgres
@pytest.mark.proves("FR-011", "FR-015", "SC-005")
def test_all_operations_work_on_postgresql_by_way_of_asyncpg(ann: Person, postgres: Server) -> None:
    task = ann.adds()
    one = f"/api/tasks/{task['id']}"
    answers = [ann.get("/api/tasks"), ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete")]
    assert statuses([*answers, ann.delete(one)]) == {200, 204}
    row = "SELECT title, completed, deleted_at IS NOT NULL FROM tasks WHERE user_id = %s"
    assert postgres.run(row, ann.name) == [("x", True, True)]
    app = ann.service.client.app
    assert isinstance(app, FastAPI)
    executor = app.state.container.storage.repository()._executor  # noqa: SLF001  nothing else tells the driver
    assert isinstance(executor, AsyncpgExecutor)


@pytest.mark.proves("CL-1")
def test_a_missing_title_is_generated(ann: Person) -> None:
    assert ann.post("/api/tasks", {}).json()["title"] == "Untitled task"
    assert ann.post("/api/tasks", {"description": "Call Bob\nabout the party"}).json()["title"] == "Call Bob"
    assert ann.post("/api/tasks", {"title": "Buy milk", "description": "x"}).json()["title"] == "Buy milk"
    assert all(task["title"] for task in ann.sees())


@pytest.mark.proves("CL-2")
def test_a_description_has_up_to_500_characters(ann: Person) -> None:
    task = ann.adds(description="x" * 500)
    assert ann.post("/api/tasks", {"title": "x", "description": "x" * 501}).status_code == 422
    assert ann.put(ann.one(task), {"description": "x" * 501}).status_code == 422
    assert ann.sees() == [task]


@pytest.mark.proves("FR-016", "SC-002")
def test_swagger_ui_needs_nothing_but_the_service(ann: Person) -> None:
    client = ann.service.client
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text
    for address in re.findall(r'(?:src|href)="(/docs/[^"]+)"', page.text):
        assert client.get(address).status_code == 200
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["BearerToken"]["scheme"] == "bearer"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert {(method, path.replace("/7", "/{task_id}")) for method, path in operations(ann, {"id": 7})} <= described


@pytest.mark.proves("SC-003", "FR-001")
def test_all_routes_share_one_authentication(ann: Person) -> None:
    app = ann.service.client.app
    assert isinstance(app, FastAPI)
    routes = [route for route in app.routes if isinstance(route, APIRoute) and CONTRACT in route.tags]
    schemes = [dependency.call for route in routes for dependency in route.dependant.dependencies]
    assert len(schemes) == len(routes) >= 6
    assert len(set(map(id, schemes))) == 1
    assert isinstance(schemes[0], BearerToken)


@pytest.mark.proves("FR-018", "CL-6")
def test_uv_installs_the_project() -> None:
    assert re.search(
        r"^uv pip install .*--requirements requirements\.lock", (ROOT / ".ci/run").read_text(), re.MULTILINE
    )
    assert re.search(r"uv run --no-dev todo-web", (ROOT / "README.md").read_text())
