"""Open a connection with asyncpg."""

import ssl
from datetime import datetime

import asyncpg

from todo_adapters.neon.dsn import Dsn
from todo_adapters.neon.pool import Connection

_TIMES = {"TimeZone": "UTC", "DateStyle": "ISO"}
"""How the server writes times: ``2026-11-26 08:30:00.5+00``. Every pooler lets these settings through."""


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
    settings = connection.get_settings()
    if getattr(settings, "TimeZone", "") == "UTC" and getattr(settings, "DateStyle", "").startswith("ISO"):
        # Python reads a time in this form in a quarter of the time that asyncpg takes for its binary form.
        await connection.set_type_codec(
            "timestamptz", schema="pg_catalog", encoder=datetime.isoformat, decoder=datetime.fromisoformat
        )
    return connection


def _protection(dsn: Dsn) -> ssl.SSLContext | str:
    """Return asyncpg's ``ssl``: the mode's name where TLS is optional, a context where it is required."""
    return dsn.sslmode if dsn.sslmode in {"disable", "allow", "prefer"} else dsn.ssl_context()
