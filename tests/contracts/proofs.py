"""What the tests of all specifications do and look at."""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import jwt
import pytest
from fastapi import FastAPI
from httpx2 import Response
from pythonjsonlogger.json import JsonFormatter

from tests.contracts.conftest import Person, Service, running
from tests.contracts.expected import EXPECTED
from tests.support.postgres import Server
from tests.support.secrecy import SECRET
from tests.support.tcp_gate import closed_gate
from todo_core.ports import TaskRepository
from todo_core.task import NewTask

ORIGIN = "http://localhost:3000"
"""Of BETTER_AUTH_URL, unless it is set."""

Sent = TypeVar("Sent")
Got = TypeVar("Got")


def operations(person: Person, task: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the method and path of every operation on a person's tasks."""
    one = person.one(task)
    return [
        ("GET", person.tasks),
        ("POST", person.tasks),
        ("GET", one),
        ("PUT", one),
        ("PATCH", f"{one}/{EXPECTED[person.service.contract].completion}"),
        ("DELETE", one),
    ]


def on_one(person: Person, task: dict[str, Any]) -> list[Response]:
    """Send every operation on one task, none of which lacks anything but the right to do it, or the task."""
    return [
        person.send(method, path, json={"title": "x"} if method == "PUT" else None)
        for method, path in operations(person, task)
        if path != person.tasks
    ]


def missing(person: Person) -> list[Response]:
    """Send every operation on a task that does not exist."""
    return on_one(person, {"id": 999999999})


def statuses(answers: Iterable[Response]) -> set[int]:
    """Return the different statuses of answers."""
    return {answer.status_code for answer in answers}


def without_token(person: Person, method: str, path: str) -> Response:
    """Send a request of somebody who does not say who they are."""
    return person.service.client.request(method, path)


def refused_tokens(person: Person) -> Iterator[dict[str, str]]:
    """Return headers with tokens that prove nothing: malformed, forged, unsigned, expired."""
    now = int(person.service.clock.now().timestamp())
    claims = {"sub": person.name, "iat": now, "exp": now + 3600}
    good = person.token()["Authorization"]
    tokens = (
        "",
        "nonsense",
        "a.b.c",
        jwt.encode(claims, "another secret of 32 bytes or more", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({"sub": person.name, "iat": now}, SECRET, algorithm="HS256"),
        good.removeprefix("Bearer ")[:-2],
    )
    for token in tokens:
        yield {"Authorization": f"Bearer {token}"}
    yield {"Authorization": good.removeprefix("Bearer ")}
    yield {"Authorization": "Basic YW5uOmFubg=="}
    yield person.token(timedelta(hours=-1))


def at_once(work: Callable[[Sent], Got], items: Iterable[Sent]) -> list[Got]:
    """Do something for each item, all at the same time."""
    items = list(items)
    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(work, items))


def stored(service: Service, drafts: list[NewTask]) -> list[int]:
    """Put tasks of one user into a service's store, past its interface, and return their ids."""
    app, portal = service.client.app, service.client.portal
    assert isinstance(app, FastAPI)
    assert portal
    repository: TaskRepository = app.state.container.storage.repository()
    return list(portal.call(repository.add_all, drafts[0].user_id, drafts))


def sessions(server: Server, application: str) -> int:
    """Return how many connections PostgreSQL serves for an application."""
    ((number,),) = server.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", application)
    return int(str(number))


def eventually(wanted: Got, observe: Callable[[], Got]) -> Got:
    """Return what is observed, as soon as that is what is wanted, and after ten seconds in any case."""
    end = time.monotonic() + 10
    while (found := observe()) != wanted and time.monotonic() < end:
        pass
    return found


def audit_events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the audit events so far, as the service prints them."""
    formatter = JsonFormatter("{message}", style="{", timestamp="time", rename_fields={"message": "event"})
    records = [record for record in caplog.records if record.name == "todo.audit"]
    return [json.loads(formatter.format(record)) for record in records if record.levelno >= logging.WARNING]


@contextmanager
def loses_the_answer(server: Server, contract: str, title: str) -> Iterator[Service]:
    """Run a service whose connection ends when the database has stored a task with this title."""
    server.empty()
    with closed_gate(server.port) as gate:
        gate.open()
        with running(contract, server.url(port=gate.port)) as service:
            service.person("somebody").adds()  # From now on the statement is prepared, and only values are sent.
            gate.lose_the_answer_to(title.encode())
            yield service
