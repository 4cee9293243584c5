"""Open the production store on either driver."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.event_loop import driven, loop_thread
from todo_adapters.address import PostgresAddress
from todo_adapters.neon import open_with_asyncpg, open_with_psycopg2
from todo_core.ports import TaskRepository

DRIVERS = ("asyncpg", "psycopg2")


@contextmanager
def opened(
    driver: str, address: PostgresAddress, *, pool_size: int = 10, deadline: float = 5.0
) -> Iterator[TaskRepository]:
    """Open a repository that ``run_now`` can drive; the database keeps what it holds."""
    if driver == "psycopg2":
        with open_with_psycopg2(address, pool_size=pool_size, deadline=deadline) as repository:
            yield repository
        return
    opening = open_with_asyncpg(address, pool_size=pool_size, deadline=deadline)
    with loop_thread() as loop:
        repository = loop.run(opening.__aenter__())
        try:
            yield driven(repository, loop)
        finally:
            loop.run(opening.__aexit__(None, None, None))
