"""``/mcp`` of a service in processes of its own: several of them, and what networks and databases do to calls."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.postgres import Server as Database
from tests.support.processes import Server, environment, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.web.mcp.client import Era, eras, over_http, run
from tests.web.mcp.messages import HEADERS, call, headers, outcome


def values(url: str) -> dict[str, str]:
    return {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": url, "TODO_MCP": "true"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("store") / "tasks.db"
    with serving(values(f"sqlite:///{file}"), workers=2) as server:
        yield server


@eras
def test_every_call_may_reach_another_process(era: Era, service: Server) -> None:
    """A client keeps no session, so any of them can answer."""
    user = f"everywhere-{era}"

    async def one(number: int) -> None:
        async with over_http(era, service.url, user) as assistant:
            added = await assistant.done("add_task", title=f"{number}", request_id=f"{number}")
            await assistant.done("complete_task", task_id=added["task_id"])

    async def play() -> set[str]:
        await asyncio.gather(*(one(number) for number in range(20)))
        async with over_http(era, service.url, user) as assistant:
            return {task["title"] for task in (await assistant.done("list_tasks", status="completed"))["tasks"]}

    assert run(play) == {f"{number}" for number in range(20)}


@eras
@pytest.mark.parametrize(
    "calls", [100, pytest.param(1000, marks=pytest.mark.slow)], ids=["a hundred calls", "a thousand calls"]
)
def test_calls_that_are_sent_twice_over_cut_connections_are_carried_out_once(
    calls: int, era: Era, service: Server
) -> None:
    """The first time the client goes away as soon as it has sent the call."""
    user = f"cut-{era}-{calls}"

    async def one(client: httpx2.AsyncClient, number: int, limit: asyncio.Semaphore) -> str:
        sent = call(era, "add_task", title=f"{number}", request_id=f"{number}")
        async with limit:
            await cut(service, sent, headers(era, "add_task") | bearer(user))
            answer = await client.post("/mcp", json=sent, headers=headers(era, "add_task") | bearer(user))
        title: str = outcome(answer)["title"]
        return title

    async def play() -> tuple[list[str], list[str]]:
        limit = asyncio.Semaphore(20)
        async with httpx2.AsyncClient(base_url=service.url, timeout=60) as client:
            answered = await asyncio.gather(*(one(client, number, limit) for number in range(calls)))
            stored = await client.get("/api/tasks", headers=bearer(user))
        return answered, [task["title"] for task in stored.json()]

    answered, stored = run(play)
    assert answered == [f"{number}" for number in range(calls)]
    assert sorted(stored) == sorted(answered)


async def cut(service: Server, message: dict[str, object], sent: dict[str, str]) -> None:
    """Send a request and close the connection without reading."""
    host, port = service.url.removeprefix("http://").split(":")
    body = json.dumps(message).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in {**sent, "Host": f"{host}:{port}"}.items())
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /mcp HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@eras
def test_a_database_that_goes_away_is_told_and_comes_back(era: Era, postgres: Database) -> None:
    """Nothing of what was answered is lost, nothing is there twice."""
    postgres.empty()
    with (
        serving(values(postgres.address().url) | {"TODO_STORAGE_DEADLINE": "2"}) as server,
        httpx2.Client(base_url=server.url, headers=HEADERS | bearer(), timeout=60) as client,
    ):

        def add(key: str) -> httpx2.Response:
            sent = call(era, "add_task", title=key, request_id=key)
            return client.post("/mcp", json=sent, headers=headers(era, "add_task"))

        outcome(add("before"))
        with postgres.stopped():
            gone = add("during").json()["result"]
        assert gone["isError"]
        assert gone["content"][0]["text"].startswith("storage_unavailable: ")
        assert postgres.address().url not in str(gone)
        for key in ("before", "during", "after"):
            outcome(add(key))
        assert sorted(task["title"] for task in client.get("/api/tasks").json()) == ["after", "before", "during"]


def test_without_the_setting_the_sdk_is_not_even_loaded(tmp_path: Path) -> None:
    """It costs memory and half a second."""
    program = "import sys; from todo_web.app import create_app; create_app(); print('mcp' in sys.modules)"
    given = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(given),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "False\n"
