"""Run the store's statements on psycopg2, on connections of SQLAlchemy's pool.

Blocks, and never suspends: the console program calls it without an event loop, the service in worker threads.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import psycopg2
from psycopg2 import extensions
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

from todo_adapters.neon.dsn import Dsn
from todo_adapters.neon.executor import Executor, Row, Transaction, Values
from todo_adapters.neon.psycopg2_deadline import install_wait_callback, time_limit
from todo_adapters.neon.sockets import is_ready
from todo_adapters.neon.sqlstates import UNAVAILABLE, domain_error
from todo_adapters.neon.statements import Statement
from todo_core.errors import StorageUnavailable
from todo_core.override import override

_RECYCLE = 240
"""Seconds of age after which a connection is replaced: long before Neon suspends, or a network forgets it."""

_USED = "used"
"""The mark of a connection that has been acquired before; SQLAlchemy forgets it when it connects anew."""

_UTC_ZONES = {"UTC", "Etc/UTC", "GMT"}
"""What a server may call the zone in which psycopg2 needs no help to return times in UTC.

libpq could ask for it only by ``options``, which poolers refuse.
"""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After a minute of silence the operating system knows that an idle connection leads nowhere, and so does the check."""


class Psycopg2Executor(Executor):
    """Runs statements in the thread that calls; safe with several threads.

    Connects on first use, so the database may be asleep. Users wait for their turn in front of the threads
    (todo_adapters.worker_threads), so nothing here depends on the user or on a priority.
    """

    def __init__(self, dsn: Dsn, *, pool_size: int, deadline: float) -> None:
        """Keep up to ``pool_size`` connections; every step may take ``deadline`` seconds."""
        self._deadline = deadline
        self._engine = open_engine(dsn, pool_size=pool_size, deadline=deadline)
        # SQLAlchemy's own way, an isolation level for each use, asks the server whenever a connection is released; one
        # that breaks then never returns to its pool.
        event.listen(self._engine, "connect", _commit_each_statement)
        event.listen(self._engine, "checkin", _commit_each_statement)

    @override
    async def fetch(
        self, statement: Statement, values: Values, *, repeatable: bool = False, priority: bool = False
    ) -> Sequence[Row]:
        with translated_errors(), time_limit(self._deadline):
            try:
                return self._fetch_once(statement, values)
            except exc.DBAPIError as error:
                if not (repeatable and error.connection_invalidated):
                    raise
            except psycopg2.Error:
                if not repeatable:
                    raise
            return self._fetch_once(statement, values)

    @override
    @asynccontextmanager
    async def transaction(self, user_id: str) -> AsyncIterator["Psycopg2Transaction"]:
        with translated_errors(), time_limit(self._deadline):
            connection = self._engine.connect()
        with connection:
            transaction = Psycopg2Transaction(connection, self._deadline)
            try:
                yield transaction
                transaction.commit()
            except BaseException:
                transaction.roll_back()
                raise

    @override
    async def close(self) -> None:
        self._engine.dispose()

    def _fetch_once(self, statement: Statement, values: Values) -> Sequence[Row]:
        with self._engine.connect() as connection:
            return _fetch(connection, statement, values)


class Psycopg2Transaction(Transaction):
    """A transaction on one connection; the first statement begins it."""

    def __init__(self, connection: Connection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    @override
    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:
        with translated_errors(), time_limit(self._deadline):
            if not self._connection.in_transaction():
                _driver_connection(self._connection).autocommit = False
            return _fetch(self._connection, statement, values)

    def commit(self) -> None:
        """Make it durable."""
        with translated_errors(), time_limit(self._deadline):
            self._connection.commit()

    def roll_back(self) -> None:
        """Undo it; a connection that cannot do that is thrown away."""
        try:
            with time_limit(self._deadline):
                self._connection.rollback()
        except (exc.DBAPIError, psycopg2.Error):
            self._connection.invalidate()


def open_engine(dsn: Dsn, *, pool_size: int, deadline: float) -> Engine:
    """Return an engine that has not connected yet, and does not lend out a connection that the server has closed.

    To ask the server whether a connection stands, as SQLAlchemy's pre-ping does, would double the time of a statement.
    """
    install_wait_callback()
    address = URL.create("postgresql+psycopg2", dsn.user, dsn.password, dsn.host, dsn.port, dsn.database)
    engine = create_engine(
        address,
        connect_args={**_protection(dsn), **_KEEPALIVE, **dsn.start_up},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=deadline,
        pool_recycle=_RECYCLE,
        hide_parameters=True,
    )
    event.listen(engine, "checkout", _replace_ended)
    return engine


def _replace_ended(connection: extensions.connection, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Let SQLAlchemy connect anew where the server has closed a connection while it was idle.

    SQLAlchemy tries that once, so a new connection is not looked at: what has happened to it shows in its first use.
    """
    if entry.info.get(_USED) and (connection.closed or is_ready(connection, reading=True, timeout=0)):
        raise exc.DisconnectionError
    entry.info[_USED] = True


def _protection(dsn: Dsn) -> dict[str, Any]:
    protection = {
        "sslmode": dsn.sslmode,
        "channel_binding": dsn.channel_binding,
        "target_session_attrs": dsn.target_session_attrs,
    }
    if certificates := dsn.certificates:
        protection["sslrootcert"] = certificates
    return protection


def _commit_each_statement(connection: extensions.connection | None, _record: object) -> None:
    """Take a connection out of the mode in which a transaction has used it; this sends nothing."""
    if connection and not connection.closed:
        connection.autocommit = True


def _fetch(connection: Connection, statement: Statement, values: Values) -> Sequence[Row]:
    rows = connection.execute(statement, values).all()
    if _driver_connection(connection).get_parameter_status("TimeZone") in _UTC_ZONES:
        return rows
    return [tuple(_in_utc(value) for value in row) for row in rows]


def _driver_connection(connection: Connection) -> extensions.connection:
    return cast("extensions.connection", connection.connection.driver_connection)


def _in_utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what SQLAlchemy and psycopg2 raise into the domain's errors.

    SQLAlchemy passes on what psycopg2 raises outside a statement, while a connection is acquired or released, as it is.
    """
    try:
        yield
    except (exc.DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        invalidated = isinstance(error, exc.DBAPIError) and error.connection_invalidated
        lost = invalidated or isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError)
        sqlstate = getattr(cause, "pgcode", None) or (None if lost else "")
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        if meaning := domain_error(sqlstate, constraint, str(cause)):
            raise meaning from error
        raise
    except exc.TimeoutError as error:
        raise StorageUnavailable(UNAVAILABLE) from error
