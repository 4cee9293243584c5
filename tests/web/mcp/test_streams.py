"""``todo-web mcp``: the tools over standard streams, as the child process of a client."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.support.postgres import Server as Database
from tests.support.processes import environment
from tests.web.mcp.client import Assistant, Era, eras, run
from tests.web.mcp.messages import call

PROGRAM = [sys.executable, "-m", "todo_web", "mcp"]
SECONDS = 60


@asynccontextmanager
async def child(era: Era, values: dict[str, str], *arguments: str) -> AsyncIterator[Assistant]:
    started = StdioServerParameters(command=sys.executable, args=[*PROGRAM[1:], *arguments], env=environment(values))
    async with Client(stdio_client(started), mode=era) as client:
        yield Assistant(client)


def store(folder: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{folder / 'tasks.db'}"}


@eras
def test_an_assistant_works_on_the_store_of_its_user_without_a_secret(era: Era, tmp_path: Path) -> None:
    async def play() -> None:
        async with child(era, store(tmp_path) | {"TODO_USER": "ann"}) as ann:
            assert (await ann.done("add_task", title="Ann's"))["task_id"] == 1
        async with child(era, store(tmp_path) | {"TODO_USER": "ann"}, "--user", "bob") as bob:
            assert (await bob.done("list_tasks"))["tasks"] == []
            assert await bob.refused("delete_task", task_id=1) == "task_not_found"
        async with child(era, store(tmp_path), "--user", "ann") as ann:
            assert [task["title"] for task in (await ann.done("list_tasks"))["tasks"]] == ["Ann's"]

    run(play)


def test_it_works_on_postgresql(postgres: Database) -> None:
    postgres.empty()

    async def play() -> None:
        async with child("2026-07-28", {"DATABASE_URL": postgres.address().url}, "--user", "ann") as ann:
            answers = await asyncio.gather(*(ann.done("add_task", title=f"{n}", request_id="k") for n in [1] * 10))
            assert len({answer["task_id"] for answer in answers}) == 1
            assert len((await ann.done("list_tasks"))["tasks"]) == 1

    run(play)


@contextmanager
def spoken_to(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program for Ann, and kill what is left of it in the end."""
    piped = subprocess.PIPE
    with subprocess.Popen(
        [*PROGRAM, "--user", "ann"], env=environment(store(folder)), stdin=piped, stdout=piped, stderr=piped
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[bytes], *lines: bytes) -> None:
    """Send lines as they are."""
    assert process.stdin is not None
    for one in lines:
        process.stdin.write(one + b"\n")
    process.stdin.flush()


def answers_until(process: subprocess.Popen[bytes], message_id: int) -> dict[object, dict[str, Any]]:
    """Read what is answered, up to the answer to a message; return it by the ids of the messages."""
    assert process.stdout is not None
    found: dict[object, dict[str, Any]] = {}
    while message_id not in found:
        answer = json.loads(process.stdout.readline())
        assert answer["jsonrpc"] == "2.0"
        found[answer.get("id")] = answer
    return found


def line(message: dict[str, Any], **changes: object) -> bytes:
    return json.dumps(message | changes).encode()


INITIALIZE = line(
    {
        "jsonrpc": "2.0",
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
)
INITIALIZED = line({"jsonrpc": "2.0", "method": "notifications/initialized"})


def test_nothing_but_the_protocol_is_written_whatever_is_sent(tmp_path: Path) -> None:
    """Each call is answered, the one after all the nonsense too; what else there is to say goes to standard error."""
    nonsense = [
        b"",
        b"not json",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'"' + b"x" * 1_000_000 + b'"',
        b"7" * 5000,
    ]
    huge = line(call("legacy", "add_task", title="x" * 10_000_000), id=1)
    surrogate = (
        b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"add_task","arguments":{"title":"\\ud800"}}}'
    )
    foreign = line(call("legacy", "add_task", title="x", user_id="bob"), id=3)
    good = line(call("legacy", "add_task", title="kept"), id=4)
    with spoken_to(tmp_path) as process:
        say(process, INITIALIZE, INITIALIZED, *nonsense, huge, surrogate, foreign)
        answered = answers_until(process, 3)
        say(process, good)
        answered |= answers_until(process, 4)
        rest, logged = process.communicate(timeout=SECONDS)
        assert (process.returncode, rest) == (0, b"")
    assert {"lone surrogates" in answered[message]["error"]["message"] for message in (None, 2)} == {True}
    assert answered[1]["result"]["content"][0]["text"].startswith("too_long: ")
    assert answered[3]["result"]["content"][0]["text"].startswith("user_forbidden: ")
    assert answered[4]["result"]["structuredContent"]["title"] == "kept"
    assert b"foreign_user" in logged


def test_the_end_of_the_input_is_the_end(tmp_path: Path) -> None:
    with spoken_to(tmp_path) as process:
        said = process.communicate(timeout=SECONDS)
        assert (process.returncode, *said) == (0, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_what_was_answered_is_stored(number: signal.Signals, tmp_path: Path) -> None:
    """Although a thread waits for input."""
    with spoken_to(tmp_path) as process:
        say(process, INITIALIZE, INITIALIZED, line(call("legacy", "add_task", title="kept"), id=1))
        answers_until(process, 1)
        process.send_signal(number)
        process.wait(SECONDS)
    with closing(sqlite3.connect(tmp_path / "tasks.db")) as db:
        assert db.execute("SELECT title FROM tasks").fetchall() == [("kept",)]


@pytest.mark.parametrize(
    ("values", "arguments", "says"),
    [
        ({"DATABASE_URL": "mysql://u:hunter2@h/d"}, [], "postgresql://"),
        ({"DATABASE_URL": "sqlite:///not-ours.db"}, [], "not a SQLite database"),
        ({"DATABASE_URL": "memory://"}, ["--user", " "], "a user id has"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    values: dict[str, str], arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "not-ours.db").write_text("a letter to my aunt, long enough to be no header\n" * 10)
    ended = subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(values),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert says in ended.stderr
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr
