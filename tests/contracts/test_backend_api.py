"""Specification 002: Backend API and database."""

from datetime import UTC, datetime

import pytest

from tests.contracts.conftest import Outage, Person, Service, on_postgres, running
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
    stored,
    without_token,
)
from tests.postgres import Server
from todo_core.task import NewTask

CONTRACT = "backend-api"
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.proves("US1-AS1", "FR-001")
def test_a_list_shows_all_tasks_in_the_order_of_their_creation(ann: Person) -> None:
    tasks = []
    for title in ("e", "d", "c", "b", "a"):
        tasks.append(ann.adds(title))
        ann.service.clock.advance(seconds=1)
    assert ann.get(f"/api/{ann.name}/tasks").json() == tasks
    assert [task["created_at"] for task in tasks] == sorted(task["created_at"] for task in tasks)


@pytest.mark.proves("US1-AS2")
def test_a_list_without_tasks_is_empty(ann: Person) -> None:
    answer = ann.get(f"/api/{ann.name}/tasks")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.proves("US1-AS3", "FR-008", "FR-019")
def test_a_list_holds_nobody_elses_tasks(ann: Person, bob: Person) -> None:
    mine, his = ann.adds("mine"), bob.adds("his")
    assert ann.sees() == [mine]
    assert bob.sees() == [his]
    assert (mine["user_id"], his["user_id"]) == (ann.name, bob.name)


@pytest.mark.proves("US1-AS4", "US2-AS3", "US3-AS4", "US4-AS5", "US5-AS5", "US6-AS4", "FR-010")
def test_nothing_is_done_without_a_token(ann: Person) -> None:
    task = ann.adds()
    assert statuses(without_token(ann, method, path) for method, path in operations(ann, task)) == {401}
    assert ann.sees() == [task]


@pytest.mark.proves("FR-007", "FR-010", "FR-016")
def test_a_token_of_another_making_is_refused(ann: Person) -> None:
    task = ann.adds()
    for headers in refused_tokens(ann):
        for method, path in operations(ann, task):
            answer = ann.send(method, path, headers)
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert ann.sees() == [task]


@pytest.mark.proves(
    "US1-AS5", "US2-AS4", "US3-AS3", "US4-AS3", "US5-AS3", "US6-AS3", "EC-2", "FR-009", "FR-011", "SC-004"
)
def test_another_users_path_is_forbidden(ann: Person, bob: Person) -> None:
    task = bob.adds()
    answers = [ann.send(method, path, json={"title": "mine"}) for method, path in operations(bob, task)]
    assert statuses(answers) == {403}
    assert bob.sees() == [task]
    assert ann.sees() == []


@pytest.mark.proves("FR-012", "FR-019", "SC-004")
def test_another_users_task_is_missing_below_ones_own_path(ann: Person, bob: Person) -> None:
    """The specification says 403 in its scenarios and 404 in FR-012: by that user's path 403, by one's own 404."""
    task = bob.adds("private")
    for method, path in operations(ann, task):
        if path != ann.tasks:
            answer = ann.send(method, path, json={"title": "x"} if method == "PUT" else None)
            assert (answer.status_code, "private" in answer.text) == (404, False)
    assert bob.sees() == [task]


@pytest.mark.proves("US3-AS2", "US4-AS4", "US5-AS4", "US6-AS2", "FR-012")
def test_a_task_that_does_not_exist_is_not_found(ann: Person) -> None:
    one = f"/api/{ann.name}/tasks/999999999"
    answers = [ann.get(one), ann.put(one, {"title": "x"}), ann.patch(f"{one}/complete"), ann.delete(one)]
    assert statuses(answers) == {404}


@pytest.mark.proves("US2-AS1", "US2-AS5", "FR-002")
def test_a_new_task_is_open_and_its_creators(ann: Person) -> None:
    answer = ann.post(f"/api/{ann.name}/tasks", {"title": "Buy groceries"})
    assert answer.status_code == 201
    task = answer.json()
    assert task["id"] > 0
    assert (task["title"], task["completed"], task["completed_at"]) == ("Buy groceries", False, None)
    assert task["user_id"] == ann.name
    assert task["created_at"] == task["updated_at"]
    assert ann.sees() == [task]


@pytest.mark.proves("US2-AS2", "US4-AS2", "FR-015", "FR-016")
def test_an_empty_title_is_refused_with_a_message(ann: Person) -> None:
    task = ann.adds()
    for title in ("", "  "):
        for answer in (ann.post(ann.tasks, {"title": title}), ann.put(ann.one(task), {"title": title})):
            assert answer.status_code == answer.json()["status"] == 400
            assert answer.json()["errors"] == [{"pointer": "/title", "detail": "The title must not be blank."}]
    assert ann.post(ann.tasks, {}).status_code == 400
    assert ann.sees() == [task]


@pytest.mark.proves("EC-5", "FR-015")
def test_a_title_has_up_to_500_characters(ann: Person) -> None:
    task = ann.adds("x" * 500)
    assert ann.post(ann.tasks, {"title": "x" * 501}).status_code == 400
    assert ann.put(ann.one(task), {"title": "x" * 501}).status_code == 400
    assert ann.sees() == [task]


@pytest.mark.proves("US3-AS1", "FR-003")
def test_one_task_is_returned_whole(ann: Person) -> None:
    task = ann.adds("Call Bob", description="about the party", completed=True)
    answer = ann.get(f"/api/{ann.name}/tasks/{task['id']}")
    assert (answer.status_code, answer.json()) == (200, task)


@pytest.mark.proves("US4-AS1", "FR-004")
def test_an_update_changes_what_was_sent_and_nothing_else(ann: Person) -> None:
    task = ann.adds("Buy milk", description="two litres")
    ann.service.clock.advance(seconds=1)
    answer = ann.put(f"/api/{ann.name}/tasks/{task['id']}", {"title": "Buy almond milk"})
    assert answer.status_code == 200
    assert answer.json() == task | {"title": "Buy almond milk", "updated_at": answer.json()["updated_at"]}
    assert answer.json()["updated_at"] > task["updated_at"]
    assert ann.sees() == [answer.json()]


@pytest.mark.proves("US5-AS1", "US5-AS2", "FR-006", "SC-002")
def test_completing_records_the_time_and_may_be_repeated(ann: Person) -> None:
    task = ann.adds()
    ann.service.clock.advance(seconds=1)
    first = ann.patch(f"/api/{ann.name}/tasks/{task['id']}/complete")
    assert (first.status_code, first.json()["completed"]) == (200, True)
    assert first.json()["completed_at"] > task["created_at"]
    assert ann.sees() == [first.json()]
    ann.service.clock.advance(seconds=1)
    again = ann.patch(f"/api/{ann.name}/tasks/{task['id']}/complete")
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.proves("US6-AS1", "US6-AS5", "FR-005")
def test_a_deleted_task_is_gone_for_good(ann: Person) -> None:
    task, other = ann.adds("gone"), ann.adds("kept")
    answer = ann.delete(f"/api/{ann.name}/tasks/{task['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert ann.get(ann.one(task)).status_code == 404
    assert ann.post(ann.one(task, "/restore")).status_code == 404
    assert ann.sees() == [other]


@pytest.mark.proves("EC-1", "FR-010")
def test_a_token_that_runs_out_is_called_expired(ann: Person) -> None:
    headers = ann.token()
    assert ann.get(ann.tasks, headers=headers).status_code == 200
    ann.service.clock.advance(hours=2)
    answer = ann.get(ann.tasks, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert "expired" in answer.json()["detail"]


@pytest.mark.proves("EC-3", "FR-018", "SC-008")
def test_a_store_that_cannot_be_reached_is_503_and_leaves_all_or_nothing(outage: Outage) -> None:
    ann = outage.service.person("ann")
    answer = ann.post(ann.tasks, {"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    outage.heal()
    assert [task["title"] for task in ann.sees()] in ([], ["x"])
    assert ann.adds() in ann.sees()


@pytest.mark.proves("EC-3", "SC-008")
def test_a_write_that_loses_its_connection_is_whole_and_made_once(postgres: Server) -> None:
    """The client learns 503, sends the same again with its key, and has one task."""
    with loses_the_answer(postgres, CONTRACT, "written, then lost") as service:
        ann, key = service.person("ann"), {"Idempotency-Key": "k"}
        assert ann.post(ann.tasks, {"title": "written, then lost"}, headers=key).status_code == 503
        again = ann.post(ann.tasks, {"title": "written, then lost"}, headers=key)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.status_code == 201
        assert ann.sees() == [again.json()]


@pytest.mark.proves("EC-4")
def test_of_simultaneous_updates_one_wins_whole(ann: Person) -> None:
    task = ann.adds()
    sent = [{"title": f"title {n}", "description": f"description {n}"} for n in range(20)]
    answers = at_once(lambda fields: ann.put(ann.one(task), fields), sent)
    assert statuses(answers) == {200}
    (last,) = ann.sees()
    assert {"title": last["title"], "description": last["description"]} in sent
    assert ann.get(ann.one(task)).headers["etag"] == '"21"'


@pytest.mark.proves("EC-6", "NFR-002", "SC-003")
def test_a_thousand_tasks_come_in_pages_of_fifty(service: Service) -> None:
    ann = service.person("ann")
    ids = stored(service, [NewTask(ann.name, f"task {n}", None, None, NOW, NOW) for n in range(1000)])
    pages, target = [], ann.tasks
    while target:
        answer = ann.get(target)
        pages.append([task["id"] for task in answer.json()])
        target = answer.links.get("next", {}).get("url", "")
    assert [len(page) for page in pages] == [50] * 20
    assert [task_id for page in pages for task_id in page] == ids
    assert [task["id"] for task in ann.get(f"{ann.tasks}?limit=1000").json()] == ids


@on_postgres
@pytest.mark.proves("FR-013")
def test_tasks_are_kept_in_postgresql(ann: Person, postgres: Server) -> None:
    task = ann.adds("kept")
    assert postgres.run("SELECT id, title FROM tasks WHERE user_id = %s", ann.name) == [(task["id"], "kept")]
    with running(CONTRACT, ann.service.url, ann.service.clock) as restarted:
        assert Person(restarted, ann.name).sees() == [task]


@on_postgres
@pytest.mark.proves("FR-014")
def test_the_database_wants_one_owner_for_each_task(ann: Person, postgres: Server) -> None:
    columns = (
        "SELECT is_nullable FROM information_schema.columns WHERE table_name = 'tasks' AND column_name = 'user_id'"
    )
    assert postgres.run(columns) == [("NO",)]


@pytest.mark.proves("FR-016", "NFR-005")
def test_every_answer_is_json_and_every_error_a_problem(ann: Person) -> None:
    task = ann.adds()
    for answer in (ann.get(ann.tasks), ann.get(ann.one(task)), ann.put(ann.one(task), {}), ann.post(ann.tasks, task)):
        assert answer.headers["content-type"] == "application/json"
    errors = [
        ann.get("/nowhere"),
        ann.get("/api/nobody/tasks"),
        ann.get(f"{ann.tasks}/999999999"),
        ann.post(ann.tasks, {}),
        ann.get(f"{ann.tasks}?limit=0"),
        ann.post(ann.tasks, content=b"title=x"),
        ann.delete(ann.tasks),
        without_token(ann, "GET", ann.tasks),
    ]
    for answer in errors:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(answer.json())
        assert answer.json()["status"] == answer.status_code
    assert [answer.status_code for answer in errors] == [404, 403, 404, 400, 400, 415, 405, 401]


@pytest.mark.proves("FR-017", "SC-007")
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


@pytest.mark.proves("FR-020")
def test_pages_of_the_configured_origin_may_call(ann: Person) -> None:
    answer = ann.get(ann.tasks, headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in ann.get(ann.tasks, headers={"Origin": "https://evil.example"}).headers
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    answer = ann.service.client.options(ann.tasks, headers=preflight)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, ORIGIN)


@pytest.mark.proves("NFR-003", "SC-005")
def test_a_hundred_users_at_once_are_all_served(service: Service) -> None:
    people = [service.person("user") for _ in range(100)]

    def use(person: Person) -> bool:
        task = person.adds(person.name)
        done = person.patch(person.one(task, "/complete"))
        return done.status_code == 200 and person.sees() == [done.json()]

    assert all(at_once(use, people))


@pytest.mark.proves("NFR-006")
def test_requests_share_few_connections_and_leave_none(postgres: Server) -> None:
    url = postgres.url(options="?application_name=pooling")
    with running(CONTRACT, url, TODO_STORAGE_POOL_SIZE=4) as service:
        ann = service.person("ann")
        assert statuses(at_once(lambda _: ann.get(ann.tasks), range(100))) == {200}
        assert 1 <= sessions(postgres, "pooling") <= 4
    assert eventually(0, lambda: sessions(postgres, "pooling")) == 0


@pytest.mark.proves("SC-001")
def test_a_new_task_is_in_the_list_of_the_next_request(ann: Person) -> None:
    """No time passes between the two, so it is there well within two seconds."""
    for title in ("first", "second"):
        assert ann.adds(title) in ann.sees()
