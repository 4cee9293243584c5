"""What public front ends and other back ends' test suites send, with the answers that they need, and no setting at all.

Facts of their requests only, observed in public repositories; where one needs a contract of its own, that is noted.
"""

import socket
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer

PAGE = "http://localhost:3000"
_NAMES = count(1)

WHOLE: dict[str, object] = {
    "title": "Buy milk",
    "description": "",
    "priority": "medium",
    "due_date": None,
    "tags": [],
    "category": "home",
    "recurrence_pattern": None,
    "reminder_offset": 15,
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve as it comes: only the secret and a store are set."""
    file = tmp_path_factory.mktemp("store") / "tasks.db"
    with serving({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{file}"}) as server:
        yield server.url


@pytest.fixture
def user() -> str:
    return f"ann-{next(_NAMES)}"


@pytest.fixture
def page(url: str, user: str) -> Iterator[httpx2.Client]:
    """Return what a page of another origin sends with, whose token is valid for a week; redirects are not followed."""
    with httpx2.Client(base_url=url, headers=bearer(user, timedelta(days=7)) | {"Origin": PAGE}) as client:
        yield client


@pytest.fixture(params=["/tasks", "/api/tasks", "/api/{user}/tasks"])
def tasks(request: pytest.FixtureRequest, user: str) -> str:
    path: str = request.param
    return path.format(user=user)


def done(answer: httpx2.Response, status: int = 200) -> Any:  # noqa: ANN401  any JSON
    assert answer.status_code == status, answer.text
    assert answer.headers["access-control-allow-origin"] == PAGE
    return answer.json()


def titles(answer: httpx2.Response) -> list[str]:
    return [task["title"] for task in done(answer)]


def test_a_task_with_fields_of_richer_services_is_created(page: httpx2.Client, tasks: str) -> None:
    answer = page.post(tasks, json=WHOLE)
    task = done(answer, 201)
    assert (task["title"], task["description"], task["completed"]) == ("Buy milk", None, False)
    assert answer.headers["ignored-fields"] == (
        "priority, due_date, tags, category, recurrence_pattern, reminder_offset"
    )
    assert "Ignored-Fields" in answer.headers["access-control-expose-headers"]


def test_a_whole_task_is_sent_back_with_them(page: httpx2.Client, tasks: str) -> None:
    task = done(page.post(tasks, json=WHOLE), 201)
    sent = {**task, **WHOLE, "id": str(task["id"]), "title": "Buy oat milk", "description": "two litres"}
    changed = done(page.put(f"{tasks}/{task['id']}", json=sent))
    assert (changed["title"], changed["description"], changed["id"]) == ("Buy oat milk", "two litres", task["id"])


def test_a_change_that_would_not_happen_is_refused(page: httpx2.Client, tasks: str) -> None:
    """With a contract of its own that names these fields it is done."""
    task = done(page.post(tasks, json={"title": "x"}), 201)
    assert page.put(f"{tasks}/{task['id']}", json={"status": "completed"}).status_code == 422
    assert page.patch(f"{tasks}/{task['id']}", json={"is_completed": True}).status_code == 422
    assert done(page.get(f"{tasks}/{task['id']}")) == task


def test_a_list_is_an_array_and_whole(page: httpx2.Client, tasks: str) -> None:
    """None of thirty front ends reads a Link."""
    made = [done(page.post(tasks, json={"title": f"task {n}"}), 201) for n in range(56)]
    answer = page.get(tasks)
    assert done(answer) == made
    assert "link" not in answer.headers


def test_completing_turns_the_state_round(page: httpx2.Client, user: str) -> None:
    for path in (f"/api/{user}/tasks", "/api/tasks"):
        one = f"{path}/{done(page.post(path, json={'title': 'x'}), 201)['id']}"
        assert [done(page.patch(f"{one}/complete"))["completed"] for _ in range(2)] == [True, False]


def test_each_name_of_the_completion_works_everywhere(page: httpx2.Client, tasks: str) -> None:
    one = f"{tasks}/{done(page.post(tasks, json={'title': 'x'}), 201)['id']}"
    sent = [
        ("PATCH", "toggle", True),
        ("POST", "toggle", False),
        ("POST", "complete", True),
        ("POST", "uncomplete", False),
        ("PATCH", "uncomplete", False),
        ("PATCH", "complete", True),
    ]
    for method, action, completed in sent:
        assert done(page.request(method, f"{one}/{action}"))["completed"] is completed, (method, action)


def test_a_completion_comes_with_any_harmless_body(page: httpx2.Client, tasks: str) -> None:
    one = f"{tasks}/{done(page.post(tasks, json={'title': 'x'}), 201)['id']}"
    assert done(page.patch(f"{one}/complete", json={}))["completed"] is True
    assert done(page.patch(f"{one}/complete", json={"completed": True}))["completed"] is True
    assert done(page.patch(f"{one}/complete", json={"completed": True, "edit_scope": "this"}))["completed"] is True
    assert done(page.patch(f"{one}/complete", headers={"Content-Type": "application/json"}))["completed"] is False
    assert page.patch(f"{one}/complete", json={"edit_scope": "this"}).status_code == 422


def test_credentials_may_be_included(page: httpx2.Client, tasks: str) -> None:
    """The browser passes an answer on only with this header and an origin that is no asterisk."""
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type"}
    for answer in (page.options(f"{tasks}/1", headers=asked), page.get(tasks), page.get(f"{tasks}/0")):
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-allow-origin"] == PAGE


def test_slashes_at_the_end_are_answered_directly(page: httpx2.Client, tasks: str) -> None:
    task = done(page.post(f"{tasks}/", json={"title": "x"}), 201)
    assert done(page.get(f"{tasks}/")) == [task]
    assert done(page.get(f"{tasks}/{task['id']}/")) == task
    assert done(page.patch(f"{tasks}/{task['id']}/complete/"))["completed"] is True
    assert page.delete(f"{tasks}/{task['id']}/").status_code == 204


@pytest.fixture
def shop(page: httpx2.Client, tasks: str) -> httpx2.Client:
    for title in ("tea", "milk", "apples", "oat milk", "bread"):
        done(page.post(tasks, json={"title": title, "completed": title == "milk"}), 201)
    return page


QUERIES = {
    "search=milk": ["milk", "oat milk"],
    "limit=2&offset=2": ["apples", "oat milk"],
    "limit=2&skip=4": ["bread"],
    "offset=3": ["oat milk", "bread"],
    "sort=created&order=desc": ["bread", "oat milk", "apples", "milk", "tea"],
    "sort_by=created_at&sort_order=desc&limit=1": ["bread"],
    "sort_by=title&sort_direction=ASC&limit=2": ["apples", "bread"],
    "status=Pending": ["tea", "apples", "oat milk", "bread"],
    "status=active": ["tea", "apples", "oat milk", "bread"],
    "status=Completed": ["milk"],
    "completed=false&search=milk": ["oat milk"],
    "_t=1732&priority=high": ["tea", "milk", "apples", "oat milk", "bread"],
}


def test_a_list_is_searched_paged_sorted_and_filtered(shop: httpx2.Client, tasks: str) -> None:
    assert {query: titles(shop.get(f"{tasks}?{query}")) for query in QUERIES} == QUERIES
    assert shop.get(f"{tasks}?_t=1732&priority=high").headers["ignored-fields"] == "_t, priority"
    assert shop.get(f"{tasks}?sort_by=priority&sort_order=desc").status_code == 422


@pytest.mark.parametrize("line", ["Bearer  {}", "Bearer {} ", "bearer {}\t"])
def test_blanks_in_the_line_of_the_token_are_fine(url: str, line: str) -> None:
    """As they stand on the wire, which an HTTP library would tidy up."""
    token = bearer("ann", timedelta(days=7))["Authorization"].removeprefix("Bearer ")
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        head = f"GET /tasks HTTP/1.1\r\nHost: x\r\nAuthorization: {line.format(token)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


def test_an_error_is_a_text_under_both_names(page: httpx2.Client, tasks: str) -> None:
    for answer in (page.get(f"{tasks}/999999"), page.post(tasks, json={"title": ""}), page.get(f"{tasks}?limit=0")):
        problem = answer.json()
        assert isinstance(problem["detail"], str)
        assert problem["message"] == problem["detail"]
    assert page.get(f"{tasks}/999999").json()["detail"] == "Task not found."


def test_a_title_that_was_cut_in_the_middle_of_an_emoji_is_named(page: httpx2.Client, tasks: str) -> None:
    cut = b'{"title": "abc\\ud83d", "description": "x"}'
    answer = page.post(tasks, content=cut, headers={"Content-Type": "application/json;"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/title"]


def test_monitors_find_the_health_routes(url: str) -> None:
    for path in ("/health", "/health/", "/health/live", "/health/ready"):
        got, head = httpx2.get(f"{url}{path}"), httpx2.head(f"{url}{path}")
        assert (got.status_code, got.json(), head.status_code, head.content) == (200, {"status": "ok"}, 200, b"")
        assert head.headers["content-length"] == str(len(got.content))


def test_a_cookie_proves_nobody(url: str, tasks: str) -> None:
    """For good: this service reads no cookie."""
    token = bearer("ann")["Authorization"].removeprefix("Bearer ")
    cookies = {"Cookie": f"better-auth.session_token={token}; access_token={token}", "Origin": PAGE}
    assert httpx2.get(f"{url}{tasks}", headers=cookies).status_code == 401


def test_a_client_that_completes_and_uncompletes_by_path(page: httpx2.Client, user: str) -> None:
    """One that lists with filters that are not known here, and sends priority, tags and a due date."""
    path = f"/api/{user}/tasks"
    new = {"title": "Buy milk", "priority": "high", "tags": ["home"], "due_date": "2026-01-02"}
    one = f"{path}/{done(page.post(path, json=new), 201)['id']}"
    assert titles(page.get(f"{path}?completed=false&priority=high&search=milk")) == ["Buy milk"]
    assert done(page.put(one, json={"title": "Buy tea", "priority": "low"}))["title"] == "Buy tea"
    assert done(page.patch(f"{one}/complete"))["completed"] is True
    assert done(page.patch(f"{one}/uncomplete"))["completed"] is False
    assert page.delete(one).status_code == 204


def test_a_client_that_sets_the_state_by_put(page: httpx2.Client) -> None:
    """One that works on the tasks of its token and reads an array, or an object that holds one."""
    new = {**WHOLE, "dueDate": "2026-01-02"}
    one = f"/api/tasks/{done(page.post('/api/tasks', json=new), 201)['id']}"
    task = done(page.get(one))
    assert done(page.put(one, json={"completed": not task["completed"]}))["completed"] is True
    assert done(page.put(one, json={"title": "Buy tea", "priority": "low"}))["title"] == "Buy tea"
    assert titles(page.get("/api/tasks")) == ["Buy tea"]
    assert page.delete(one).status_code == 204
    assert page.get(one).status_code == 404


def test_a_client_that_lists_with_a_slash_and_toggles(page: httpx2.Client, user: str) -> None:
    """It reads its list from ``tasks``, for which it needs a contract of its own; all else works."""
    path = f"/api/{user}/tasks"
    new = {"title": "Buy milk", "description": "", "completed": False, "project_id": None, "due_date": None}
    task = done(page.post(path, json=new), 201)
    assert done(page.get(f"{path}/")) == [task]
    one = f"{path}/{task['id']}"
    assert done(page.patch(f"{one}/toggle"))["completed"] is True
    assert done(page.patch(one, json={**task, "title": "Buy tea", "project_id": 3}))["title"] == "Buy tea"
    assert done(page.put(one, json={"description": "green", "due_date": None}))["description"] == "green"
    assert page.delete(one).status_code == 204


def test_a_client_that_sorts_by_words_of_its_own(page: httpx2.Client, user: str) -> None:
    """It works but for those orders, which no task of this service has, and its list, which needs its own contract."""
    path = f"/api/{user}/tasks"
    one = f"{path}/{done(page.post(path, json=WHOLE), 201)['id']}"
    assert titles(page.get(f"{path}?search=milk&status=Pending&tags=a&tags=b&limit=20&offset=0")) == ["Buy milk"]
    assert page.get(f"{path}?sort_by=created_newest").status_code == 422
    assert done(page.patch(f"{one}?update_series=false", json={"completed": True}))["completed"] is True
    assert done(page.post(f"{one}/uncomplete"))["completed"] is False
    assert done(page.post(f"{one}/complete"))["completed"] is True
