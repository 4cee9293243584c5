"""What the database's error codes mean to the domain (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

from todo_core.errors import InvalidInput, StorageUnavailable, StorageUnusable, TodoError
from todo_core.policy import WIDEST_DESCRIPTION, WIDEST_TITLE
from todo_core.text import USER_ID_LIMIT

UNAVAILABLE = "The database cannot be reached or does not answer now; try again, or check its address."
UNTRUSTED = "The certificate of the database's server is not trusted; check sslmode and sslrootcert in its address."
MIGRATE = "run todo-web migrate."
NEWER = "The database's schema is of a newer version of this program; upgrade the program."

_LENGTHS = {
    "tasks_title_length": ("title", WIDEST_TITLE),
    "tasks_description_length": ("description", WIDEST_DESCRIPTION),
    "tasks_user_id_length": ("user_id", USER_ID_LIMIT),
}

_UNUSABLE = {
    "25006": "The database is read-only; use the address of its primary.",
    "28000": "The database refuses this user; check the address.",
    "28P01": "The database refuses the user name or the password; check the address.",
    "3D000": "There is no such database; check the address.",
    "42501": "The database's user may not use the task table; grant it SELECT, INSERT, UPDATE and DELETE.",
    "42703": f"The database's schema does not fit this program; {MIGRATE}",
    "42P01": f"The database has no task table; {MIGRATE}",
    "42P07": "The database holds a table of another program that is named like one of this; use another database.",
    "53100": "The database has no storage left; free some or raise its limit.",
}

_PASSING = ("08", "40", "53", "55P03", "57", "58", "XX000", "25P03")
"""Lost connection, overtaken transaction, no resources, lock timeout, shutdown, system and internal errors."""


def fault(sqlstate: str | None, constraint: str | None) -> TodoError | None:
    """Return what a code says, or None if it says that this program is wrong. ``None`` comes with a lost connection."""
    if constraint in _LENGTHS:
        field, limit = _LENGTHS[constraint]
        return InvalidInput(field, "too_long", f"The {field} must have at most {limit} characters here.")
    if sqlstate in _UNUSABLE:
        return StorageUnusable(_UNUSABLE[sqlstate])
    if sqlstate is None or sqlstate.startswith(_PASSING):
        return StorageUnavailable(UNAVAILABLE)
    return None
