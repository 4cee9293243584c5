"""Run the store's statements on asyncpg: the service's hot path."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from types import TracebackType
from typing import cast

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from todo_adapters.deadline import GRACE
from todo_adapters.neon import PoolUse
from todo_adapters.neon.asyncpg_connection import connect
from todo_adapters.neon.dsn import Dsn
from todo_adapters.neon.executor import Executor, Row, Transaction, Values
from todo_adapters.neon.pool import Connection, ConnectionPool
from todo_adapters.neon.sqlstates import UNKNOWN_HOST, connection_error, domain_error
from todo_adapters.neon.statements import Statement
from todo_adapters.shared_timeout import SharedTimeout
from todo_core.errors import StorageUnavailable
from todo_core.override import override

_LOGGER = logging.getLogger("todo.storage")

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server has ended the connection while it was idle
    ConnectionError,
)


class AsyncpgExecutor(Executor):
    """Runs statements in the event loop in which it was opened."""

    def __init__(self, dsn: Dsn, *, pool_size: int, deadline: float) -> None:
        """Keep up to ``pool_size`` connections; every step may take ``deadline`` seconds.

        Connects on first use, so the database may be asleep.
        """
        self._pool = ConnectionPool(partial(connect, dsn, deadline), pool_size, deadline)
        self._timeout = SharedTimeout(deadline)
        self._settling: set[asyncio.Task[None]] = set()

    @override
    async def fetch(
        self, statement: Statement, values: Values, *, repeatable: bool = False, priority: bool = False
    ) -> Sequence[Row]:
        with _TRANSLATED_ERRORS, self._timeout.block():
            if repeatable:
                try:
                    # To try shows whether the connection still stands, and costs less than to look before.
                    return await self._fetch_once(statement, values, alive=False, priority=priority)
                except _LOST:
                    priority = True
            return await self._fetch_once(statement, values, alive=True, priority=priority)

    @override
    @asynccontextmanager
    async def transaction(self, user_id: str) -> AsyncIterator["AsyncpgTransaction"]:
        with _TRANSLATED_ERRORS, self._timeout.block():
            connection = await self._pool.acquire(user_id)
        transaction = None
        try:
            transaction = AsyncpgTransaction(connection, self._timeout)
            await transaction.begin()
            yield transaction
            await transaction.commit()
        except BaseException:
            self._settle(connection, transaction)
            raise
        self._pool.release(connection)

    @override
    async def close(self) -> None:
        await self._pool.close(GRACE)

    def pool_use(self) -> PoolUse:
        """Return the use of the pool now."""
        return self._pool.use()

    async def _fetch_once(self, statement: Statement, values: Values, *, alive: bool, priority: bool) -> Sequence[Row]:
        owner: str | None = values.get("owner")
        connection = await self._pool.acquire(owner, alive=alive, priority=priority)
        try:
            rows = await _fetch(connection, statement, values)
        except BaseException:
            self._settle(connection)
            raise
        self._pool.release(connection)
        return rows

    def _settle(self, connection: Connection, transaction: "AsyncpgTransaction | None" = None) -> None:
        """Release a connection in the background.

        Its last statement may still run, or its server may not answer.
        """
        task = asyncio.create_task(self._release(connection, transaction))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _release(self, connection: Connection, transaction: "AsyncpgTransaction | None") -> None:
        clean = False
        try:
            async with asyncio.timeout(GRACE):
                if transaction:
                    await transaction.roll_back()
                else:
                    # asyncpg sends nothing until the server has stopped what was given up. It takes the answer to an
                    # empty statement for a fault (MagicStack/asyncpg, 0.31 and 0.32), so this one has a result.
                    await connection.execute("SELECT 1")
            clean = True
        except (*_LOST, asyncpg.PostgresError, OSError):
            pass
        except Exception as error:  # noqa: BLE001  nobody waits for this task, so nobody else would see it
            _LOGGER.error("connection_not_released", extra={"reason": type(error).__name__})  # noqa: TRY400  one line
        finally:
            if not clean:
                connection.terminate()
            self._pool.release(connection)


class AsyncpgTransaction(Transaction):
    """A transaction on one connection, which is not given back before it ends."""

    def __init__(self, connection: Connection, timeout: SharedTimeout) -> None:
        """Raise StorageUnavailable if the connection has ended."""
        self._connection = connection
        self._timeout = timeout
        with _TRANSLATED_ERRORS:
            self._transaction = connection.transaction()

    @override
    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:
        with _TRANSLATED_ERRORS, self._timeout.block():
            return await _fetch(self._connection, statement, values)

    async def begin(self) -> None:
        """Start it."""
        with _TRANSLATED_ERRORS, self._timeout.block():
            await self._transaction.start()

    async def commit(self) -> None:
        """Make it durable."""
        with _TRANSLATED_ERRORS, self._timeout.block():
            await self._transaction.commit()

    async def roll_back(self) -> None:
        """Undo it. Raises what asyncpg raises."""
        await self._transaction.rollback()


def _fetch(connection: Connection, statement: Statement, values: Values) -> Awaitable[Sequence[Row]]:
    text, names = _compiled(statement)
    return cast("Awaitable[Sequence[Row]]", connection.fetch(text, *[values[name] for name in names]))


@cache
def _compiled(statement: Statement) -> tuple[str, tuple[str, ...]]:
    """Return a statement's text and the names of its values in their order."""
    compiled = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's
    return compiled.string, tuple(compiled.positiontup or ())


class _TranslatedErrors:
    """Raises what asyncpg raises in a block as the domain's error that it means; cheaper than a generator would be."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        match error:
            case None:
                pass
            case asyncpg.PostgresError():
                if meaning := domain_error(error.sqlstate, getattr(error, "constraint_name", None), str(error)):
                    raise meaning from error
            case socket.gaierror():
                raise StorageUnavailable(UNKNOWN_HOST) from error
            case _ if isinstance(error, (*_LOST, OSError)):  # a TimeoutError is an OSError
                raise connection_error(str(error)) from error


_TRANSLATED_ERRORS = _TranslatedErrors()
