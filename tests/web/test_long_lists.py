"""Lists of several chunks: what they show when tasks change meanwhile, and what they hold for a client."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.types import Message

from tests.adapters.test_repository import LATER, NOW
from tests.support.service import bearer, settings
from todo_core.ports import TaskRepository
from todo_core.query import PAGE_LIMIT
from todo_core.task import NewTask, Task
from todo_web.app import create_app
from todo_web.endpoints import CHUNK

LONG = "\U0001f385" * 1000
"""A description of 4,000 bytes."""

Send = Callable[[Message], Awaitable[None]]
Change = Callable[[Task], Task | None]


@asynccontextmanager
async def opened(address: str, drafts: list[NewTask]) -> AsyncIterator[tuple[FastAPI, TaskRepository]]:
    app = create_app(settings(DATABASE_URL=address))
    async with app.router.lifespan_context(app):
        repository = app.state.container.storage.repository()
        await repository.add_all("ann", drafts)
        yield app, repository


async def ask(app: FastAPI, query: str, send: Send) -> None:
    """Send a request for a list; the client never says anything after that."""

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(name.lower().encode(), value.encode()) for name, value in bearer().items()]
    scope = {"type": "http", "method": "GET", "path": "/tasks", "raw_path": b"/tasks", "query_string": query.encode()}
    await app({**scope, "headers": headers, "asgi": {"spec_version": "2.3"}, "http_version": "1.1"}, receive, send)


def drafts(number: int, description: str | None) -> list[NewTask]:
    moments = (NOW + timedelta(microseconds=n) for n in range(number))
    return [NewTask("ann", f"task {n:04}", description, None, moment, moment) for n, moment in enumerate(moments)]


def listed(address: str, query: str, new: list[NewTask], change: Change, changed: list[int]) -> list[dict[str, object]]:
    """Return a list of which some tasks change when its first chunk has been sent."""

    async def scene() -> bytes:
        body = b""
        async with opened(address, new) as (app, repository):

            async def send(message: Message) -> None:
                nonlocal body
                begins = len(body) < CHUNK
                body += message.get("body", b"")
                if begins and len(body) >= CHUNK:
                    assert message["more_body"]
                    await repository.change("ann", changed, lambda tasks: {i: change(t) for i, t in tasks.items()})

            await ask(app, query, send)
        return body

    shown: list[dict[str, object]] = json.loads(asyncio.run(scene()))
    return shown


@pytest.fixture(params=["memory", "sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/tasks.db" if request.param == "sqlite" else "memory://"


@pytest.mark.parametrize(
    ("limit", "number", "description"),
    [("", PAGE_LIMIT + 10, None), ("", 2 * CHUNK + 10, LONG), ("&limit=1000", 2 * CHUNK + 10, LONG)],
    ids=["many", "long", "a page of long ones"],
)
@pytest.mark.parametrize("sort", ["updated_at", "-updated_at", "title", "-title", "created_at"])
def test_no_task_comes_twice_or_is_missing_when_it_changes_meanwhile(
    address: str, sort: str, limit: str, number: int, description: str | None
) -> None:
    """The first and the last would move to the other end, both by their time and by their title."""

    def rename(task: Task) -> Task:
        return task._replace(title="zzz" if task.id == 1 else "aaa", updated_at=LATER, version=2)

    shown = listed(address, f"sort={sort}{limit}", drafts(number, description), rename, [1, number])
    assert [task["id"] for task in shown] == sorted(range(1, number + 1), reverse=sort.startswith("-"))


def test_what_a_list_does_not_show_any_more_is_left_out(address: str) -> None:
    number = PAGE_LIMIT + 10
    shown = listed(address, "status=pending", drafts(number, None), lambda task: task.complete(LATER), [number])
    assert [task["id"] for task in shown] == [*range(1, number)]


def test_a_list_of_which_nothing_is_left_ends_well(address: str) -> None:
    number = PAGE_LIMIT + 10
    shown = listed(address, "", drafts(number, None), lambda _: None, [*range(CHUNK + 1, number + 1)])
    assert [task["id"] for task in shown] == [*range(1, CHUNK + 1)]


@pytest.mark.parametrize("query", ["", "limit=1000"])
def test_for_a_client_that_does_not_read_one_chunk_is_held(tmp_path: Path, query: str) -> None:
    """At most 2 MiB of the longest tasks, with what the server's transport keeps until the client takes it."""
    readers = 10
    longest = NewTask("ann", LONG[:500], LONG, None, NOW, NOW)

    async def scene() -> tuple[int, int]:
        kept: list[bytes] = []

        async def send(message: Message) -> None:
            """Do as the server: take what there is, and keep whoever comes next until the client has read it."""
            if message["type"] == "http.response.body":
                if message["body"]:
                    kept.append(bytes(bytearray(message["body"])))
                else:
                    stalled.release()
                    await asyncio.Event().wait()

        async with opened(f"sqlite:///{tmp_path}/tasks.db", [longest] * 1000) as (app, _):
            stalled = asyncio.Semaphore(0)
            tracemalloc.start()
            requests = [asyncio.create_task(ask(app, query, send)) for _ in range(readers)]
            for _ in range(readers):
                await stalled.acquire()
            held = tracemalloc.get_traced_memory()[0]
            tracemalloc.stop()
            for request in requests:
                request.cancel()
            await asyncio.wait(requests)
        return held, sum(map(len, kept))

    held, sent = asyncio.run(scene())
    assert sent / readers > CHUNK * len(LONG.encode())
    assert held / readers < 2 * 2**20
