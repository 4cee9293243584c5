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
from tests.web.conftest import bearer, settings
from todo_core.ports import TaskRepository
from todo_core.task import NewTask, Task
from todo_web.app import create_app
from todo_web.routes import CHUNK

TASKS = 2 * CHUNK + 10

Send = Callable[[Message], Awaitable[None]]


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


def drafts(number: int = TASKS) -> list[NewTask]:
    moments = (NOW + timedelta(microseconds=n) for n in range(number))
    return [NewTask("ann", f"task {n:04}", None, None, moment, moment) for n, moment in enumerate(moments)]


def listed(
    tmp_path: Path, store: str, query: str, meanwhile: Callable[[Task], Task | None], changed: list[int]
) -> list[dict[str, object]]:
    """Return a list of which some tasks change when its first chunk has been sent."""

    async def scene() -> bytes:
        body = b""
        async with opened(f"sqlite:///{tmp_path}/tasks.db" if store == "sqlite" else "memory://", drafts()) as (
            app,
            repository,
        ):

            async def send(message: Message) -> None:
                nonlocal body
                begins = len(body) < CHUNK
                body += message.get("body", b"")
                if begins and len(body) >= CHUNK:
                    await repository.change("ann", changed, lambda tasks: {i: meanwhile(t) for i, t in tasks.items()})

            await ask(app, query, send)
        return body

    shown: list[dict[str, object]] = json.loads(asyncio.run(scene()))
    return shown


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("limit", ["", "&limit=1000"])
@pytest.mark.parametrize("sort", ["updated_at", "-updated_at", "title", "-title", "created_at"])
def test_no_task_comes_twice_or_is_missing_when_it_changes_meanwhile(
    tmp_path: Path, store: str, sort: str, limit: str
) -> None:
    """The first and the last would move to the other end, both by their time and by their title."""
    first, last = 1, TASKS

    def rename(task: Task) -> Task:
        return task._replace(title="zzz" if task.id == first else "aaa", updated_at=LATER, version=2)

    shown = listed(tmp_path, store, f"sort={sort}{limit}", rename, [first, last])
    ids = [task["id"] for task in shown]
    assert ids == sorted(range(1, TASKS + 1), reverse=sort.startswith("-"))


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_what_the_list_does_not_show_any_more_is_left_out(tmp_path: Path, store: str) -> None:
    ids = [task["id"] for task in listed(tmp_path, store, "status=pending", lambda task: task.complete(LATER), [TASKS])]
    assert ids == [*range(1, TASKS)]
    everything_else = [*range(CHUNK + 1, TASKS + 1)]
    (tmp_path / "tasks.db").unlink(missing_ok=True)
    ids = [task["id"] for task in listed(tmp_path, store, "", lambda _: None, everything_else)]
    assert ids == [*range(1, CHUNK + 1)]


@pytest.mark.parametrize("query", ["", "limit=1000"])
def test_for_a_client_that_does_not_read_one_chunk_is_held(tmp_path: Path, query: str) -> None:
    """At most 2 MiB of the longest tasks, with what the server's transport keeps until the client takes it."""
    readers = 10
    longest = NewTask("ann", "\U0001f385" * 500, "\U0001f385" * 1000, None, NOW, NOW)

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
    assert sent / readers > CHUNK * 6000
    assert held / readers < 2 * 2**20
