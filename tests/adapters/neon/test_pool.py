"""How asyncpg's connections are lent out, each to a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from tests.support.postgres import Server
from todo_adapters.neon.pool import Connections

GRACE = 5.0
DEADLINE = 5.0

Use = Callable[[Connections], Awaitable[None]]


@pytest.fixture
def run(postgres: Server) -> Callable[..., None]:
    def run(use: Use, size: int, **options: float) -> None:
        async def used() -> None:
            connections = Connections(partial(asyncpg.connect, postgres.url()), size, DEADLINE, **options)
            try:
                await use(connections)
            finally:
                await connections.close(GRACE)

        asyncio.run(used())

    return run


async def backend(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


@pytest.mark.parametrize("late", [False, True])
def test_who_gives_up_waiting_takes_no_connection_away(run: Callable[..., None], late: bool) -> None:  # noqa: FBT001  a case
    """Not even in the very moment in which the connection had come."""

    async def use(connections: Connections) -> None:
        held = await connections.borrow("ann")
        gives_up, waits = (asyncio.create_task(connections.borrow("ann")) for _ in range(2))
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
        lent = [await connections.borrow("ann") for _ in range(3)]
        backends = [await backend(connection) for connection in lent]
        for connection in lent:
            connections.give_back(connection)
        there = set(backends)
        while len(there) > 1:
            connection = await connections.borrow("ann")
            assert await backend(connection) == backends[-1]
            rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)", backends)
            there = {row["pid"] for row in rows}
            connections.give_back(connection)
        assert there == {backends[-1]}

    run(use, size=3, idle=0.1)


def test_all_are_closed_in_the_end_even_one_that_is_never_given_back(postgres: Server) -> None:
    async def use() -> list[int]:
        connections = Connections(partial(asyncpg.connect, postgres.url()), 2, DEADLINE)
        kept, returned = [await connections.borrow("ann") for _ in range(2)]
        backends = [await backend(kept), await backend(returned)]
        connections.give_back(returned)
        await connections.close(grace=0)
        assert kept.is_closed()
        return backends

    backends = asyncio.run(use())
    while postgres.run("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", backends):
        pass
