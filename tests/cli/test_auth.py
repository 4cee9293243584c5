"""Tokens: where they come from, where they are kept, and that nobody else sees them."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import keyring
import pexpect
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

from tests.cli.conftest import Todo
from tests.support.live_server import LiveServer
from tests.support.processes import free_port
from tests.support.secrecy import SECRET, leak
from todo_adapters.clock import SystemClock
from todo_adapters.tokens.development_token import issue_token

PROGRAM = str(Path(sys.executable).with_name("todo"))


def token_of(user_id: str, hours: float = 1) -> str:
    return issue_token(SECRET, user_id, timedelta(hours=hours), SystemClock().now())


class MemoryKeyring(KeyringBackend):
    """A system's keyring that takes texts up to a length, as those of some systems do."""

    priority = 1

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > self.limit:
            raise PasswordSetError
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.passwords:
            raise PasswordDeleteError
        del self.passwords[service, username]


@pytest.fixture
def system_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    system = MemoryKeyring()
    keyring.set_keyring(system)
    yield system
    keyring.set_keyring(before)


@pytest.fixture
def remote(todo: Todo, served: LiveServer) -> Todo:
    """Return the program, told of a server and nothing else."""
    served.empty()
    todo.environ["TODO_SERVER"] = served.url
    return todo


@pytest.fixture
def tokens(todo: Todo) -> Path:
    return todo.folder / "data" / "todo" / "tokens.json"


def test_login_keeps_the_token_in_a_private_file(remote: Todo, tokens: Path, served: LiveServer) -> None:
    result = remote.ok("auth", "login", "--json", stdin=f"{token_of('ann')}\n")
    facts = result.json
    assert (facts["server"], facts["user_id"], facts["kept_in"]) == (served.url, "ann", str(tokens))
    assert leak(result.out + result.err) is None
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    assert stat.S_IMODE(tokens.parent.stat().st_mode) == 0o700
    assert [file.name for file in tokens.parent.iterdir()] == ["tokens.json"]
    remote.ok("add", "Buy milk")
    assert remote.tasks()[0]["user_id"] == "ann"


@pytest.mark.parametrize("around", ["Bearer %s", "bearer  %s\r", '"%s"', "'Bearer %s'", "\ufeff%s\r"])
def test_what_is_copied_along_with_a_token_is_no_part_of_it(remote: Todo, around: str) -> None:
    """A header's word, a shell's quotes, the byte order mark of PowerShell's pipes."""
    copied = around % token_of("ann")
    assert remote.ok("auth", "login", "--json", stdin=f"{copied}\n").json["user_id"] == "ann"
    remote.ok("add", "Milk")
    assert remote.ok("list", "-q", TODO_TOKEN=copied).out == "1\n"


def test_status_says_who_and_until_when(remote: Todo, tokens: Path) -> None:
    remote.ok("auth", "login", stdin=token_of("Ann Ö"))
    result = remote.ok("auth", "status")
    lines = dict(text.split("\t") for text in result.out.splitlines())
    assert (lines["user_id"], lines["kept_in"], lines["expires_at"][-1]) == ("Ann Ö", str(tokens), "Z")
    assert result.err == "The server accepts the token.\n"
    assert leak(result.out) is None
    assert remote.ok("auth", "status", "-q").out == ""


def test_logout_forgets(remote: Todo, tokens: Path) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    assert remote.ok("auth", "logout").err == "Logged out.\n"
    assert json.loads(tokens.read_text()) == {}
    assert remote.ok("auth", "logout", "--json").json["forgotten"] is False
    for command in (["list"], ["auth", "status"], ["doctor"]):
        result = remote(*command)
        assert (result.code, result.out, result.err.count("\n")) == (4, "", 1)
        assert "There is no token" in result.err
        assert f"Run `todo auth login --server {remote.environ['TODO_SERVER']}`" in result.err


def test_each_server_has_its_own_token(remote: Todo, tokens: Path) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    other = f"http://localhost:{remote.environ['TODO_SERVER'].rpartition(':')[2]}"
    assert remote("list", "--server", other).code == 4
    remote.ok("auth", "login", "--server", other, stdin=token_of("bob"))
    assert remote.ok("auth", "status", "--json").json["user_id"] == "ann"
    assert remote.ok("auth", "status", "--json", "--server", other).json["user_id"] == "bob"
    remote.ok("auth", "logout")
    assert list(json.loads(tokens.read_text())) == [other]


def test_the_environment_comes_first(remote: Todo) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    facts = remote.ok("auth", "status", "--json", TODO_TOKEN=token_of("bob")).json
    assert (facts["user_id"], facts["kept_in"]) == ("bob", "TODO_TOKEN")
    assert "TODO_TOKEN is set" in remote.ok("auth", "login", stdin=token_of("ann"), TODO_TOKEN=token_of("bob")).err
    assert "TODO_TOKEN is still set" in remote.ok("auth", "logout", TODO_TOKEN=token_of("bob")).err


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", 2, "No token was given"),
        ("nonsense", 4, "not a token"),
        (token_of("ann", hours=-1), 4, "The token has expired."),
        (token_of("ann")[:-8] + "AAAAAAAA", 4, "does not accept the token"),
    ],
)
def test_what_the_server_does_not_accept_is_not_kept(
    remote: Todo, tokens: Path, typed: str, code: int, said: str
) -> None:
    result = remote("auth", "login", stdin=typed)
    assert (result.code, result.out, result.err.count("\n"), said in result.err) == (code, "", 1, True)
    assert leak(result.err) is None
    assert not tokens.exists()


def test_nothing_is_kept_for_a_server_that_is_down(remote: Todo, tokens: Path) -> None:
    result = remote("auth", "login", "--server", f"http://127.0.0.1:{free_port()}", stdin=token_of("ann"))
    assert (result.code, result.err.count("\n"), tokens.exists()) == (1, 1, False)


@pytest.mark.parametrize("command", [[], ["nonsense"], ["login", "extra"]])
def test_misuse_is_one_line(remote: Todo, command: list[str]) -> None:
    result = remote("auth", *command)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)


def test_a_server_must_be_named(todo: Todo) -> None:
    for command in ("login", "status", "logout"):
        result = todo("auth", command, stdin=token_of("ann"))
        assert (result.code, "--server" in result.err) == (2, True)


def test_a_keyring_is_used_where_there_is_one(remote: Todo, tokens: Path, system_keyring: MemoryKeyring) -> None:
    token = token_of("ann")
    assert remote.ok("auth", "login", "--json", stdin=token).json["kept_in"] == "keyring"
    assert (list(system_keyring.passwords.values()), tokens.exists()) == ([token], False)
    assert remote.ok("auth", "status", "--json").json["kept_in"] == "keyring"
    remote.ok("auth", "logout")
    assert system_keyring.passwords == {}


def test_the_file_takes_what_the_keyring_does_not(remote: Todo, tokens: Path, system_keyring: MemoryKeyring) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    system_keyring.limit = 10
    assert remote.ok("auth", "login", "--json", stdin=token_of("bob")).json["kept_in"] == str(tokens)
    assert remote.ok("auth", "status", "--json").json["user_id"] == "bob"
    system_keyring.limit = 10_000
    remote.ok("auth", "login", stdin=token_of("carol"))
    assert json.loads(tokens.read_text()) == {}
    assert remote.ok("auth", "status", "--json").json["user_id"] == "carol"


class LockedKeyring(MemoryKeyring):
    """A keyring that nobody has unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


def test_a_locked_keyring_is_as_none(remote: Todo, tokens: Path, system_keyring: MemoryKeyring) -> None:
    keyring.set_keyring(LockedKeyring())
    assert remote.ok("auth", "login", "--json", stdin=token_of("ann")).json["kept_in"] == str(tokens)
    assert remote.ok("auth", "status", "--json").json["kept_in"] == str(tokens)
    assert remote.ok("auth", "logout", "--json").json["forgotten"] is True


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_may_read_is_refused(remote: Todo, tokens: Path, mode: int) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    tokens.chmod(mode)
    result = remote("list")
    assert (result.code, result.err.count("\n"), str(tokens) in result.err) == (1, 1, True)


@pytest.mark.parametrize("content", ["", "[]", '{"http://localhost": 1}', "\x00"])
def test_a_file_that_is_not_understood_is_refused(remote: Todo, tokens: Path, content: str) -> None:
    remote.ok("auth", "login", stdin=token_of("ann"))
    tokens.write_text(content)
    result = remote("list")
    assert (result.code, result.err.count("\n"), str(tokens) in result.err) == (1, 1, True)


def test_what_is_typed_is_not_shown(remote: Todo, process_environment: Mapping[str, str]) -> None:
    token = token_of("ann")
    child = pexpect.spawn(PROGRAM, ["auth", "login"], env=dict(process_environment), encoding="utf-8", timeout=30)
    child.expect_exact("Token for ")
    child.expect_exact(": ")
    child.sendline(token)
    shown = child.read()
    child.close()
    assert child.exitstatus == 0, shown
    assert "Logged in." in shown
    assert leak(shown) is None


def test_without_the_extra_the_file_is_used(
    remote: Todo, tokens: Path, process_environment: Mapping[str, str], tmp_path: Path
) -> None:
    """In an environment that has no such library."""
    missing = tmp_path / "missing" / "keyring.py"
    missing.parent.mkdir()
    missing.write_text("raise ImportError")
    done = subprocess.run(
        [PROGRAM, "auth", "login"],
        env={**process_environment, "PYTHONPATH": str(missing.parent)},
        input=token_of("ann"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, str(tokens) in done.stdout) == (0, True), done.stderr
    assert os.listdir(tokens.parent) == ["tokens.json"]  # noqa: PTH208  names are enough
