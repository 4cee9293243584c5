"""How asyncpg's connections are lent out, each to a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from tests.postgres import Server
from todo_adapters.neon.connections import Connections

GRACE = 5.0

Use = Callable[[Connections], Awaitable[None]]


@pytest.fixture
def run(postgres: Server) -> Callable[..., None]:
    def run(use: Use, size: int, **options: float) -> None:
        async def used() -> None:
            connections = Connections(partial(asyncpg.connect, postgres.url()), size, **options)
            try:
                await use(connections)
            finally:
                await connections.close(GRACE)

        asyncio.run(used())

    return run


async def backend(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


def test_who_came_first_is_served_first(run: Callable[..., None]) -> None:
    """Nobody overtakes those who wait, not even whoever asks in the very moment in which a connection comes back."""
    served: list[int] = []

    async def use(connections: Connections) -> None:
        async def borrow(number: int) -> None:
            connection = await connections.borrow()
            served.append(number)
            connections.give_back(connection)

        held = await connections.borrow()
        waiting = []
        for number in range(10):
            waiting.append(asyncio.create_task(borrow(number)))
            await asyncio.sleep(0)
        connections.give_back(held)
        await borrow(10)
        await asyncio.gather(*waiting)

    run(use, size=1)
    assert served == [*range(11)]


def test_who_continues_something_is_served_before_all_who_begin(run: Callable[..., None]) -> None:
    served: list[str] = []

    async def use(connections: Connections) -> None:
        async def borrow(name: str, *, continues: bool) -> None:
            connection = await connections.borrow(continues=continues)
            served.append(name)
            connections.give_back(connection)

        held = await connections.borrow()
        waiting = []
        for name in ("begins 1", "begins 2", "continues 1", "continues 2"):
            waiting.append(asyncio.create_task(borrow(name, continues=name.startswith("continues"))))
            await asyncio.sleep(0)
        connections.give_back(held)
        await asyncio.gather(*waiting)

    run(use, size=1)
    assert served == ["continues 1", "continues 2", "begins 1", "begins 2"]


@pytest.mark.parametrize("late", [False, True])
def test_who_gives_up_waiting_takes_no_connection_away(run: Callable[..., None], late: bool) -> None:  # noqa: FBT001  a case
    """Not even in the very moment in which the connection had come."""

    async def use(connections: Connections) -> None:
        held = await connections.borrow()
        gives_up, waits = (asyncio.create_task(connections.borrow()) for _ in range(2))
        await asyncio.sleep(0)
        if late:
            connections.give_back(held)
        gives_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gives_up
        if not late:
            connections.give_back(held)
        connections.give_back(await waits)

    run(use, size=1)


def test_connections_that_are_not_needed_any_more_are_closed(postgres: Server, run: Callable[..., None]) -> None:
    """The one that is used again and again stays."""

    async def use(connections: Connections) -> None:
        lent = [await connections.borrow() for _ in range(3)]
        backends = [await backend(connection) for connection in lent]
        for connection in lent:
            connections.give_back(connection)
        there = set(backends)
        while len(there) > 1:
            connection = await connections.borrow()
            assert await backend(connection) == backends[-1]
            rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)", backends)
            there = {row["pid"] for row in rows}
            connections.give_back(connection)
        assert there == {backends[-1]}

    run(use, size=3, idle=0.1)


def test_all_are_closed_in_the_end_even_one_that_is_never_given_back(postgres: Server) -> None:
    async def use() -> list[int]:
        connections = Connections(partial(asyncpg.connect, postgres.url()), 2)
        kept, returned = [await connections.borrow() for _ in range(2)]
        backends = [await backend(kept), await backend(returned)]
        connections.give_back(returned)
        await connections.close(grace=0)
        assert kept.is_closed()
        return backends

    backends = asyncio.run(use())
    while postgres.run("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", backends):
        pass
