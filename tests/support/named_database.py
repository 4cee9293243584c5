"""The database that a person names for the tests: any engine that speaks PostgreSQL's protocol, by its address.

Without one the tests make a server of their own. A database that ``DATABASE_URL`` names is never touched.
"""

import os

import pytest

from tests.support.postgres import Database
from todo_adapters.address import PostgresAddress, parse_address
from todo_adapters.neon.migrations import migrate
from todo_core.errors import StorageUnusable

ADDRESS = "TODO_TEST_DATABASE"
PERMISSION = "TODO_TEST_DATABASE_MAY_BE_EMPTIED"
DISTRIBUTION = "TODO_TEST_DATABASE_DISTRIBUTE"


def is_named() -> bool:
    """Whether a person has named a database."""
    return bool(os.environ.get(ADDRESS))


def refusal(processes: int) -> str | None:
    """Return why the tests must not run on the database that is named, or None."""
    try:
        address = parse_address(os.environ[ADDRESS])
    except StorageUnusable as error:
        return f"{ADDRESS}: {error}"
    if not isinstance(address, PostgresAddress):
        return f"{ADDRESS} must be the address of a PostgreSQL database."
    if not _says_yes(PERMISSION):
        return f"The tests would empty the database of {ADDRESS}. If nobody misses its tasks, set {PERMISSION}=yes too."
    if processes > 1:
        return f"The tests empty the database of {ADDRESS} for one another: run them in one process, without -n."
    return None


def prepared() -> Database:
    """Give the database a new task table, distributed by its owner if that is wanted."""
    database = Database(os.environ[ADDRESS])
    distribute = _says_yes(DISTRIBUTION)
    if distribute and not database.run("SELECT 1 FROM pg_proc WHERE proname = 'create_distributed_table'"):
        pytest.exit(f"{DISTRIBUTION}=yes needs Citus in that database (CREATE EXTENSION citus).", returncode=4)
    migrate(database.address, "base")
    migrate(database.address)
    if distribute:
        database.run("SELECT create_distributed_table('tasks', 'user_id')")
    return database


def _says_yes(name: str) -> bool:
    return os.environ.get(name) == "yes"
