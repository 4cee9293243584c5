"""What several of the specifications ask, on each of them over each store.

A test names, for each contract that it runs on, the lines of that contract's specification that it proves: what the
contracts share stands there side by side. Where they differ, the test looks into ``expected.py``. What one of them
asks alone is in ``test_single_contracts.py``.
"""

from datetime import UTC, datetime

from tests.contracts.conftest import Outage, Person, Service, on_postgres
from tests.contracts.expected import Expected, proves
from tests.contracts.proofs import (
    ORIGIN,
    at_once,
    missing,
    on_one,
    operations,
    refused_tokens,
    statuses,
    stored,
    without_token,
)
from tests.support.postgres import Database
from todo_core.task import NewTask

NOW = datetime(2026, 1, 2, tzinfo=UTC)


# Tasks


@proves(
    fastapi_backend_crud="US1-AS1 FR-007 SC-002",
    fastapi_todo_backend="US1-AS2 FR-001 FR-005",
    backend_api="US1-AS1 US1-AS2 US1-AS3 FR-001 FR-008 FR-019",
    task_management="US1-AS1 FR-007 FR-017 SC-001",
    backend_todo_api="US1-AS1 US2-AS2 FR-003 FR-006",
)
def test_a_list_holds_all_of_ones_own_tasks_in_the_order_of_their_creation(ann: Person, bob: Person) -> None:
    assert (ann.get(ann.tasks).status_code, ann.sees()) == (200, [])
    his, mine = bob.adds("his"), []
    for title in ("e", "d", "c", "b", "a"):
        mine.append(ann.adds(title))
        ann.service.clock.advance(seconds=1)
    assert (ann.sees(), bob.sees()) == (mine, [his])
    assert [task["created_at"] for task in mine] == sorted(task["created_at"] for task in mine)
    assert {task["user_id"] for task in mine} == {ann.name}


@proves(
    fastapi_backend_crud="FR-007",
    fastapi_todo_backend="FR-001",
    backend_api="EC-6 NFR-002 SC-003",
    task_management="FR-007",
    backend_todo_api="FR-003",
)
def test_a_thousand_tasks_come_at_once_or_in_pages(service: Service, expected: Expected) -> None:
    ann = service.person("ann")
    ids = stored(service, [NewTask(ann.name, f"task {n}", None, None, NOW, NOW) for n in range(1000)])
    pages, target = [], ann.tasks
    while target:
        answer = ann.get(target)
        pages.append([task["id"] for task in answer.json()])
        target = answer.links.get("next", {}).get("url", "")
    assert [len(page) for page in pages] == ([1000] if expected.page is None else [expected.page] * 20)
    assert [task_id for page in pages for task_id in page] == ids
    assert [task["id"] for task in ann.get(f"{ann.tasks}?limit=1000").json()] == ids


@proves(
    fastapi_backend_crud="US2-AS1 US2-AS2 FR-008 FR-009 FR-013 SC-003",
    fastapi_todo_backend="US1-AS1 FR-001 FR-002 FR-003",
    backend_api="US2-AS1 US2-AS5 US3-AS1 FR-002 FR-003",
    task_management="US1-AS2 US2-AS1 FR-004 FR-008 FR-009 FR-013",
    backend_todo_api="US2-AS1 FR-002 FR-007 FR-009",
)
def test_a_created_task_is_its_creators_and_returned_whole(ann: Person, bob: Person) -> None:
    """Whatever owner the body names."""
    sent = {"title": "Buy milk", "description": "two litres", "user_id": bob.name}
    now = ann.service.clock.now().isoformat().replace("+00:00", "Z")
    created = [ann.post(ann.tasks, sent), ann.post(ann.tasks, {"title": "done", "completed": True})]
    assert statuses(created) == {201}
    task, done = (answer.json() for answer in created)
    assert task["id"] > 0
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
    other = {"id": done["id"], "title": "done", "description": None, "completed": True, "completed_at": now}
    assert done == task | other
    for expected in (task, done):
        fetched = ann.get(ann.one(expected))
        assert (fetched.status_code, fetched.json()) == (200, expected)
    assert (ann.sees(), bob.sees()) == ([task, done], [])


@proves(
    fastapi_backend_crud="US2-AS3 US2-AS5 FR-010 FR-013 SC-003",
    fastapi_todo_backend="FR-001 SC-001",
    backend_api="US4-AS1 FR-004",
    task_management="US2-AS2 FR-010",
    backend_todo_api="US2-AS3 FR-004 FR-007 FR-009",
)
def test_an_update_changes_what_was_sent_and_nothing_else(ann: Person) -> None:
    task = ann.adds("Buy milk", description="two litres")
    for change in ({"title": "Buy tea"}, {"description": "green"}, {"completed": True}):
        ann.service.clock.advance(seconds=1)
        now = ann.service.clock.now().isoformat().replace("+00:00", "Z")
        answer = ann.put(ann.one(task), change)
        times = {"updated_at": now, "completed_at": now if "completed" in change else None}
        assert (answer.status_code, answer.json()) == (200, task | change | times)
        task = answer.json()
        assert ann.sees() == [task]


@proves(
    fastapi_backend_crud="US3-AS1 US3-AS2 FR-012 FR-013 SC-003",
    fastapi_todo_backend="FR-001 SC-001",
    backend_api="US5-AS1 US5-AS2 FR-006 SC-002",
    task_management="US2-AS3 FR-012",
    backend_todo_api="US2-AS4 FR-007 FR-013",
)
def test_a_completion_toggles_or_marks_as_the_specification_says(ann: Person, expected: Expected) -> None:
    """It records when the task was done, and shows at once; what changes nothing answers with the same task."""
    task = ann.adds()
    for completed in expected.after_completions:
        ann.service.clock.advance(seconds=1)
        now = ann.service.clock.now().isoformat().replace("+00:00", "Z")
        changed = {"completed": completed, "completed_at": now if completed else None, "updated_at": now}
        wanted = task if task["completed"] == completed else task | changed
        answer = ann.patch(ann.one(task, f"/{expected.completion}"))
        assert (answer.status_code, answer.json()) == (200, wanted)
        task = wanted
        assert ann.sees() == [task]


@proves(
    fastapi_backend_crud="US2-AS4 FR-011 FR-013 SC-003",
    fastapi_todo_backend="FR-001 SC-001",
    backend_api="US6-AS1 US6-AS5 FR-005",
    task_management="FR-011 CL-5",
    backend_todo_api="US2-AS5 FR-005 FR-007 FR-009",
)
def test_a_deleted_task_is_gone_for_good_or_in_the_trash(ann: Person, expected: Expected) -> None:
    task, other = ann.adds("gone"), ann.adds("kept")
    answer = ann.delete(ann.one(task))
    assert (answer.status_code, answer.content) == (204, b"")
    assert ann.get(ann.one(task)).status_code == 404
    assert ann.sees() == [other]
    in_the_trash = ann.get(f"{ann.tasks}?status=deleted")
    restored = ann.post(ann.one(task, "/restore"))
    if expected.has_trash:
        assert [gone["id"] for gone in in_the_trash.json()] == [task["id"]]
        assert (restored.status_code, ann.sees()) == (200, [restored.json(), other])
    else:
        assert (in_the_trash.status_code, restored.status_code) == (expected.invalid_status, 404)
        assert ann.sees() == [other]


@proves(fastapi_backend_crud="US1-AS1 FR-007", backend_todo_api="FR-012")
def test_a_list_is_filtered_by_completion(ann: Person) -> None:
    todo, done = ann.adds("open"), ann.adds("done", completed=True)
    for query, expected in {"completed=true": [done], "completed=false": [todo], "status=pending": [todo]}.items():
        assert ann.get(f"{ann.tasks}?{query}").json() == expected
    assert ann.get(f"{ann.tasks}?completed=perhaps").status_code == 422


# Who may


@proves(
    fastapi_backend_crud="US1-AS3 EC-2 FR-001 FR-003 SC-001",
    fastapi_todo_backend="US2-AS2 FR-002 FR-009 SC-003",
    backend_api="US1-AS4 US2-AS3 US3-AS4 US4-AS5 US5-AS5 US6-AS4 FR-007 FR-010 FR-016",
    task_management="US3-AS1 US3-AS2 US3-AS3 EC-2 FR-001 FR-003 SC-002 SC-004",
    backend_todo_api="US1-AS2 US3-AS2 FR-001 FR-009 SC-002 SC-006",
)
def test_every_operation_wants_a_good_token(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answers = [ann.send(method, path, headers) for headers in refused_tokens(ann)]
        for answer in [*answers, without_token(ann, method, path)]:
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert ann.sees() == [task]


@proves(
    fastapi_backend_crud="EC-2 FR-003",
    fastapi_todo_backend="SC-003",
    backend_api="EC-1 FR-010",
    task_management="US3-AS2 FR-003 SC-002",
    backend_todo_api="US1-AS2 EC-4",
)
def test_a_session_ends_with_its_token_which_is_called_expired(ann: Person) -> None:
    headers = ann.token()
    task = ann.post(ann.tasks, {"title": "x"}, headers=headers).json()
    ann.service.clock.advance(hours=2)
    answer = ann.put(ann.one(task), {"title": "late"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert "expired" in answer.json()["detail"]
    assert ann.sees() == [task]


@proves(
    fastapi_backend_crud="US1-AS2 US3-AS3 EC-5 FR-002 FR-004 SC-002",
    fastapi_todo_backend="US2-AS1 FR-005 FR-009 SC-003",
    backend_api="FR-012 FR-019 SC-004",
    task_management="US1-AS3 US2-AS2 US2-AS3 EC-3 FR-005 FR-006 FR-017 SC-001 SC-004",
    backend_todo_api="US1-AS3 EC-3 FR-006 FR-009 SC-003 SC-006",
)
def test_another_users_task_is_forbidden_or_reads_as_missing(ann: Person, bob: Person, expected: Expected) -> None:
    """Specification 002 says 403 in its scenarios and 404 in FR-012: by that user's path 403, by one's own 404."""
    task = bob.adds("private")
    answers = on_one(ann, task)
    assert statuses(answers) == {expected.strangers_status}
    assert all("private" not in answer.text for answer in answers)
    told_apart = {answer.json()["code"] for answer in answers} != {answer.json()["code"] for answer in missing(ann)}
    assert told_apart == (expected.strangers_status == 403)
    assert (bob.sees(), ann.sees()) == ([task], [])


@proves(
    fastapi_backend_crud="US1-AS2 US3-AS3 EC-5 FR-002 FR-004 SC-002",
    backend_api="US1-AS5 US2-AS4 US3-AS3 US4-AS3 US5-AS3 US6-AS3 EC-2 FR-009 FR-011 SC-004",
)
def test_another_users_path_is_forbidden(ann: Person, bob: Person) -> None:
    task = bob.adds("private")
    answers = [ann.send(method, path, json={"title": "mine"}) for method, path in operations(bob, task)]
    assert statuses(answers) == {403}
    assert all("private" not in answer.text for answer in answers)
    assert (bob.sees(), ann.sees()) == ([task], [])


@proves(
    fastapi_backend_crud="EC-1 FR-005 FR-013",
    fastapi_todo_backend="EC-4 FR-010",
    backend_api="US3-AS2 US4-AS4 US5-AS4 US6-AS2 FR-012",
    task_management="EC-1",
    backend_todo_api="US3-AS3 FR-009 SC-006",
)
def test_a_task_that_does_not_exist_is_not_found(ann: Person) -> None:
    assert statuses(missing(ann)) == {404}


@proves(fastapi_backend_crud="FR-014 SC-005", backend_api="FR-020")
def test_a_page_of_the_configured_origin_may_do_everything(ann: Person) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        wanted = {"Origin": ORIGIN, "Access-Control-Request-Method": method}
        wanted["Access-Control-Request-Headers"] = "authorization,content-type"
        preflight = ann.service.client.options(path, headers=wanted)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, ORIGIN)
        answer = ann.send(method, path, {"Origin": ORIGIN})
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        stranger = ann.send(method, path, {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers


# What is refused, and how


@proves(
    fastapi_backend_crud="EC-3 FR-006 SC-004 SC-007",
    fastapi_todo_backend="EC-3 FR-010",
    backend_api="US2-AS2 US4-AS2 EC-5 FR-015 FR-016",
    task_management="CL-2",
    backend_todo_api="US3-AS1 EC-1 FR-002 FR-008 FR-009 SC-006",
)
def test_every_field_is_validated_and_the_wrong_one_is_named(ann: Person, expected: Expected) -> None:
    widest = {"title": "x" * expected.title_limit, "description": "y" * expected.description_limit}
    task = ann.adds(**widest)
    assert task == task | widest
    wrong: dict[str, list[object]] = {
        "title": ["", "  ", 7, [], f"{widest['title']}x", "two\nlines", "\x00"],
        "description": [7, {}, f"{widest['description']}y", "\x00"],
        "completed": [None, "true", "yes", 1],
        "colour": ["red"],
    }
    for field, values in wrong.items():
        for value in values:
            # Beside a field that is known, one that is not is ignored, and named in the answer.
            body = {field: value} if field == "colour" else {"title": "x", field: value}
            for answer in (ann.post(ann.tasks, body), ann.put(ann.one(task), body)):
                problem = answer.json()
                assert (answer.status_code, problem["status"]) == (expected.invalid_status,) * 2, body
                assert problem["errors"] == [{"pointer": f"/{field}", "detail": problem["detail"]}]
                assert problem["detail"].endswith(".")
                assert str(value).strip(" ") or problem["detail"] == "The title must not be blank."
    assert ann.sees() == [task]


@proves(
    fastapi_backend_crud="EC-3 FR-006 SC-004",
    fastapi_todo_backend="EC-3 FR-010",
    backend_api="US2-AS2 FR-015",
    task_management="CL-1",
    backend_todo_api="US3-AS1 FR-008 FR-009",
)
def test_a_title_is_required_or_generated(ann: Person, expected: Expected) -> None:
    bodies: dict[str, dict[str, object]] = {
        "Untitled task": {},
        "Call Bob": {"description": "Call Bob\nabout the party"},
        "from null": {"title": None, "description": "from null"},
    }
    answers = {title: ann.post(ann.tasks, body) for title, body in bodies.items()}
    if expected.title_generated:
        assert [answer.json()["title"] for answer in answers.values()] == list(answers)
        assert [task["title"] for task in ann.sees()] == list(answers)
    else:
        assert statuses(answers.values()) == {expected.invalid_status}
        assert {answer.json()["errors"][0]["pointer"] for answer in answers.values()} == {"/title"}
        assert ann.sees() == []
    broken = ann.post(ann.tasks, content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == expected.invalid_status


@proves(fastapi_todo_backend="FR-006", backend_api="FR-016 NFR-005")
def test_every_answer_is_json_and_every_error_a_problem(ann: Person, expected: Expected) -> None:
    task = ann.adds()
    for method, path in operations(ann, task):
        answer = ann.send(
            method, path, {"Accept": "text/html"}, json={"title": "x"} if method in {"POST", "PUT"} else None
        )
        assert answer.status_code == 204 or answer.headers["content-type"] == "application/json"
    errors = {
        404: [ann.get("/nowhere"), *missing(ann)],
        expected.invalid_status: [ann.post(ann.tasks, {}), ann.get(f"{ann.tasks}?limit=0")],
        415: [ann.post(ann.tasks, content=b"title=x")],
        405: [ann.delete(ann.tasks), ann.send("TRACE", ann.tasks)],
        401: [without_token(ann, "GET", ann.tasks)],
        403: [ann.get("/api/nobody/tasks")] if expected.names_the_user else [],
    }
    for status, answers in errors.items():
        for answer in answers:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(answer.json())
            assert answer.json()["status"] == answer.status_code == status


# Faults and company


@proves(
    fastapi_backend_crud="EC-4 SC-007",
    fastapi_todo_backend="EC-2 FR-010",
    backend_api="EC-3 FR-018 SC-008",
    task_management="EC-5",
    backend_todo_api="EC-2 SC-004",
)
def test_a_store_that_cannot_be_reached_is_said_in_plain_words_and_leaves_all_or_nothing(outage: Outage) -> None:
    ann = outage.service.person("ann")
    answer = ann.post(ann.tasks, {"title": "x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert answer.json()["detail"] == "The tasks cannot be reached now; try again."
    assert int(answer.headers["retry-after"]) > 0
    outage.heal()
    assert [task["title"] for task in ann.sees()] in ([], ["x"])
    assert ann.adds() in ann.sees()


@proves(fastapi_todo_backend="EC-5 SC-001", backend_todo_api="EC-5")
def test_of_simultaneous_toggles_none_is_lost(ann: Person, expected: Expected) -> None:
    one = ann.one(ann.adds())
    assert statuses(at_once(lambda _: ann.patch(f"{one}/{expected.completion}"), range(25))) == {200}
    answer = ann.get(one)
    assert (answer.json()["completed"], answer.headers["etag"]) == (True, '"26"')


@proves(backend_api="EC-4", task_management="EC-4 CL-4")
def test_of_simultaneous_updates_the_last_wins_whole(ann: Person) -> None:
    task = ann.adds()
    sent = [{"title": f"title {n}", "description": f"description {n}"} for n in range(20)]
    assert statuses(at_once(lambda fields: ann.put(ann.one(task), fields), sent)) == {200}
    (last,) = ann.sees()
    assert {"title": last["title"], "description": last["description"]} in sent
    assert ann.get(ann.one(task)).headers["etag"] == '"21"'
    assert ann.put(ann.one(task), {"title": "last"}).status_code == 200
    assert ann.sees()[0]["title"] == "last"


@proves(fastapi_todo_backend="SC-001 SC-002 SC-005", backend_api="NFR-003 SC-005")
def test_a_hundred_users_at_once_are_all_served(service: Service, expected: Expected) -> None:
    """Every request of every user is answered, and every valid token accepted: 100 of 100, so more than 99."""
    people = [service.person("user") for _ in range(100)]

    def use(person: Person) -> bool:
        task = person.adds(person.name)
        done = person.patch(person.one(task, f"/{expected.completion}"))
        return done.status_code == 200 and person.sees() == [done.json()]

    assert all(at_once(use, people))


@on_postgres
@proves(backend_api="FR-013", task_management="FR-011 FR-015 SC-005", backend_todo_api="FR-010 SC-004")
def test_tasks_are_in_postgresql_whose_ended_connections_are_replaced(
    ann: Person, database: Database, expected: Expected
) -> None:
    task = ann.adds()
    database.terminate_backends()
    assert ann.sees() == [task]
    changed = [ann.put(ann.one(task), {"title": "x"}), ann.patch(ann.one(task, f"/{expected.completion}"))]
    assert statuses(changed) == {200}
    row = "SELECT id, title, completed, deleted_at IS NOT NULL FROM tasks WHERE user_id = %s"
    assert database.run(row, ann.name) == [(task["id"], "x", True, False)]
    assert ann.delete(ann.one(task)).status_code == 204
    assert database.run(row, ann.name) == ([(task["id"], "x", True, True)] if expected.has_trash else [])
