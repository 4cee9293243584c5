"""Tasks in Neon, or any other PostgreSQL: the production store.

The database's schema is made and changed by ``todo_adapters.neon.migrations`` only. To import this costs little; a
driver is imported when a repository is opened on it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from todo_adapters.address import PostgresAddress
from todo_adapters.deadline import DEADLINE
from todo_core.ports import TaskRepository
from todo_core.synchronous import run_now

POOL_SIZE = 10
"""Connections of one process: several processes fit into the 104 that Neon's smallest compute grants."""


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How many connections are in use, how many are open and idle, and how many callers wait for one."""

    used: int
    idle: int
    waiting: int


@asynccontextmanager
async def open_with_asyncpg(
    address: PostgresAddress,
    *,
    pool_size: int = POOL_SIZE,
    deadline: float = DEADLINE,
    watch: Callable[[Callable[[], PoolUse]], None] | None = None,
) -> AsyncIterator[TaskRepository]:
    """Open a repository for the running event loop, whether or not the database can be reached now.

    ``watch`` is given a function that tells the use of the pool, to any thread.
    Through Neon's pooler no statement stays prepared; an address through another pooler in transaction mode must say
    ``pgbouncer=true`` for that. Raises StorageUnusable for an address that cannot work.
    """
    from todo_adapters.neon.asyncpg_executor import AsyncpgExecutor  # noqa: PLC0415  only where it is used
    from todo_adapters.neon.dsn import parse_dsn  # noqa: PLC0415  likewise
    from todo_adapters.neon.repository import NeonTaskRepository  # noqa: PLC0415  likewise

    executor = AsyncpgExecutor(parse_dsn(address), pool_size=pool_size, deadline=deadline)
    if watch:
        watch(executor.pool_use)
    try:
        yield NeonTaskRepository(executor)
    finally:
        await executor.close()


@contextmanager
def open_with_psycopg2(
    address: PostgresAddress, *, pool_size: int = POOL_SIZE, deadline: float = DEADLINE
) -> Iterator[TaskRepository]:
    """Open a repository that blocks, and may be called from several threads; otherwise like ``open_with_asyncpg``."""
    from todo_adapters.neon.dsn import parse_dsn  # noqa: PLC0415  only where it is used
    from todo_adapters.neon.psycopg2_executor import Psycopg2Executor  # noqa: PLC0415  likewise
    from todo_adapters.neon.repository import NeonTaskRepository  # noqa: PLC0415  likewise

    executor = Psycopg2Executor(parse_dsn(address), pool_size=pool_size, deadline=deadline)
    try:
        yield NeonTaskRepository(executor)
    finally:
        run_now(executor.close())
