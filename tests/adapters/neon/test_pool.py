"""How the pool gives out asyncpg's connections, each to a real server."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from tests.support.postgres import Server
from todo_adapters.neon.pool import ConnectionPool

GRACE = 5.0
DEADLINE = 5.0

Use = Callable[[ConnectionPool], Awaitable[None]]


@pytest.fixture
def run(postgres: Server) -> Callable[..., None]:
    def run(use: Use, size: int, **options: float) -> None:
        async def used() -> None:
            pool = ConnectionPool(partial(asyncpg.connect, postgres.url()), size, DEADLINE, **options)
            try:
                await use(pool)
            finally:
                await pool.close(GRACE)

        asyncio.run(used())

    return run


async def backend(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


@pytest.mark.parametrize("late", [False, True])
def test_who_gives_up_waiting_takes_no_connection_away(run: Callable[..., None], late: bool) -> None:  # noqa: FBT001  a case
    """Not even in the very moment in which the connection had come."""

    async def use(pool: ConnectionPool) -> None:
        held = await pool.acquire("ann")
        gives_up, waits = (asyncio.create_task(pool.acquire("ann")) for _ in range(2))
        await asyncio.sleep(0)
        if late:
            pool.release(held)
        gives_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gives_up
        if not late:
            pool.release(held)
        pool.release(await waits)

    run(use, size=1)


def test_connections_that_are_not_needed_any_more_are_closed(postgres: Server, run: Callable[..., None]) -> None:
    """The one that is used again and again stays."""

    async def use(pool: ConnectionPool) -> None:
        acquired = [await pool.acquire("ann") for _ in range(3)]
        backends = [await backend(connection) for connection in acquired]
        for connection in acquired:
            pool.release(connection)
        there = set(backends)
        while len(there) > 1:
            connection = await pool.acquire("ann")
            assert await backend(connection) == backends[-1]
            rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)", backends)
            there = {row["pid"] for row in rows}
            pool.release(connection)
        assert there == {backends[-1]}

    run(use, size=3, idle=0.1)


def test_all_are_closed_in_the_end_even_one_that_is_never_given_back(postgres: Server) -> None:
    async def use() -> list[int]:
        pool = ConnectionPool(partial(asyncpg.connect, postgres.url()), 2, DEADLINE)
        kept, returned = [await pool.acquire("ann") for _ in range(2)]
        backends = [await backend(kept), await backend(returned)]
        pool.release(returned)
        await pool.close(grace=0)
        assert kept.is_closed()
        return backends

    backends = asyncio.run(use())
    while postgres.run("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", backends):
        pass
