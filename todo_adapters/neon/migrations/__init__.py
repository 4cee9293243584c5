"""Make and change the store's schema. Each module of ``versions`` is one step; ``table.REVISION`` names the last."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from todo_adapters.address import PostgresAddress
from todo_adapters.neon.dsn import parse_dsn
from todo_adapters.neon.psycopg2_deadline import time_limit
from todo_adapters.neon.psycopg2_executor import open_engine, translated_errors
from todo_adapters.neon.sqlstates import NEWER, NOT_UTF8, UTF8
from todo_adapters.neon.statements import ENCODING
from todo_adapters.neon.table import VERSION_TABLE
from todo_core.errors import StorageUnusable

LOCK = 0x544F444F
"""Held while a schema is changed ("TODO" in ASCII), by anybody who changes it."""

_CONNECT = 30.0
"""Seconds that a sleeping database gets to wake up. The migration itself takes as long as it takes."""


@dataclass(frozen=True, slots=True)
class Migration:
    """The revisions that a schema was at before and is at now; None for no schema."""

    before: str | None
    now: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"The schema was made; it is at revision {self.now}."
        if self.before == self.now:
            return f"The schema was found up to date; it is at revision {self.now}."
        return f"The schema was upgraded from revision {self.before} to {self.now}."


def migrate(address: PostgresAddress, revision: str = "head") -> Migration:
    """Bring the schema to the newest revision, or to one by its name (``base`` for none); all of the way or none of it.

    A second run at the same time waits, and finds nothing left to do. Neon's pooler is left out, whatever the address
    says: a migration needs a session of its own. Raises StorageUnavailable and StorageUnusable.
    """
    engine = open_engine(parse_dsn(address).direct(), pool_size=1, deadline=_CONNECT)
    try:
        with translated_errors():
            with time_limit(_CONNECT):
                connection = engine.connect()
            with connection, connection.begin():
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
                _refuse_other_encoding(connection)
                before = _revision(connection)
                _move(connection, before, revision)
                return Migration(before, _revision(connection))
    finally:
        engine.dispose()


def _refuse_other_encoding(connection: Connection) -> None:
    if connection.scalar(select(ENCODING)) != UTF8:
        raise StorageUnusable(NOT_UTF8)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _move(connection: Connection, current: str | None, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = [script.revision for script in scripts.walk_revisions()]  # from the newest to the oldest
    if current is not None and current not in known:
        raise StorageUnusable(NEWER)
    newer = known if current is None else known[: known.index(current)]
    if revision == "head" or revision in newer:
        command.upgrade(config, revision)
    elif current is not None:
        command.downgrade(config, revision)
