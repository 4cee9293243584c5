"""What one of the specifications asks alone."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import grimp
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlmodel import Session, SQLModel, select

from tests.contracts.conftest import Person, Service, durable, on_postgres, running
from tests.contracts.expected import proves
from tests.contracts.proofs import (
    ORIGIN,
    at_once,
    audit_events,
    eventually,
    loses_the_answer,
    operations,
    refused_tokens,
    sessions,
    statuses,
    without_token,
)
from tests.support.postgres import Database, Server
from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.neon.asyncpg_executor import AsyncpgExecutor
from todo_adapters.neon.dsn import parse_dsn
from todo_adapters.neon.psycopg2_executor import open_engine
from todo_adapters.neon.table import TaskRow
from todo_core.policy import TaskPolicy
from todo_core.service import TaskService
from todo_core.task import Task
from todo_web.application import Application

ROOT = Path(__file__).parents[2]
FIELDS = {"id", "user_id", "title", "description", "completed", "completed_at", "created_at", "updated_at"}

# Specification 000: FastAPI backend with CRUD operations and JWT security


@proves(fastapi_backend_crud="FR-015 SC-006")
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_no_connection_is_left_when_a_service_ends(store: str, postgres: Server, tmp_path: Path, contract: str) -> None:
    def held() -> int:
        files = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sessions(postgres, "leaking") + sum(tmp_path in file.parents for file in files)

    urls = {
        "sqlite": f"sqlite:///{tmp_path / 'tasks.db'}",
        "postgres": postgres.url(options="?application_name=leaking"),
    }
    with running(contract, urls[store]) as service:
        person = service.person("ann")
        assert statuses(at_once(lambda _: person.get(person.tasks), range(50))) == {200}
        assert held() > 0
    assert eventually(0, held) == 0


# Specification 001: FastAPI to-do backend service


@durable
@proves(fastapi_todo_backend="US3-AS1 SC-004")
def test_tasks_outlive_the_service(ann: Person, contract: str) -> None:
    tasks = [ann.adds(str(n), description="x", completed=n % 2 == 0) for n in range(5)]
    with running(contract, ann.service.url, ann.service.clock) as restarted:
        assert Person(restarted, ann.name).sees() == tasks


@durable
@proves(fastapi_todo_backend="US3-AS2")
def test_an_update_is_kept_and_seen_by_every_service(ann: Person, contract: str) -> None:
    task = ann.adds()
    updated = ann.put(f"/tasks/{task['id']}", {"title": "changed", "completed": True}).json()
    assert ann.get(f"/tasks/{task['id']}").json() == updated
    with running(contract, ann.service.url, ann.service.clock) as other:
        assert Person(other, ann.name).sees() == [updated]


@proves(fastapi_todo_backend="EC-1")
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


@on_postgres
@proves(fastapi_todo_backend="FR-004")
def test_tasks_are_rows_of_a_sqlmodel_in_postgresql(ann: Person, database: Database) -> None:
    task = ann.adds("kept")
    assert issubclass(TaskRow, SQLModel)
    engine = open_engine(parse_dsn(database.address), pool_size=1, deadline=5)
    with closing(Session(engine)) as session:
        row = session.exec(select(TaskRow).where(TaskRow.user_id == ann.name)).one()
        assert (row.id, row.title, row.completed) == (task["id"], "kept", False)
    engine.dispose()


@proves(fastapi_todo_backend="FR-007 FR-008")
def test_the_layers_are_apart_and_both_programs_use_one_service_layer() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stdout.decode()
    modules = grimp.build_graph("todo_web", "todo_cli", "todo_core", cache_dir=None)
    for program in ("todo_web", "todo_cli"):
        assert modules.find_shortest_chains(program, "todo_core.service", as_packages=True), program


# Specification 002: Backend API and database


@proves(backend_api="EC-3 SC-008")
def test_a_write_that_loses_its_connection_is_whole_and_made_once(postgres: Server, contract: str) -> None:
    """The client learns 503, sends the same again with its key, and has one task."""
    with loses_the_answer(postgres, contract, "written, then lost") as service:
        ann, key = service.person("ann"), {"Idempotency-Key": "k"}
        assert ann.post(ann.tasks, {"title": "written, then lost"}, headers=key).status_code == 503
        again = ann.post(ann.tasks, {"title": "written, then lost"}, headers=key)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.status_code == 201
        assert ann.sees() == [again.json()]


@on_postgres
@proves(backend_api="FR-014")
def test_the_database_wants_one_owner_for_each_task(ann: Person, database: Database) -> None:
    columns = (
        "SELECT is_nullable FROM information_schema.columns WHERE table_name = 'tasks' AND column_name = 'user_id'"
    )
    assert database.run(columns) == [("NO",)]


@proves(backend_api="FR-017 SC-007")
def test_refusals_are_logged_for_an_audit(ann: Person, bob: Person, caplog: pytest.LogCaptureFixture) -> None:
    task = bob.adds()
    answers = [without_token(ann, "GET", ann.tasks), ann.get(bob.tasks), ann.get(ann.one(task))]
    events = audit_events(caplog)
    assert [(event["event"], event["reason"], event["user_id"]) for event in events] == [
        ("authentication_failure", "no_token", None),
        ("authorization_violation", "foreign_path", ann.name),
        ("authorization_violation", "foreign_task", ann.name),
    ]
    assert [event["request_id"] for event in events] == [answer.headers["x-request-id"] for answer in answers]
    assert all(event["time"] and event["method"] == "GET" and "/tasks" in event["route"] for event in events)


@proves(backend_api="NFR-006")
def test_requests_share_few_connections_and_leave_none(postgres: Server, contract: str) -> None:
    url = postgres.url(options="?application_name=pooling")
    with running(contract, url, TODO_STORAGE_POOL_SIZE=4) as service:
        ann = service.person("ann")
        assert statuses(at_once(lambda _: ann.get(ann.tasks), range(100))) == {200}
        assert 1 <= sessions(postgres, "pooling") <= 4
    assert eventually(0, lambda: sessions(postgres, "pooling")) == 0


@proves(backend_api="SC-001")
def test_a_new_task_is_in_the_list_of_the_next_request(ann: Person) -> None:
    """No time passes between the two, so it is there well within two seconds."""
    for title in ("first", "second"):
        assert ann.adds(title) in ann.sees()


# Specification 003: Secure user-scoped task management REST API


@proves(task_management="FR-017 SC-001")
def test_what_a_user_deleted_is_nobody_elses(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    bob.delete(bob.one(task))
    assert ann.get("/api/tasks?status=deleted").json() == []
    assert ann.post(ann.one(task, "/restore")).status_code in {403, 404}
    assert bob.sees() == []


@proves(task_management="CL-3 FR-003")
def test_a_token_is_good_for_24_hours_and_no_longer(ann: Person) -> None:
    headers = ann.token(timedelta(hours=24))
    assert ann.get("/api/tasks", headers=headers).status_code == 200
    ann.service.clock.advance(hours=23, minutes=59)
    assert ann.get("/api/tasks", headers=headers).status_code == 200
    ann.service.clock.advance(minutes=2)
    assert ann.get("/api/tasks", headers=headers).status_code == 401
    longer = ann.get("/api/tasks", headers=ann.token(timedelta(hours=25)))
    assert (longer.status_code, longer.json()["detail"]) == (401, "The token is valid for longer than 24 hours.")


@on_postgres
@proves(task_management="FR-011 FR-015 SC-005")
def test_all_operations_work_on_postgresql_by_way_of_asyncpg(ann: Person, database: Database) -> None:
    task = ann.adds()
    one = f"/api/tasks/{task['id']}"
    answers = [ann.get("/api/tasks"), ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete")]
    assert statuses([*answers, ann.delete(one)]) == {200, 204}
    row = "SELECT title, completed, deleted_at IS NOT NULL FROM tasks WHERE user_id = %s"
    assert database.run(row, ann.name) == [("x", True, True)]
    app = ann.service.client.app
    assert isinstance(app, FastAPI)
    executor = app.state.container.storage.repository()._executor  # noqa: SLF001  nothing else tells the driver
    assert isinstance(executor, AsyncpgExecutor)


@proves(task_management="FR-016 SC-002")
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


@proves(task_management="SC-003 FR-001")
def test_all_routes_share_one_authentication(ann: Person) -> None:
    app = ann.service.client.app
    assert isinstance(app, FastAPI)
    routes = [route for route in app.routes if isinstance(route, APIRoute) and route.path.startswith("/api/tasks")]
    asked = [(method, route.path.format(task_id=1)) for route in routes for method in route.methods or ()]
    assert {path.rpartition("/")[2] for _, path in asked} == {
        "tasks",
        "1",
        "toggle",
        "complete",
        "uncomplete",
        "restore",
    }
    assert ("HEAD", "/api/tasks") in asked
    for headers in [{}, *refused_tokens(ann)]:
        answers = [ann.service.client.request(method, path, headers=headers) for method, path in asked]
        assert statuses(answers) == {401}
        assert len({answer.headers["WWW-Authenticate"] for answer in answers}) == 1
    assert 401 not in {ann.send(method, path).status_code for method, path in asked}


@proves(task_management="FR-018 CL-6")
def test_uv_installs_the_project() -> None:
    assert re.search(
        r"^uv pip install .*--requirements requirements\.lock", (ROOT / ".ci/run").read_text(), re.MULTILINE
    )
    assert re.search(r"uv run --no-dev todo-web", (ROOT / "README.md").read_text())


# Specification 004: Production-ready backend for the to-do web application


class BrokenRepository(MemoryTaskRepository):
    """A store with a fault that nobody thought of."""

    async def get(self, user_id: str, task_id: int) -> Task | None:
        """Fail with an error that holds what must not be told."""
        raise RuntimeError(f"SELECT * FROM secrets WHERE user = '{user_id}'")


@proves(backend_todo_api="US3-AS4 FR-009 FR-011")
def test_an_internal_error_tells_nothing(service: Service, contract: str) -> None:
    ann = service.person("ann")
    app = service.client.app
    assert isinstance(app, Application)
    broken = TaskService(BrokenRepository(), service.clock, TaskPolicy())
    context = app.context
    app.context = replace(context, services={contract: broken})
    try:
        answer = ann.get("/api/tasks/1", headers={"Origin": ORIGIN})
    finally:
        app.context = context
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected_error")
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    for secret in ("SELECT", "secrets", ann.name, "Runtime", "Traceback", ".py"):
        assert secret not in answer.text


@proves(backend_todo_api="SC-001 SC-005")
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
