"""What is wrong with an address or a database is said, in one line, wherever a person may meet it."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from tests.adapters.neon.drivers import DRIVERS, opened
from tests.cli.conftest import Todo
from tests.support.pgbouncer import Pooler
from tests.support.postgres import PASSWORD, Server
from tests.support.processes import free_port
from todo_adapters.address import PostgresAddress
from todo_adapters.neon.migrations import migrate
from todo_adapters.neon.table import REVISION, VERSION_TABLE
from todo_core.errors import StorageError, StorageUnusable
from todo_core.synchronous import run_now
from todo_web.command_line import main

Say = Callable[[str], str]
"""Asks for the database at an address, and returns what is said of it."""


@pytest.fixture(params=["todo", "todo-web migrate", *DRIVERS])
def say(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Say:
    if request.param == "todo":
        todo = Todo(request.getfixturevalue("tmp_path"))
        return lambda url: todo("list", "--database", url).err
    if request.param in DRIVERS:
        return lambda url: said_by_store(request.param, url)

    def migrated(url: str) -> str:
        monkeypatch.setenv("DATABASE_URL", url)
        ended = CliRunner().invoke(main, ["migrate"])
        assert ended.exit_code == 2
        return ended.stderr

    return migrated


def said_by_store(driver: str, url: str) -> str:
    with pytest.raises(StorageError) as caught, opened(driver, PostgresAddress(url, None)) as store:
        run_now(store.check())
    return f"{caught.value}\n"


def assert_one_line(said: str, words: str) -> None:
    assert words in said
    assert said.count("\n") == 1
    assert "geheim" not in said


WRONG: dict[str, tuple[Callable[[Server], str], str]] = {
    "password": (lambda server: server.url().replace(quote(PASSWORD, safe=""), "geheim"), "the password"),
    "no password": (lambda server: server.url().replace(":" + quote(PASSWORD, safe=""), ""), "the password"),
    "database": (lambda server: server.url("nothing here"), "no such database"),
    "host": (lambda server: server.url().replace("@localhost", "@nothing.invalid"), "host in the database address"),
    "port": (lambda server: server.url(port=free_port()), "Nobody answers"),
    "socket": (lambda server: server.url(options="?host=/nowhere").replace("localhost", ""), "Nobody answers"),
    "TLS": (lambda server: server.url(options="?sslmode=require"), "offers no TLS"),
    "parameter": (lambda server: server.url(options="?timeout=9"), "unknown parameter timeout"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_address_is_told_what_is_wrong_with_it(postgres: Server, say: Say, wrong: str) -> None:
    address, words = WRONG[wrong]
    assert_one_line(say(address(postgres)), words)


def test_a_user_who_may_not_log_in_is_told(postgres: Server, say: Say) -> None:
    postgres.run("CREATE ROLE outsider NOLOGIN PASSWORD 'geheim'")
    try:
        assert_one_line(say(f"postgresql://outsider:geheim@localhost:{postgres.port}/todo"), "refuses this user")
    finally:
        postgres.run("DROP ROLE outsider")


TLS = "?sslmode=require"

REFUSED_BY_POOLER: dict[str, tuple[Callable[[Pooler], str], str]] = {
    "certificate": (lambda pooler: pooler.address("?sslmode=verify-full&sslrootcert=system").url, "not trusted"),
    "TLS": (lambda pooler: pooler.address("?sslmode=disable").url, "demands TLS"),
    "password": (lambda pooler: pooler.address(TLS).url.replace(quote(PASSWORD, safe=""), "geheim"), "the password"),
    "database": (lambda pooler: pooler.address(TLS).url.replace("/todo?", "/nothing?"), "no such database"),
}


@pytest.mark.parametrize("wrong", REFUSED_BY_POOLER)
def test_a_pooler_that_refuses_is_understood(pgbouncer: Pooler, say: Say, wrong: str) -> None:
    """Whatever is wrong, a pooler has one code for it."""
    address, words = REFUSED_BY_POOLER[wrong]
    assert_one_line(say(address(pgbouncer)), words)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_does_not_store_utf8_is_refused(postgres: Server, encoding: str) -> None:
    """By ``migrate``, and by readiness where it was migrated all the same."""
    with postgres.new_database("other", encoding) as address:
        with pytest.raises(StorageUnusable, match="UTF-8"):
            migrate(address)
        postgres.run(f"CREATE TABLE {VERSION_TABLE} (version_num text)", database="other")
        postgres.run(f"INSERT INTO {VERSION_TABLE} VALUES (%s)", REVISION, database="other")
        for driver in DRIVERS:
            assert "UTF-8" in said_by_store(driver, address.url)
