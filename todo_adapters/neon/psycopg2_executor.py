"""Run the store's statements on psycopg2, by a SQLModel session on SQLAlchemy's pooled engine.

Blocks, and never suspends: the console program calls it without an event loop, the service in worker threads.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import URL, Engine, create_engine, exc
from sqlmodel import Session

from todo_adapters.neon import deadline as waiting
from todo_adapters.neon.endpoint import Endpoint
from todo_adapters.neon.executor import Row, Values
from todo_adapters.neon.faults import UNAVAILABLE, fault
from todo_adapters.neon.statements import Statement
from todo_core.errors import StorageUnavailable

_RECYCLE = 240
"""Seconds of age after which a connection is replaced: long before Neon suspends, or a network forgets it."""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After a minute of silence the operating system knows that an idle connection leads nowhere, and so does the check."""


class Psycopg2Executor:
    """Implements todo_adapters.neon.executor.Executor; safe with several threads.

    Connects on first use, so the database may be asleep.
    """

    def __init__(self, endpoint: Endpoint, *, pool_size: int, deadline: float) -> None:
        """Keep up to ``pool_size`` connections; every step may take ``deadline`` seconds."""
        self._deadline = deadline
        self._engine = open_engine(endpoint, pool_size=pool_size, deadline=deadline)
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def fetch(  # noqa: D102  the protocol says it
        self,
        statement: Statement,
        values: Values,
        *,
        repeatable: bool = False,
        continues: bool = False,  # noqa: ARG002  who calls from several threads lets users take turns
    ) -> Sequence[Row]:
        with translated_errors(), waiting.deadline(self._deadline):
            try:
                return self._fetch_once(statement, values)
            except exc.DBAPIError as error:
                if not (repeatable and error.connection_invalidated):
                    raise
            return self._fetch_once(statement, values)

    @asynccontextmanager
    async def transaction(  # noqa: D102  the protocol says it
        self,
        user_id: str,  # noqa: ARG002  likewise
    ) -> AsyncIterator["Psycopg2Transaction"]:
        session = Session(self._engine)
        transaction = Psycopg2Transaction(session, self._deadline)
        try:
            yield transaction
            transaction.commit()
        finally:
            with waiting.deadline(self._deadline):
                session.close()

    async def close(self) -> None:  # noqa: D102  the protocol says it
        self._engine.dispose()

    def _fetch_once(self, statement: Statement, values: Values) -> Sequence[Row]:
        with Session(self._autocommit) as session:
            return _fetch(session, statement, values)


class Psycopg2Transaction:
    """Implements todo_adapters.neon.executor.Transaction; the first statement begins it."""

    def __init__(self, session: Session, deadline: float) -> None:
        self._session = session
        self._deadline = deadline

    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:  # noqa: D102  the protocol says it
        with translated_errors(), waiting.deadline(self._deadline):
            return _fetch(self._session, statement, values)

    def commit(self) -> None:
        """Make it durable."""
        with translated_errors(), waiting.deadline(self._deadline):
            self._session.commit()


def open_engine(endpoint: Endpoint, *, pool_size: int, deadline: float) -> Engine:
    """Return an engine that has not connected yet and checks a connection before it lends it out."""
    waiting.install()
    address = URL.create(
        "postgresql+psycopg2", endpoint.user, endpoint.password, endpoint.host, endpoint.port, endpoint.database
    )
    return create_engine(
        address,
        connect_args=_protection(endpoint) | _KEEPALIVE | {"application_name": endpoint.application_name},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=deadline,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE,
        hide_parameters=True,
    )


def _protection(endpoint: Endpoint) -> dict[str, Any]:
    protection = {"sslmode": endpoint.sslmode, "channel_binding": endpoint.channel_binding}
    if certificates := endpoint.certificates:
        protection["sslrootcert"] = certificates
    return protection


def _fetch(session: Session, statement: Statement, values: Values) -> Sequence[Row]:
    rows = session.connection().execute(statement, values)
    return [tuple(_in_utc(value) for value in row) for row in rows]


def _in_utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what SQLAlchemy raises into the domain's errors."""
    try:
        yield
    except exc.DBAPIError as error:
        diagnosis = getattr(error.orig, "diag", None)
        lost = isinstance(error, exc.OperationalError | exc.InterfaceError) or error.connection_invalidated
        sqlstate = getattr(error.orig, "pgcode", None) or (None if lost else "")
        if meaning := fault(sqlstate, getattr(diagnosis, "constraint_name", None)):
            raise meaning from error
        raise
    except exc.TimeoutError as error:
        raise StorageUnavailable(UNAVAILABLE) from error
