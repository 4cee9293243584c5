"""Open a connection with asyncpg."""

import ssl
from datetime import datetime

import asyncpg

from todo_adapters.neon.dsn import Dsn
from todo_adapters.neon.pool import Connection

_TIMES = {"TimeZone": "UTC", "DateStyle": "ISO, MDY"}
"""How the server shall write times: ``2026-11-26 08:30:00.5+00``.

PgBouncer passes these settings on, and keeps them for each of its clients. They are written as the server reports them:
PgBouncer before 1.20 would set them again for each statement otherwise (https://github.com/pgbouncer/pgbouncer/issues/776).
"""


async def connect(dsn: Dsn, deadline: float) -> Connection:
    """Connect within ``deadline`` seconds. Raises what asyncpg raises.

    Through a pooler in transaction mode no statement stays prepared: the next one may reach another server connection.
    """
    connection = await asyncpg.connect(
        host=dsn.host,
        port=dsn.port,
        user=dsn.user,
        password=dsn.password,
        database=dsn.database,
        ssl=_protection(dsn),
        target_session_attrs=dsn.target_session_attrs,
        server_settings={**dsn.start_up, **_TIMES},
        statement_cache_size=0 if dsn.pooled else 100,
        timeout=deadline,
    )
    try:
        settings = connection.get_settings()
        if all(getattr(settings, name, None) == value for name, value in _TIMES.items()):
            # Python reads a time in this form in a quarter of the time that asyncpg takes for its binary form, which is
            # right whatever the settings are.
            await connection.set_type_codec(
                "timestamptz", schema="pg_catalog", encoder=datetime.isoformat, decoder=datetime.fromisoformat
            )
    except BaseException:
        connection.terminate()
        raise
    return connection


def _protection(dsn: Dsn) -> ssl.SSLContext | str:
    """Return asyncpg's ``ssl``: the mode's name where TLS is optional, a context where it is required."""
    return dsn.sslmode if dsn.sslmode in {"disable", "allow", "prefer"} else dsn.ssl_context()
