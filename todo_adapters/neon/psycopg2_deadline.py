"""A deadline for psycopg2, which has none of its own.

libpq waits for an answer as long as the network stack lets it, and its ``connect_timeout`` covers no more than the
log-in. Behind a pooler whose database is down that took two minutes when it was measured. psycopg2 lets its caller do
the waiting, that for the log-in included (https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries).
This module waits until the deadline, and the connection is closed then. Ctrl-C ends the waiting at once.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

import psycopg2
from psycopg2 import extensions

from todo_adapters.neon.sockets import is_ready

_end: ContextVar[float] = ContextVar("deadline of psycopg2", default=inf)


def install_wait_callback() -> None:
    """Let every psycopg2 connection of this process be waited for here; without a deadline that changes nothing."""
    extensions.set_wait_callback(_wait)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Give everything that the block does with psycopg2 a common deadline; an earlier one stays in force."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


def _wait(connection: extensions.connection) -> None:
    while (state := connection.poll()) != extensions.POLL_OK:
        left = _end.get() - time.monotonic()
        if left <= 0 or not is_ready(connection, reading=state == extensions.POLL_READ, timeout=left):
            raise psycopg2.OperationalError("The deadline has passed.")
