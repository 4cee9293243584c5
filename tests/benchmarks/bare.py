"""Fetch one user's tasks with asyncpg and nothing else, over and over.

    python -m tests.benchmarks.bare ADDRESS USER SECONDS

Prints the microseconds of processor time that each fetch took.
"""

import sys
import time

import asyncpg
import uvloop
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from todo_adapters.neon import statements
from todo_core.query import TaskQuery


async def fetch(address: str, user: str, seconds: float) -> float:
    """Return the microseconds."""
    statement = statements.find(statements.ListShape.of(TaskQuery()))
    text = str(statement.compile(dialect=dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy's
    connection = await asyncpg.connect(address)
    fetches, end = 0, time.monotonic() + seconds
    start = time.process_time()
    while time.monotonic() < end:
        await connection.fetch(text, user, 1000)
        fetches += 1
    spent = time.process_time() - start
    await connection.close()
    return spent / fetches * 1e6


if __name__ == "__main__":
    print(uvloop.run(fetch(sys.argv[1], sys.argv[2], float(sys.argv[3]))))  # noqa: T201  it is the result
