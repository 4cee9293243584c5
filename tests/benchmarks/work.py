"""What the servers are asked to do: whole HTTP requests, written once."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection

from tests.benchmarks.subjects import FLOOR, Subject
from tests.support.secrecy import SECRET
from todo_adapters.clock import SystemClock
from todo_adapters.tokens.development_token import issue_token

GET, LIST_50, LIST_1000, CREATE, UPDATE, TOGGLE = "get one", "list 50", "list 1,000", "create", "update", "toggle"
MIXED = "mixed"
KINDS = (GET, LIST_50, LIST_1000, CREATE, UPDATE, TOGGLE, MIXED)

READER, WRITER = "reader", "writer"
TASKS = 1000
"""How many tasks the reader has; what the writer creates is not in the reader's lists."""

USERS = 100
TASKS_EACH = 20

_MIXTURE = {GET: 50, LIST_50: 20, CREATE: 10, UPDATE: 10, TOGGLE: 10}
"""Of a hundred requests of the mixed load."""


@dataclass(frozen=True)
class Work:
    """Requests that a server is sent in turn, over and over."""

    requests: list[bytes]
    connections: int


def prepare(subject: Subject) -> dict[str, Work]:
    """Fill a server's store through its own interface, and return the work on what is in there now."""
    if subject.name == FLOOR:
        hello = Work([request("GET", "/", None)], 32)
        return dict.fromkeys(KINDS, hello) | {MIXED: replace(hello, connections=USERS)}
    tokens = {user: token(user) for user in (READER, WRITER, *(f"user {number}" for number in range(USERS)))}
    ids = {user: _tasks(subject, tokens[user], TASKS_EACH) for user in tokens if user not in {READER, WRITER}}
    ids[READER] = _tasks(subject, tokens[READER], TASKS)
    return _single(tokens, ids[READER]) | {MIXED: _mixed(tokens, ids)}


def _single(tokens: Mapping[str, str], ids: list[int]) -> dict[str, Work]:
    reader, writer = tokens[READER], tokens[WRITER]
    works = {kind: [_step(kind, reader, task_id, 0) for task_id in ids] for kind in (GET, TOGGLE)}
    works |= {kind: [_step(kind, reader, 0, 0)] for kind in (LIST_50, LIST_1000)}
    works[CREATE] = [_step(CREATE, writer, 0, 0)]
    works[UPDATE] = [_step(UPDATE, reader, task_id, round_) for round_ in range(2) for task_id in ids]
    # Few connections where a request takes long: those that are under way at the end are not counted.
    return {kind: Work(requests, 4 if kind == LIST_1000 else 32) for kind, requests in works.items()}


def _mixed(tokens: Mapping[str, str], ids: Mapping[str, list[int]]) -> Work:
    """Let 100 users do everything in turn, in an order that is the same for all servers."""
    chance = random.Random(1)  # noqa: S311  no secret
    users = [user for user in ids if user != READER]
    steps = []
    for number in range(20_000):
        user = users[number % len(users)]
        kind = chance.choices([*_MIXTURE], weights=[*_MIXTURE.values()])[0]
        steps.append(_step(kind, tokens[user], chance.choice(ids[user]), number))
    return Work(steps, connections=USERS)


def _step(kind: str, token: str, task_id: int, number: int) -> bytes:
    text = {"title": f"Task number {number}", "description": "with a few words about it"}
    match kind:
        case "get one":
            return request("GET", f"/tasks/{task_id}", token)
        case "list 50":
            return request("GET", "/tasks?limit=50", token)
        case "list 1,000":
            return request("GET", "/tasks?limit=1000", token)
        case "create":
            return request("POST", "/tasks", token, text)
        case "update":
            return request("PUT", f"/tasks/{task_id}", token, text)
        case "toggle":
            return request("PATCH", f"/tasks/{task_id}/toggle", token)
    raise ValueError(kind)


def request(method: str, path: str, token: str | None, body: object = None) -> bytes:
    """Return a request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def token(user: str) -> str:
    """Return a token that outlives the measurements."""
    return issue_token(SECRET, user, timedelta(hours=2), SystemClock().now())


def _tasks(subject: Subject, token: str, tasks: int) -> list[int]:
    """Return the ids of a user's tasks, which are made unless another server on the same store has made them."""
    connection = HTTPConnection(subject.url.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("GET", "/tasks?limit=1000", headers=headers)
    ids = [task["id"] for task in json.load(connection.getresponse())]
    for number in range(len(ids), tasks):
        body = {"title": f"Task number {number} of many", "description": "with a few words about it"}
        connection.request("POST", "/tasks", json.dumps(body), headers)
        ids.append(json.load(connection.getresponse())["id"])
    connection.close()
    return ids
