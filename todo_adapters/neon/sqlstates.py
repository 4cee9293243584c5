"""What PostgreSQL's SQLSTATEs mean to the domain (https://www.postgresql.org/docs/current/errcodes-appendix.html).

While a connection is opened there may be no code, or one that says nothing: libpq does not pass it on, a pooler answers
everything with ``08P01``, and a host that is not known sends none. In these cases the text of the error is read.
"""

import re

from todo_core.errors import InvalidInput, StorageError, StorageUnavailable, StorageUnusable, TodoError
from todo_core.policy import WIDEST_DESCRIPTION, WIDEST_TITLE
from todo_core.text import USER_ID_LIMIT

UNAVAILABLE = "The database cannot be reached or does not answer now; try again, or check its address."
UNKNOWN_HOST = "The host in the database address is not known; check the address, or whether the network works."
READ_ONLY = "The database is read-only; use the address of its primary."
UTF8 = "UTF8"
NOT_UTF8 = "The database does not store UTF-8; make one with ENCODING 'UTF8', and use its address."
MIGRATE = "run todo-web migrate."
NEWER = "The database's schema is of a newer version of this program; upgrade the program."

_LENGTHS = {
    "tasks_title_length": ("title", WIDEST_TITLE),
    "tasks_description_length": ("description", WIDEST_DESCRIPTION),
    "tasks_user_id_length": ("user_id", USER_ID_LIMIT),
}

_LOG_IN = "The database refuses the user name or the password; check the address."
_USER = "The database refuses this user, from here or without TLS; check the address and its sslmode."
_DATABASE = "There is no such database; check the address."
_TLS_DEMANDED = "The database's server demands TLS; use sslmode=require or verify-full in its address."
_TLS_MISSING = "The database's server offers no TLS, which its address demands; check host, port and sslmode."
_UNTRUSTED = "The certificate of the database's server is not trusted; check sslmode and sslrootcert in its address."
_UNBOUND = "The channel to the database cannot be bound as its address demands; check channel_binding and sslmode."
_ENDPOINT = "Neon knows no such endpoint; check the host in the database address, or options=endpoint%3D…"
_NOBODY = "Nobody answers at the host and port in the database address; check the address, or start the server."

_SAID: tuple[tuple[re.Pattern[str], type[StorageError], str], ...] = tuple(
    (re.compile(words, re.DOTALL), kind, meaning)
    for words, kind, meaning in (
        ("(password|SASL) authentication failed|no password supplied", StorageUnusable, _LOG_IN),
        ('database ".*" does not exist', StorageUnusable, _DATABASE),
        ("no pg_hba.conf entry|is not permitted to log in", StorageUnusable, _USER),
        ("SSL required|connection is insecure", StorageUnusable, _TLS_DEMANDED),
        ("does not support SSL|rejected SSL upgrade", StorageUnusable, _TLS_MISSING),
        ("certificate verify failed|does not match host name", StorageUnusable, _UNTRUSTED),
        ("channel binding", StorageUnusable, _UNBOUND),
        ("[Ee]ndpoint (could not be found|ID is not specified)", StorageUnusable, _ENDPOINT),
        ("is in hot standby mode|session is read-only|target attribute requirement", StorageUnusable, READ_ONLY),
        ("could not translate host name", StorageUnavailable, UNKNOWN_HOST),
        ("Connection refused|Connect call failed|No such file or directory", StorageUnavailable, _NOBODY),
    )
)
"""In this order: a name may lead to several hosts, of which some refuse and one says what is wrong."""

_UNUSABLE = {
    "25006": READ_ONLY,
    "28000": _USER,
    "28P01": _LOG_IN,
    "3D000": _DATABASE,
    "42501": "The database's user may not use the task table; grant it SELECT, INSERT, UPDATE and DELETE.",
    "42703": f"The database's schema does not fit this program; {MIGRATE}",
    "42P01": f"The database has no task table; {MIGRATE}",
    "42P07": "The database has a table of another program under a name that this program needs; use another database.",
    "53100": "The database has no storage left; free some or raise its limit.",
}

_RULE = "The database has a rule of its own that refuses this task; remove it, or let the clients know of it."
_INTEGRITY = "23"
"""What such an error says repeats the row, so it goes no further than this."""

_PASSING = ("08", "40", "53", "55P03", "57", "58", "XX000", "25P03")
"""Lost connection, overtaken transaction, no resources, lock timeout, shutdown, system and internal errors."""


def domain_error(sqlstate: str | None, constraint: str | None, text: str) -> TodoError | None:
    """Return the domain's error for a database's, or None for a defect of this program.

    A lost connection has no SQLSTATE.
    """
    if constraint in _LENGTHS:
        field, limit = _LENGTHS[constraint]
        return InvalidInput(field, "too_long", f"The {field} must have at most {limit} characters here.")
    if sqlstate in _UNUSABLE:
        return StorageUnusable(_UNUSABLE[sqlstate])
    if sqlstate is not None and sqlstate.startswith(_INTEGRITY):
        return StorageUnusable(_RULE)
    if sqlstate is None or sqlstate.startswith(_PASSING):
        return connection_error(text)
    return None


def connection_error(text: str) -> StorageError:
    """Return the domain's error for a connection that failed, by the text of the driver's error."""
    found = (kind(meaning) for words, kind, meaning in _SAID if words.search(text))
    return next(found, StorageUnavailable(UNAVAILABLE))
