"""The service on the production store, in processes of its own, on either driver, directly and through a pooler."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result

from tests.support.pgbouncer import Pooler
from tests.support.postgres import DATABASE, PASSWORD
from tests.support.postgres import Server as Database
from tests.support.processes import Server, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.support.tcp_gate import closed_gate
from todo_adapters.neon.table import REVISION, VERSION_TABLE
from todo_web.app import create_app
from todo_web.command_line import main
from todo_web.settings import Settings

DEADLINE = 3.0
SLACK = 5.0
"""What a busy machine may add to the deadline; every other limit on the way is far above."""


def stored_at(url: str, driver: str) -> dict[str, Any]:
    return {
        "BETTER_AUTH_SECRET": SECRET,
        "DATABASE_URL": url.replace("postgresql://", f"postgresql+{driver}://"),
        "TODO_STORAGE_DEADLINE": str(DEADLINE),
    }


@pytest.fixture(scope="module", params=["asyncpg", "psycopg2", "asyncpg pooled", "psycopg2 pooled"])
def service(request: pytest.FixtureRequest, postgres: Database) -> Iterator[Server]:
    """Run two web processes on one database."""
    driver, _, pooled = request.param.partition(" ")
    pooler: Pooler | None = request.getfixturevalue("pgbouncer") if pooled else None
    address = pooler.address() if pooler else postgres.address()
    with serving(stored_at(address.url, driver), workers=2) as server:
        yield server
        assert PASSWORD not in "".join(server.lines)


@pytest.fixture
def client(service: Server, postgres: Database) -> Iterator[httpx2.Client]:
    postgres.empty()
    with closing(httpx2.Client(base_url=service.url, headers=bearer(), timeout=60)) as client:
        yield client


async def one_of_many(url: str, user: str, requests: int) -> list[tuple[str, int]]:
    """Do everything that a user can do, again and again; return the answers that are not what they should be."""
    wrong: list[tuple[str, int]] = []
    async with httpx2.AsyncClient(base_url=url, headers=bearer(user), timeout=60) as client:
        task = (await client.post("/tasks", json={"title": "first"})).json()["id"]
        steps = [
            ("POST", "/tasks", {"title": "another"}, 201),
            ("GET", f"/tasks/{task}", None, 200),
            ("GET", "/tasks?limit=20&sort=-updated_at", None, 200),
            ("PUT", f"/tasks/{task}", {"title": "renamed", "description": "x"}, 200),
            ("PATCH", f"/tasks/{task}/toggle", None, 200),
            ("GET", "/tasks?q=REN&status=pending&limit=20", None, 200),
            ("GET", "/tasks/999999999", None, 404),
        ]
        for method, path, body, expected in islice(cycle(steps), requests - 1):
            answer = await client.request(method, path, json=body)
            if answer.status_code != expected:
                wrong.append((f"{method} {path}", answer.status_code))
    return wrong


@pytest.mark.parametrize("requests", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mixed_requests_of_fifty_clients_all_succeed(client: httpx2.Client, requests: int) -> None:
    async def all_of_them() -> list[list[tuple[str, int]]]:
        users = (one_of_many(str(client.base_url), f"user {number}", requests // 50) for number in range(50))
        return await asyncio.gather(*users)

    assert [wrong for wrong in asyncio.run(all_of_them()) if wrong] == []


def test_requests_after_a_suspend_succeed(client: httpx2.Client, postgres: Database) -> None:
    """The first is a write; by then every connection of both processes has been ended."""
    for _ in range(20):
        assert client.post("/tasks", json={"title": "before"}).status_code == 201
    postgres.terminate_backends()
    answers = [client.post("/tasks", json={"title": "after"}) for _ in range(50)]
    answers += [client.get("/tasks/1") for _ in range(50)]
    assert [answer.status_code for answer in answers] == [201] * 50 + [200] * 50
    assert len(client.get("/tasks").json()) == 70


def test_while_the_database_is_down_everything_is_503_in_time_and_heals(
    client: httpx2.Client, postgres: Database
) -> None:
    requests = [("POST", "/tasks"), ("GET", "/tasks"), ("GET", "/tasks/1"), ("PATCH", "/tasks/1/toggle")]
    requests += [("DELETE", "/tasks/1"), ("GET", "/health/ready")]

    async def all_at_once() -> list[tuple[int, float]]:
        async with httpx2.AsyncClient(base_url=client.base_url, headers=client.headers, timeout=60) as other:

            async def ask(method: str, path: str) -> tuple[int, float]:
                start = time.monotonic()
                answer = await other.request(method, path, json={"title": "x"} if method == "POST" else None)
                assert answer.headers["retry-after"]
                assert PASSWORD not in answer.text
                return answer.status_code, time.monotonic() - start

            return await asyncio.gather(*(ask(method, path) for method, path in requests * 4))

    assert client.post("/tasks", json={"title": "x"}).status_code == 201
    assert client.get("/health/ready").status_code == 200
    with postgres.stopped():
        answers = asyncio.run(all_at_once())
        assert {status for status, _ in answers} == {503}
        assert max(seconds for _, seconds in answers) < DEADLINE + SLACK
        assert client.get("/health/live").status_code == 200
    start = time.monotonic()
    while client.get("/tasks/1").status_code != 200:
        assert time.monotonic() - start < 2
    while client.get("/health/ready").status_code != 200:
        assert time.monotonic() - start < 2 + SLACK


def test_two_hundred_toggles_over_two_processes_all_count(client: httpx2.Client) -> None:
    async def toggle_all() -> list[int]:
        limits = httpx2.Limits(max_connections=200)
        async with httpx2.AsyncClient(
            base_url=client.base_url, headers=client.headers, limits=limits, timeout=60
        ) as other:
            answers = await asyncio.gather(*(other.patch("/tasks/1/toggle") for _ in range(200)))
            return [answer.status_code for answer in answers]

    client.post("/tasks", json={"title": "x"})
    assert set(asyncio.run(toggle_all())) == {200}
    task = client.get("/tasks/1")
    assert (task.json()["completed"], task.headers["etag"]) == (False, '"201"')


@pytest.mark.parametrize(
    ("revision", "says"), [("0000", "older than this program; run todo-web migrate."), ("9999", "upgrade the program.")]
)
def test_a_schema_that_does_not_fit_makes_the_service_not_ready(
    service: Server, client: httpx2.Client, postgres: Database, revision: str, says: str
) -> None:
    """Behind or ahead: one line of the log says which; the service lives on, and is ready when the schema fits."""
    postgres.run(f"UPDATE {VERSION_TABLE} SET version_num = %s", revision)
    try:
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        end = time.monotonic() + SLACK  # a line may take a moment from the other process to this one
        while not any(says in line for line in service.lines):
            assert time.monotonic() < end
    finally:
        postgres.run(f"UPDATE {VERSION_TABLE} SET version_num = %s", REVISION)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_a_wake_of_two_seconds_is_waited_for(postgres: Database, driver: str) -> None:
    postgres.empty()

    async def read_all(port: int) -> list[int]:
        app = create_app(Settings(_env_file=None, **stored_at(postgres.url(DATABASE, port=port), driver)))
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app), base_url="http://service", headers=bearer()
            ) as client,
        ):
            reads = [asyncio.create_task(client.get("/tasks")) for _ in range(50)]
            await asyncio.to_thread(gate.wait_for_a_connection)
            await asyncio.to_thread(gate.open, 2)
            return [(await read).status_code for read in reads]

    with closed_gate(postgres.port) as gate:
        assert asyncio.run(read_all(gate.port)) == [200] * 50


def run_migrate(url: str) -> Result:
    return CliRunner().invoke(main, ["migrate"], env={"DATABASE_URL": url})


def test_migrate_makes_the_schema_that_the_service_needs(postgres: Database) -> None:
    """No other setting is needed for it, and it says what it did; a second run changes nothing."""
    with postgres.new_database("new") as address:
        for did in ("was made", "was found up to date"):
            ended = run_migrate(address.url)
            assert (ended.exit_code, ended.output) == (0, f"The schema {did}; it is at revision {REVISION}.\n")
        assert postgres.run(f"SELECT version_num FROM {VERSION_TABLE}", database="new") == [(REVISION,)]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:///tasks.db", "does not name a PostgreSQL database"),
        ("postgresql://ann:geheim@localhost:1/db", "Nobody answers"),
        ("postgresql://ann:geheim@localhost:1/db?sslmode=none", "sslmode"),
        ("mysql://ann:geheim@localhost/db", "postgresql://"),
    ],
)
def test_migrate_says_what_is_wrong(url: str, says: str) -> None:
    ended = run_migrate(url)
    assert ended.exit_code == 2
    assert says in ended.stderr
    assert "geheim" not in ended.output
