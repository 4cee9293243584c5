"""Specification 000: FastAPI backend with CRUD operations and JWT security."""

from pathlib import Path

import pytest

from tests.contracts.conftest import Outage, Person, running
from tests.contracts.proofs import (
    ORIGIN,
    at_once,
    eventually,
    operations,
    refused_tokens,
    sessions,
    statuses,
    without_token,
)
from tests.postgres import Server

CONTRACT = "fastapi-backend-crud"


@pytest.mark.proves("US1-AS1", "FR-007", "SC-002")
def test_a_list_holds_all_of_ones_own_tasks_and_no_others(ann: Person, bob: Person) -> None:
    mine = [ann.adds("first"), ann.adds("second", completed=True)]
    bob.adds("his")
    answer = ann.get(f"/api/{ann.name}/tasks")
    assert (answer.status_code, answer.json()) == (200, mine)
    assert ann.get(f"/api/{ann.name}/tasks?completed=true").json() == mine[1:]
    assert ann.get(f"/api/{ann.name}/tasks?status=pending").json() == mine[:1]


@pytest.mark.proves("US1-AS2", "US3-AS3", "EC-5", "FR-002", "FR-004", "SC-002")
def test_another_users_tasks_are_denied(ann: Person, bob: Person) -> None:
    """By the other's path, and below one's own path by the task's id."""
    task = bob.adds("private")
    by_his_path = [ann.send(method, path, json={"title": "mine"}) for method, path in operations(bob, task)]
    by_the_id = [
        ann.send(method, path, json={"title": "mine"} if method == "PUT" else None)
        for method, path in operations(ann, task)
        if path != ann.tasks
    ]
    assert statuses(by_his_path) == statuses(by_the_id) == {403}
    assert all("private" not in answer.text for answer in by_his_path + by_the_id)
    assert bob.sees() == [task]
    assert ann.sees() == []


@pytest.mark.proves("US1-AS3", "EC-2", "FR-001", "FR-003", "SC-001")
def test_every_operation_wants_a_good_token(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answers = [ann.send(method, path, headers) for headers in refused_tokens(ann)]
        answers.append(without_token(ann, method, path))
        assert statuses(answers) == {401}
        assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
    assert ann.sees() == [task]


@pytest.mark.proves("EC-2", "FR-003")
def test_an_expired_token_is_unauthorized(ann: Person) -> None:
    headers = ann.token()
    assert ann.get(ann.tasks, headers=headers).status_code == 200
    ann.service.clock.advance(hours=2)
    assert ann.get(ann.tasks, headers=headers).status_code == 401


@pytest.mark.proves("US2-AS1", "US2-AS2", "FR-008", "FR-009", "FR-013", "SC-003")
def test_a_created_task_is_returned_and_can_be_fetched(ann: Person) -> None:
    created = ann.post(f"/api/{ann.name}/tasks", {"title": "Buy milk", "description": "two litres"})
    assert created.status_code == 201
    task = created.json()
    assert (task["title"], task["description"], task["completed"]) == ("Buy milk", "two litres", False)
    fetched = ann.get(f"/api/{ann.name}/tasks/{task['id']}")
    assert (fetched.status_code, fetched.json()) == (200, task)


@pytest.mark.proves("US2-AS3", "US2-AS5", "FR-010", "FR-013", "SC-003")
def test_an_update_changes_title_and_completion(ann: Person) -> None:
    task = ann.adds("Buy milk", description="two litres")
    updated = ann.put(f"/api/{ann.name}/tasks/{task['id']}", {"title": "Buy tea"})
    assert (updated.status_code, updated.json()["title"], updated.json()["description"]) == (
        200,
        "Buy tea",
        "two litres",
    )
    completed = ann.put(f"/api/{ann.name}/tasks/{task['id']}", {"completed": True})
    assert (completed.status_code, completed.json()["completed"]) == (200, True)
    assert ann.sees() == [completed.json()]


@pytest.mark.proves("US2-AS4", "FR-011", "FR-013", "SC-003")
def test_a_deleted_task_is_removed(ann: Person) -> None:
    task = ann.adds()
    assert ann.delete(f"/api/{ann.name}/tasks/{task['id']}").status_code == 204
    assert ann.sees() == []
    assert ann.get(ann.one(task)).status_code == 404


@pytest.mark.proves("US3-AS1", "US3-AS2", "FR-012", "FR-013", "SC-003")
def test_a_toggle_turns_completion_round(ann: Person) -> None:
    task = ann.adds()
    for expected in (True, False, True):
        answer = ann.patch(f"/api/{ann.name}/tasks/{task['id']}/complete")
        assert (answer.status_code, answer.json()["completed"]) == (200, expected)
        assert ann.sees() == [answer.json()]


@pytest.mark.proves("EC-1", "FR-005", "FR-013")
def test_what_does_not_exist_is_not_found(ann: Person) -> None:
    one = f"/api/{ann.name}/tasks/999999999"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete"), ann.delete(one)]
    assert statuses(answers) == {404}


WRONG: dict[str, list[object]] = {
    "title": [None, "", "  ", 7, [], "x" * 201, "two\nlines", "\x00"],
    "description": [7, {}, "x" * 1001, "\x00"],
    "completed": [None, "true", 1],
    "colour": ["red"],
}


@pytest.mark.proves("EC-3", "FR-006", "SC-004", "SC-007")
@pytest.mark.parametrize("field", WRONG)
def test_every_field_is_validated_and_the_wrong_one_is_named(ann: Person, field: str) -> None:
    task = ann.adds()
    for value in WRONG[field]:
        # Beside a field that is known, one that is not is ignored, and named in the answer.
        body = {field: value} if field == "colour" else {"title": "x", field: value}
        for answer in (ann.post(ann.tasks, body), ann.put(ann.one(task), body)):
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == f"/{field}"
            assert answer.json()["detail"].endswith(".")
    assert ann.sees() == [task]


@pytest.mark.proves("EC-3", "FR-006", "SC-004")
def test_a_title_is_required(ann: Person) -> None:
    assert ann.post(ann.tasks, {"description": "x"}).status_code == 422
    assert ann.post(ann.tasks, content=b"{", headers={"Content-Type": "application/json"}).status_code == 422
    assert ann.sees() == []


@pytest.mark.proves("EC-4", "SC-007")
def test_a_store_that_cannot_be_reached_is_said_in_plain_words(outage: Outage) -> None:
    ann = outage.service.person("ann")
    answer = ann.post(ann.tasks, {"title": "x"})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "The tasks cannot be reached now; try again."
    outage.heal()
    assert ann.adds() in ann.sees()


@pytest.mark.proves("FR-014", "SC-005")
def test_a_front_end_of_the_configured_origin_may_do_everything(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        wanted = {"Origin": ORIGIN, "Access-Control-Request-Method": method}
        wanted["Access-Control-Request-Headers"] = "authorization,content-type"
        assert ann.service.client.options(path, headers=wanted).status_code == 200
        answer = ann.send(method, path, {"Origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        stranger = ann.send(method, path, {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.proves("FR-015", "SC-006")
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_no_connection_is_left_when_a_service_ends(store: str, postgres: Server, tmp_path: Path) -> None:
    def held() -> int:
        files = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sessions(postgres, "leaking") + sum(tmp_path in file.parents for file in files)

    urls = {
        "sqlite": f"sqlite:///{tmp_path / 'tasks.db'}",
        "postgres": postgres.url(options="?application_name=leaking"),
    }
    with running(CONTRACT, urls[store]) as service:
        person = service.person("ann")
        assert statuses(at_once(lambda _: person.get(person.tasks), range(50))) == {200}
        assert held() > 0
    assert eventually(0, held) == 0
