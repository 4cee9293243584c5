"""Run the store's statements on psycopg2, by a SQLModel session on SQLAlchemy's pooled engine.

Blocks, and never suspends: the console program calls it without an event loop, the service in worker threads.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import psycopg2
from psycopg2 import extensions
from sqlalchemy import URL, Engine, create_engine, event, exc
from sqlmodel import Session

from todo_adapters.neon.dsn import Dsn
from todo_adapters.neon.executor import Executor, Row, Transaction, Values
from todo_adapters.neon.psycopg2_deadline import install_wait_callback, time_limit
from todo_adapters.neon.sqlstates import UNAVAILABLE, domain_error
from todo_adapters.neon.statements import Statement
from todo_core.errors import StorageUnavailable
from todo_core.override import override

_RECYCLE = 240
"""Seconds of age after which a connection is replaced: long before Neon suspends, or a network forgets it."""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After a minute of silence the operating system knows that an idle connection leads nowhere, and so does the check."""


class Psycopg2Executor(Executor):
    """Runs statements in the thread that calls; safe with several threads.

    Connects on first use, so the database may be asleep. Users wait for their turn in front of the threads
    (todo_adapters.threaded), so nothing here depends on the user or on a priority.
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
        with Session(self._engine) as session:
            transaction = Psycopg2Transaction(session, self._deadline)
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
        with Session(self._engine) as session:
            return _fetch(session, statement, values)


class Psycopg2Transaction(Transaction):
    """A transaction of one session; the first statement begins it."""

    def __init__(self, session: Session, deadline: float) -> None:
        self._session = session
        self._deadline = deadline

    @override
    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:
        with translated_errors(), time_limit(self._deadline):
            if not self._session.in_transaction():
                link = cast("extensions.connection", self._session.connection().connection.driver_connection)
                link.autocommit = False
            return _fetch(self._session, statement, values)

    def commit(self) -> None:
        """Make it durable."""
        with translated_errors(), time_limit(self._deadline):
            self._session.commit()

    def roll_back(self) -> None:
        """Undo it; a connection that cannot do that is thrown away."""
        try:
            with time_limit(self._deadline):
                self._session.rollback()
        except (exc.DBAPIError, psycopg2.Error):
            self._session.invalidate()


def open_engine(dsn: Dsn, *, pool_size: int, deadline: float) -> Engine:
    """Return an engine that has not connected yet and checks a connection before it lends it out."""
    install_wait_callback()
    address = URL.create("postgresql+psycopg2", dsn.user, dsn.password, dsn.host, dsn.port, dsn.database)
    return create_engine(
        address,
        connect_args={**_protection(dsn), **_KEEPALIVE, **dsn.start_up},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=deadline,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE,
        hide_parameters=True,
    )


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


def _fetch(session: Session, statement: Statement, values: Values) -> Sequence[Row]:
    rows = session.connection().execute(statement, values)
    return [tuple(_in_utc(value) for value in row) for row in rows]


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
