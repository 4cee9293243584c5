"""The same commands on a server, over HTTP."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.conftest import Todo
from tests.support.bad_connection import THROUGH, Meanwhile, wire
from tests.support.live_server import LiveServer
from tests.support.processes import free_port
from tests.support.secrecy import SECRET
from todo_adapters.address import ServerAddress
from todo_adapters.clock import SystemClock
from todo_adapters.rest.server_url import parse_server
from todo_adapters.tokens.development_token import issue_token


def token_of(user_id: str, hours: float = 1) -> str:
    return issue_token(SECRET, user_id, timedelta(hours=hours), SystemClock().now())


@pytest.fixture
def remote(todo: Todo, served: LiveServer) -> Todo:
    """Return the program as ann, logged in by her environment."""
    served.empty()
    todo.environ |= {"TODO_SERVER": served.url, "TODO_TOKEN": token_of("ann")}
    todo.clock.time = SystemClock().now()
    return todo


def assert_one_line(todo: Todo, code: int, said: str, *command: str, **environ: Any) -> None:  # noqa: ANN401  as Todo
    result = todo(*(command or ("list",)), **environ)
    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1), result
    assert said in result.err
    assert "eyJ" not in result.err


def test_every_command_works_on_a_server(remote: Todo) -> None:
    remote.ok("add", "Buy", "milk", "-d", "soon")
    remote.ok("add", "Write", "--done")
    remote.ok("edit", "1", "-t", "Buy oats", "--no-description")
    assert [(task["title"], task["completed"]) for task in remote.tasks()] == [("Buy oats", False), ("Write", True)]
    assert remote.ok("list", "-q", "--pending", "--search", "OATS").out == "1\n"
    assert remote.ok("list", "-q", "--sort", "-title", "--limit", "1").out == "2\n"
    remote.ok("done", "1", "2")
    remote.ok("undone", "1")
    remote.ok("rm", "2")
    assert json.loads(remote.ok("trash", "--json").out)[0]["title"] == "Write"
    remote.ok("restore", "2")
    assert remote.ok("show", "2", "-q").out == "2\n"
    exported = [json.loads(text)["id"] for text in remote.ok("export").out.splitlines()]
    assert exported == [1, 2]
    menu = remote.ok("menu", stdin="1\nFrom the menu\n\n5\n3\nu\n2\n6\n").out
    assert "Undo `todo done 3`" in menu
    assert remote.database.read_bytes() == b""


def test_what_a_command_reports_is_what_the_server_has(remote: Todo) -> None:
    assert remote.ok("add", "Buy milk", "--json").json == remote.tasks()[0]
    remote.clock.advance(hours=-5)
    assert remote.ok("done", "1", "--json").json == remote.tasks()


def test_undo_and_redo_go_all_the_way(remote: Todo) -> None:
    for command in (["add", "Buy milk"], ["done", "1"], ["edit", "1", "-t", "Buy oats"], ["rm", "1"], ["restore", "1"]):
        remote.ok(*command)
    for _ in range(2):
        for _ in range(5):
            remote.ok("undo")
        assert remote.ok("undo").err == "Nothing to undo.\n"
        assert remote.tasks() == []
        for _ in range(5):
            remote.ok("redo")
        (task,) = remote.tasks()
        assert (task["title"], task["completed"]) == ("Buy oats", True)


def test_undo_never_overwrites_what_somebody_else_changed(remote: Todo) -> None:
    remote.ok("add", "Buy milk")
    remote.ok("done", "1")
    remote.ok("edit", "1", "-t", "Theirs", XDG_DATA_HOME=str(remote.folder / "elsewhere"))
    before = remote.tasks()
    result = remote("undo")
    assert (result.code, remote.tasks()) == (5, before)
    assert "was changed by somebody else" in result.err


def test_somebody_is_faster_than_the_second_step_of_a_command(remote: Todo, served: LiveServer) -> None:
    """The first task was in the trash already: it is taken out again, and the exit status is 5."""
    remote.ok("add", "one")
    remote.ok("add", "two")
    with wire(served.url) as line:
        rival = Todo(remote.folder / "elsewhere")
        rival.environ |= {name: remote.environ[name] for name in ("TODO_SERVER", "TODO_TOKEN")}
        theirs = Meanwhile(lambda: rival.ok("edit", "2", "-t", "theirs"))
        line.plan += [("DELETE", THROUGH), ("DELETE", theirs)]
        said = "Task with ID 2 was changed by somebody else. Nothing was done.\n"
        assert_one_line(remote, 5, said, "rm", "1", "2", TODO_SERVER=line.url)
    assert [task["title"] for task in remote.tasks()] == ["one", "theirs"]


def test_an_import_is_done_once(remote: Todo) -> None:
    text = "one\ntwo\nx three\n"
    again = "one\nx two\nx three\nfour\n"
    assert remote.ok("import", "-", "-f", "todotxt", "--json", stdin=text).json["added"] == 3
    assert remote.ok("import", "-", "-f", "todotxt", "--json", stdin=again).json == {
        "added": 1,
        "known": 3,
        "dry_run": False,
    }
    remote.ok("undo")
    assert [task["title"] for task in remote.tasks()] == ["one", "two", "three"]


def test_a_dry_run_says_how_many_tasks_an_import_would_add_at_most(remote: Todo) -> None:
    """Without writing it cannot learn what an earlier import brought; the user's own tasks are told by their ids."""
    remote.ok("import", "-", "-f", "todotxt", stdin="one\n")
    said = "Would import at most 2 tasks; a server tells only on adding which ones an earlier import brought.\n"
    assert remote.ok("import", "-", "-f", "todotxt", "-n", stdin="one\ntwo\n").err == said
    told = remote.ok("import", "-", "-f", "jsonl", "-n", "--json", stdin=remote.ok("export").out).json
    assert told == {"added": 0, "known": 1, "dry_run": True, "at_most": True}
    assert remote("import", "-", "-f", "todotxt", "-n", stdin=f"{'x' * 201}\n").code == 1
    assert [task["title"] for task in remote.tasks()] == ["one"]


@pytest.mark.parametrize("command", [["rm", "--permanent", "--yes", "1"], ["trash", "--empty", "--yes"]])
def test_what_a_server_does_not_offer_is_said(remote: Todo, command: list[str]) -> None:
    remote.ok("add", "Buy milk")
    remote.ok("add", "Write")
    remote.ok("rm", "2")
    result = remote(*command)
    assert (result.code, result.out, result.err.count("\n")) == (4, "", 1)
    assert "A server " in result.err
    assert remote(*command, "--json").problem["code"] == "not_offered"
    assert len(remote.tasks()) == 1


def test_histories_are_kept_by_server(remote: Todo) -> None:
    remote.ok("add", "Buy milk")
    assert "add Buy milk" in remote.ok("undo", "-n").err
    assert remote.ok("undo", "-n", TODO_SERVER="").err == "Nothing to undo.\n"


def test_the_doctor_sees_server_and_token(remote: Todo, served: LiveServer) -> None:
    remote.ok("add", "Buy milk")
    facts = remote.ok("doctor", "--json").json
    assert (facts["store"], facts["user_id"], facts["pending"], facts["undoable"]) == (
        served.url,
        "ann",
        1,
        "add Buy milk",
    )
    assert facts["expires_at"].endswith("Z")


def test_the_command_line_chooses_between_store_and_server(remote: Todo, served: LiveServer) -> None:
    remote.ok("add", "Over there")
    assert remote.tasks("--database", f"sqlite:///{remote.database}") == []
    assert len(remote.tasks("--server", served.url + "/", "--user", "ann")) == 1
    both = ("--server", served.url, "--database", "memory://")
    assert_one_line(remote, 2, "not both", "list", *both)
    assert_one_line(remote, 2, "that of ann", "list", "--user", "bob")
    assert remote.ok(_TODO_COMPLETE="fish_complete", COMP_WORDS="todo done ", COMP_CWORD="").out == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://todo.example",
        "http://127.0.0.1.example",
        "http://localhost@todo.example",
        "https://ann:secret@todo.example",
        "https://todo.example?token=secret",
        "https://",
        "ftp://localhost",
        "nonsense",
        "http://[::1",
        "http://localhost:99999",
        "https://todo..example",
        "https://[v1.x]",
        "https://[fe80::1%25eth0\n]",
        "https://to do.example",
        f"https://{'a' * 64}.example",
        "https://todo.example/%zz",
        "https://b\u00fccher.example",
    ],
)
def test_a_token_goes_nowhere_else(remote: Todo, address: str) -> None:
    assert_one_line(remote, 1, "https", "list", "--server", address)
    assert "secret" not in remote("list", "--server", address).err


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://LOCALHOST:8000/", ServerAddress("http://localhost:8000", local=True)),
        ("http://127.9.9.9", ServerAddress("http://127.9.9.9", local=True)),
        (" http://[::1]:8000/a/b/ ", ServerAddress("http://[::1]:8000/a/b", local=True)),
        ("HTTPS://Todo.Example:443/x", ServerAddress("https://todo.example:443/x", local=False)),
        ("https://[2001:db8::1]", ServerAddress("https://[2001:db8::1]", local=False)),
    ],
)
def test_a_server_has_one_name(written: str, meant: ServerAddress) -> None:
    """Without TLS this machine may be talked to, by whichever name."""
    assert parse_server(written) == meant


def test_nobody_listens(remote: Todo) -> None:
    assert_one_line(remote, 1, "cannot be reached", TODO_SERVER=f"http://127.0.0.1:{free_port()}/below")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("nonsense", "not a token"),
        ("a.b.c", "does not say"),
        ("a.W10.c", "does not say"),
        ("a.eyJzdWIiOjEsImV4cCI6MX0.c", "does not name a user"),
        ("é.é.é", "not a token"),
        ("x" * 9000, "not a token"),
    ],
)
def test_what_is_no_token_is_sent_nowhere(remote: Todo, token: str, said: str) -> None:
    assert_one_line(remote, 4, said, TODO_TOKEN=token)


def test_a_token_that_the_server_refuses(remote: Todo) -> None:
    login = f"`todo auth login --server {remote.environ['TODO_SERVER']}`"
    assert_one_line(remote, 4, f"The token has expired. Run {login}", TODO_TOKEN=token_of("ann", hours=-1))
    forged = token_of("ann")[:-8] + "AAAAAAAA"
    assert_one_line(remote, 4, f"does not accept the token. Run {login}", TODO_TOKEN=forged)
    assert remote("list", "--json", TODO_TOKEN=forged).problem["code"] == "token_invalid"


def test_a_proxy_is_not_asked_about_this_machine(remote: Todo) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    assert remote.ok("list", "-q", HTTP_PROXY=proxy, http_proxy=proxy, ALL_PROXY=proxy).out == ""


@pytest.mark.parametrize("name", ["csv", "markdown", "todotxt", "jsonl"])
def test_a_servers_tasks_bring_no_escape_characters(remote: Todo, served: LiveServer, name: str) -> None:
    """A server of another make may have what this program refuses; it is said, and nothing of it is written."""
    remote.ok("add", "Buy milk", "-d", "soon")
    with closing(sqlite3.connect(served.file)) as db, db:
        db.execute("UPDATE tasks SET title = 'red \x1b[31m', description = 'bell\x07' || char(10) || 'and \x9b'")
    for command in (["export", "-f", name], ["list"], ["show", "1"]):
        result = remote(*command)
        assert (result.code, result.err.count("\n"), "control characters" in result.err) == (1, 1, True)
        assert not set(result.out + result.err) & {"\x1b", "\x07", "\x9b"}
