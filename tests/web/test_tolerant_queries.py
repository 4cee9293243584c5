"""The names that clients use for the parameters of a list, and what contradicts itself."""

import pytest
from fastapi.testclient import TestClient

from tests.support.service import bearer
from tests.web.conftest import Start
from tests.web.test_service import contracts, serve, tasks_path
from todo_web.contracts import Contract
from todo_web.ignored_fields import IGNORED

SAME = {
    "search=milk": "q=milk",
    "skip=1": "offset=1",
    "limit=1&skip=1": "limit=1&offset=1",
    "sort_by=title": "sort=title",
    "order_by=-updated_at": "sort=-updated_at",
    "sort=created": "sort=created_at",
    "sort=-created": "sort=-created_at",
    "sort=updated&order=desc": "sort=-updated_at",
    "sort=created&order=desc": "sort=-created_at",
    "sort_by=created_at&sort_order=DESC": "sort=-created_at",
    "sort_by=title&sort_direction=Asc": "sort=title",
    "order_by=title&direction=desc": "sort=-title",
    "order=desc": "sort=-created_at",
    "sort=-title&order=desc": "sort=-title",
    "status=Pending": "status=pending",
    "status=COMPLETED": "completed=true",
    "status=active": "status=pending",
    "status=Incomplete": "completed=false",
    "status=done": "status=completed",
    "status=complete&completed=true": "status=completed",
    "status=All": "",
    "sort=created&sort_by=created_at&order_by=created_at": "sort=created_at",
    "q=milk&search=milk&q=milk": "q=milk",
    "search=": "",
    "_t=1732&page=2": "",
}

REFUSED = {
    "q=milk&search=tea": "search",
    "search=milk&q=": "q",
    "offset=1&skip=2": "skip",
    "limit=1&limit=2": "limit",
    "sort=title&sort_by=-title": "sort_by",
    "order=asc&direction=desc": "direction",
    "sort=-title&order=asc": "order",
    "status=done&status=active": "status",
    "status=done&completed=false": "completed",
    "sort=priority": "sort",
    "sort_by=due_date&sort_order=desc": "sort_by",
    "sort=Title": "sort",
    "order=title": "order",
    "sort_order=": "sort_order",
    "status=open": "status",
    "offset=-1": "offset",
    "offset=": "offset",
    "offset=01": "offset",
    "offset=1_0": "offset",
    f"skip={2**31 + 1}": "skip",
    f"offset={'9' * 4000}": "offset",
    f"search={'x' * 201}": "search",
}


@pytest.fixture
def five(start: Start, contract: Contract) -> TestClient:
    """Start a service with tasks that each order and filter shows differently."""
    client, path = serve(start, contract), tasks_path(contract)
    for title in ("tea", "milk", "apples", "oat milk", "bread"):
        client.post(path, json={"title": title, "completed": "milk" in title})
    client.put(f"{path}/2", json={"description": "two litres"})
    return client


def titles(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()]


@contracts
def test_names_that_clients_use_mean_the_same(five: TestClient, contract: Contract) -> None:
    path = tasks_path(contract)
    for query, canonical in SAME.items():
        assert titles(five, f"{path}?{query}") == titles(five, f"{path}?{canonical}"), query
    assert titles(five, f"{path}?search=milk&sort_by=created&order=desc") == ["oat milk", "milk"]


@contracts
def test_what_contradicts_itself_or_means_nothing_is_refused(five: TestClient, contract: Contract) -> None:
    """A filter that is ignored would show wrong results."""
    for query, name in REFUSED.items():
        answer = five.get(f"{tasks_path(contract)}?{query}")
        assert answer.status_code == contract.invalid_input_status, query
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"], query


@contracts
def test_an_offset_pages_through_a_list(five: TestClient, contract: Contract) -> None:
    path = tasks_path(contract)
    everything = titles(five, path)
    for name in ("offset", "skip"):
        pages = [titles(five, f"{path}?limit=2&{name}={start}") for start in (0, 2, 4, 6)]
        assert pages == [everything[:2], everything[2:4], everything[4:], []]
        assert titles(five, f"{path}?{name}=3") == everything[3:]
        assert titles(five, f"{path}?{name}={2**31}") == []


@contracts
def test_a_link_goes_on_by_cursor_from_an_offset(five: TestClient, contract: Contract) -> None:
    path = tasks_path(contract)
    query = "search=e&status=All&sort_by=title&order=desc&limit=1&_t=3"
    whole = titles(five, f"{path}?{query.replace('limit=1&', '')}")
    seen, target = [], f"{path}?{query}&skip=1"
    while target:
        page = five.get(target)
        seen += [task["title"] for task in page.json()]
        target = page.links.get("next", {}).get("url", "")
        assert "skip" not in target
        assert "_t" not in target
    assert seen == whole[1:]
    assert len(seen) > 1


@contracts
def test_an_offset_does_not_go_with_a_cursor(five: TestClient, contract: Contract) -> None:
    target = five.get(f"{tasks_path(contract)}?limit=2").links["next"]["url"]
    for name, start in (("offset", 2), ("skip", 0)):
        answer = five.get(f"{target}&{name}={start}")
        assert answer.status_code == contract.invalid_input_status
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"


@contracts
def test_other_parameters_are_ignored_and_named(five: TestClient, contract: Contract) -> None:
    path = tasks_path(contract)
    answer = five.get(f"{path}?_t=1732&status=all&priority=high&a%20b=1&priority=low&status%5B%5D=done&{'y' * 99}=1")
    assert answer.status_code == 200
    assert answer.headers[IGNORED] == f"_t, priority, a%20b, status[], {'y' * 64}"
    for query, named in (
        ("filter[completed]=true", "filter[completed]"),
        ("filter%5Bstatus%5D%5B%24eq%5D=done", "filter[status][$eq]"),
        ("created_at.gte=1", "created_at.gte"),
        ("f%C3%A4llig=1", "f%C3%A4llig"),
        ("a,b=1", "a%2Cb"),
        ("a%0D%0Ab=1", "a%0D%0Ab"),
    ):
        answer = five.get(f"{path}?{query}")
        assert (len(answer.json()), answer.headers[IGNORED]) == (5, named)
    many = five.get(f"{path}?{'&'.join(f'p{n}=1' for n in range(30))}")
    assert many.headers[IGNORED].split(", ") == [f"p{n}" for n in range(20)]
    assert IGNORED not in five.get(f"{path}?q=x&limit=1").headers


@contracts
def test_the_trash_is_offered_only_where_there_is_one(five: TestClient, contract: Contract) -> None:
    path = tasks_path(contract)
    detail = five.get(f"{path}?status=open").json()["detail"]
    assert detail == (
        "The status must be one of all, pending, completed."
        if contract.policy.deletion_permanent
        else "The status must be one of all, pending, completed, deleted."
    )
    answer = five.get(f"{path}?status=Deleted")
    assert answer.status_code == (contract.invalid_input_status if contract.policy.deletion_permanent else 200)


def test_an_offset_goes_with_the_page_of_a_contract(start: Start) -> None:
    client = start(TODO_CONTRACTS="backend-api,fastapi-todo-backend")
    client.headers.update(bearer())
    ids = [client.post("/tasks", json={"title": "x"}).json()["id"] for _ in range(60)]
    page = client.get("/api/ann/tasks?offset=5")
    assert [task["id"] for task in page.json()] == ids[5:55]
    assert [task["id"] for task in client.get(page.links["next"]["url"]).json()] == ids[55:]
