"""What all contracts share, on each of them over each store: lists, pages, versions, keys, CORS, JSON only."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from pydantic_core import to_json

from tests.contracts.conftest import Person
from tests.contracts.proofs import ORIGIN, at_once, operations, statuses, without_token
from todo_web.contracts import CONTRACTS, Contract

BY_NAME = {contract.name: contract for contract in CONTRACTS}


@pytest.fixture
def rules(contract: str) -> Contract:
    return BY_NAME[contract]


def titles(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()]


@pytest.fixture
def shopper(ann: Person) -> Person:
    """Return somebody with five tasks, of which the second and the fourth are done."""
    for title in ("pears", "100% juice", "a_b", "Apples", "ÄPFEL*"):
        ann.adds(title, description="from the market" if title == "pears" else None, completed="p" in title[1:].lower())
        ann.service.clock.advance(seconds=1)
    return ann


LISTS = {
    "": ["pears", "100% juice", "a_b", "Apples", "ÄPFEL*"],
    "completed=true": ["Apples", "ÄPFEL*"],
    "status=completed": ["Apples", "ÄPFEL*"],
    "completed=false": ["pears", "100% juice", "a_b"],
    "status=pending": ["pears", "100% juice", "a_b"],
    "sort=-created_at&limit=2": ["ÄPFEL*", "Apples"],
    "sort=title": ["100% juice", "Apples", "a_b", "pears", "ÄPFEL*"],
    "sort=-title&status=completed": ["ÄPFEL*", "Apples"],
    "sort=updated_at": ["pears", "100% juice", "a_b", "Apples", "ÄPFEL*"],
    "q=%25": ["100% juice"],
    "q=_": ["a_b"],
    "q=*": ["ÄPFEL*"],
    "q=%C3%A4p": ["ÄPFEL*"],
    "q=MARKET": ["pears"],
    "q=%27%3B+DROP+TABLE+tasks": [],
}


def test_a_list_is_filtered_sorted_and_searched(shopper: Person) -> None:
    assert {query: titles(shopper.get(f"{shopper.tasks}?{query}")) for query in LISTS} == LISTS


def test_a_link_leads_to_the_next_page_of_the_same_list(shopper: Person) -> None:
    target, seen = f"{shopper.tasks}?limit=2&sort=-title&q=p", []
    while target:
        answer = shopper.get(target)
        seen.append(titles(answer))
        target = answer.links.get("next", {}).get("url", "")
        sent = parse_qs(urlsplit(target).query)
        assert not target or {name: sent[name] for name in ("limit", "sort", "q")} == {
            "limit": ["2"],
            "sort": ["-title"],
            "q": ["p"],
        }
    assert seen == [["ÄPFEL*", "pears"], ["Apples"]]


def test_pages_join_to_the_whole_list(ann: Person) -> None:
    for n in range(7):
        ann.adds(f"{n % 3} ü&?", completed=n % 2 == 0)
    for query in ("", "sort=-created_at", "sort=title", "sort=-updated_at", "q=%C3%BC%26", "completed=true"):
        seen, target = [], f"{ann.tasks}?limit=2&{query}"
        while target:
            page = ann.get(target)
            seen += page.json()
            target = page.links.get("next", {}).get("url", "")
            assert not target or len(page.json()) == 2
        assert seen == ann.get(f"{ann.tasks}?limit=1000&{query}").json()


def test_a_cursor_works_with_its_own_list_only(shopper: Person, bob: Person, rules: Contract) -> None:
    bob.adds()
    target = shopper.get(f"{shopper.tasks}?limit=1&sort=title").links["next"]["url"]
    assert titles(shopper.get(target.replace("limit=1", "limit=2"))) == ["Apples", "a_b"]
    cursor = parse_qs(urlsplit(target).query)["cursor"][0]
    assert re.fullmatch("[A-Za-z0-9_-]+", cursor)
    others = [f"sort=-title&cursor={cursor}", f"cursor={cursor}", f"sort=title&q=a&cursor={cursor}"]
    others += [f"sort=title&status=pending&cursor={cursor}"]
    others += [f"sort=title&cursor={cursor[:place]}{'-' if cursor[place] != '-' else '_'}{cursor[place + 1 :]}"
               for place in range(0, len(cursor), 5)]  # fmt: skip
    answers = [shopper.get(f"{shopper.tasks}?{other}") for other in [*others, f"sort=title&cursor={cursor}x"]]
    answers.append(bob.get(f"{bob.tasks}?sort=title&cursor={cursor}"))
    assert statuses(answers) == {rules.invalid_input_status}
    assert {answer.json()["errors"][0]["pointer"] for answer in answers} == {"/cursor"}


PLACES = [
    b"5", b"null", b"{}", b"[]", b"[1,2]", b'["x",1]', b'["a"]', b"[null,1]", b'[["a"],1]', b'["x\\u0000",1]',
    b'["x\\ud800",1]', b'["2026-01-01T00:00:00",1]', b'["2026-01-01",1]', b'["2026-01-01T00:00:00Z","1"]',
    b'["2026-01-01T00:00:00Z",null]', b'["2026-01-01T00:00:00Z",1.5]', b'["2026-01-01T00:00:00Z",true]',
    b'["2026-01-01T00:00:00Z",-1]', b'["2026-01-01T00:00:00Z",9223372036854775808]',
    b'["0001-01-01T00:00:00+23:59",1]', b'["2026-01-01T00:00:00Z",1,2]',
]  # fmt: skip
"""What only a forger would write into a cursor."""


@pytest.mark.parametrize("sort", ["created_at", "title"])
def test_a_forged_cursor_is_no_fault_of_the_service(ann: Person, rules: Contract, sort: str) -> None:
    """The digest needs no secret, so anybody can make one that fits."""
    for place in PLACES:
        bound = to_json([ann.name, "all", sort, None])
        digest = hashlib.blake2s(bound + b"\0" + place, digest_size=8).digest()
        cursor = urlsafe_b64encode(digest + place).rstrip(b"=").decode()
        answer = ann.get(f"{ann.tasks}?sort={sort}&cursor={cursor}")
        assert answer.status_code in {200, rules.invalid_input_status}, place
        assert answer.status_code == rules.invalid_input_status or (sort == "title" and place.startswith(b'["'))


def test_versions_guard_changes_and_save_transfers(ann: Person, rules: Contract) -> None:
    created = ann.post(ann.tasks, {"title": "x"})
    assert created.headers["location"] == ann.one(created.json())
    one, etag = created.headers["location"], created.headers["etag"]
    assert ann.get(one).headers["etag"] == etag
    for known in (etag, f"W/{etag}", f'"7", {etag}', "*"):
        answer = ann.get(one, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    changed = ann.put(one, {"title": "y"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.headers["etag"] != etag) == (200, True)
    assert ann.get(one, headers={"If-None-Match": etag}).status_code == 200
    for version in (etag, f"W/{etag}", 'W/"2"', '"nonsense"', "nonsense", '"0"', f'"{10**30}"', ""):
        stale = {"If-Match": version}
        answers = [ann.put(one, {"title": "z"}, headers=stale), ann.patch(f"{one}/{rules.completion}", headers=stale)]
        assert statuses([*answers, ann.delete(one, headers=stale)]) == {412}
    for version in ('"2"', '"1", "2"', "*"):
        assert ann.put(one, {"title": "y"}, headers={"If-Match": version}).status_code == 200
    same = ann.put(one, {"title": "y"})
    assert (same.headers["etag"], same.json()) == (changed.headers["etag"], changed.json())
    assert ann.delete(one, headers={"If-Match": changed.headers["etag"]}).status_code == 204


def test_twenty_simultaneous_creates_with_one_key_make_one_task(ann: Person) -> None:
    key = {"Idempotency-Key": "k"}
    answers = at_once(lambda _: ann.post(ann.tasks, {"title": "x"}, headers=key), range(20))
    assert statuses(answers) == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(ann.sees()) == 1


def test_a_key_belongs_to_its_user_and_its_payload(ann: Person, bob: Person, rules: Contract) -> None:
    key = {"Idempotency-Key": "k"}
    assert ann.post(ann.tasks, {"title": ""}, headers=key).status_code == rules.invalid_input_status
    mine = ann.post(ann.tasks, {"title": "mine"}, headers=key)
    his = bob.post(bob.tasks, {"title": "his"}, headers=key)
    assert (mine.json()["title"], his.json()["title"]) == ("mine", "his")
    quoted = ann.post(ann.tasks, {"title": "mine"}, headers={"Idempotency-Key": '"k"'})
    assert (quoted.status_code, quoted.json(), quoted.headers["idempotency-replayed"]) == (201, mine.json(), "true")
    for malformed in ("", '""', "a b", "x" * 256):
        refused = ann.post(ann.tasks, {"title": "x"}, headers={"Idempotency-Key": malformed})
        assert refused.status_code == rules.invalid_input_status
    assert ann.sees() == [mine.json()]
    other = ann.post(ann.tasks, {"title": "other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    changed = ann.put(ann.one(mine.json()), {"title": "changed"})
    replay = ann.post(ann.tasks, {"title": "mine"}, headers=key)
    assert (replay.status_code, replay.json(), replay.headers["etag"]) == (201, changed.json(), changed.headers["etag"])
    ann.delete(ann.one(mine.json()))
    again = ann.post(ann.tasks, {"title": "mine"}, headers=key)
    assert again.status_code == (201 if rules.policy.deletion_permanent else 409)


def errors(person: Person, rules: Contract, headers: dict[str, str]) -> Iterator[Response]:
    """Provoke every error that a client can cause."""
    one = person.one(person.adds())
    json_type = headers | {"Content-Type": "application/json"}
    yield person.service.client.get(person.tasks, headers=headers)
    yield person.get(person.tasks, headers=headers | person.service.person("x").token() | {"Authorization": "Bearer x"})
    if rules.user_in_path:
        yield person.get("/api/somebody/tasks", headers=headers)
    yield person.get(f"{person.tasks}/999999999", headers=headers)
    yield person.get("/nowhere", headers=headers)
    yield person.delete(person.tasks, headers=headers)
    yield person.put(one, {"title": "y"}, headers=headers | {"If-Match": '"9"'})
    yield person.post(person.tasks, content=b" " * 65537, headers=json_type)
    yield person.post(person.tasks, content=iter([b" " * 40000] * 2), headers=json_type)
    yield person.post(person.tasks, content=b"title=x", headers=headers)
    yield person.post(person.tasks, content=b"{}", headers=json_type | {"Content-Encoding": "gzip"})
    yield person.post(person.tasks, content=b"{", headers=json_type)
    yield person.get(f"{person.tasks}?limit=0", headers=headers)


def test_every_error_is_a_problem_that_an_allowed_page_can_read(ann: Person, rules: Contract) -> None:
    invalid = rules.invalid_input_status
    expected = [
        401,
        401,
        *([403] if rules.user_in_path else []),
        404,
        404,
        405,
        412,
        413,
        413,
        415,
        415,
        invalid,
        invalid,
    ]
    answers = list(errors(ann, rules, {"Origin": ORIGIN, "X-Request-ID": "from-the-page"}))
    assert [answer.status_code for answer in answers] == expected
    for answer in answers:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == answer.status_code
        assert problem["request_id"] == answer.headers["x-request-id"] == "from-the-page"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in answer.headers["vary"]
        assert "X-Request-ID" in answer.headers["access-control-expose-headers"]
        assert answer.headers["access-control-allow-credentials"] == "true"


def test_another_page_reads_nothing_and_the_cache_knows(ann: Person, rules: Contract) -> None:
    for answer in errors(ann, rules, {"Origin": "http://localhost:3001"}):
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"]
        assert len(answer.headers["x-request-id"]) == 32


def test_a_preflight_of_every_operation_needs_no_token(ann: Person) -> None:
    headers = "authorization, content-type, if-match, if-none-match, idempotency-key, x-request-id"
    for method, path in operations(ann, {"id": 7}):
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
        answer = ann.service.client.options(path, headers=asked)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert method in answer.headers["access-control-allow-methods"]
        assert "Origin" in answer.headers["vary"]
    assert without_token(ann, "OPTIONS", ann.tasks).status_code == 405
