"""`todo doctor` says which store it is and whether it can be used."""

import stat

import pytest

from tests.cli.conftest import Todo
from todo_adapters.address import parse_address
from todo_web.settings import StorageSettings


def test_a_healthy_store(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("add", "Write")
    todo.ok("done", "1")
    assert todo.ok("doctor", "--json").json == {
        "store": f"sqlite:{todo.database}",
        "user_id": "ann",
        "pending": 1,
        "completed": 1,
        "deleted": 0,
        "undoable": "done 1",
        "env_file": None,
    }
    result = todo.ok("doctor")
    assert result.out.splitlines()[2] == "pending\t1"
    assert result.err == "The store answers and can be used.\n"
    assert todo.ok("doctor", "-q").out == ""


def test_files_that_others_may_read(todo: Todo) -> None:
    """None that this program makes is one, whoever made its folder; one that somebody has opened to others is told."""
    data = todo.folder / "data" / "todo"
    data.mkdir(parents=True, mode=0o755)
    todo.database.unlink()
    todo.ok("add", "Buy milk")
    files = [todo.database, data / "history.db"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in [*todo.folder.glob("*.db*"), *data.iterdir()]} == {0o600}
    assert "Others" not in todo.ok("doctor").err
    for file in files:
        file.chmod(0o640)
    told = todo.ok("doctor").err.splitlines()[1:]
    assert [f"chmod 600 '{file}'" in line for file, line in zip(files, told, strict=True)] == [True, True]


def test_a_damaged_store(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    content = bytearray(todo.database.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    todo.database.write_bytes(content)
    for file in todo.folder.glob("tasks.db-*"):
        file.unlink()
    result = todo("doctor")
    assert (result.code, result.err.count("\n"), "damaged" in result.err) == (1, 1, True)


def test_on_a_terminal_the_values_stand_under_each_other(todo: Todo) -> None:
    lines = todo.ok("doctor", terminal=True).out.splitlines()
    assert lines[0] == f"store      sqlite:{todo.database}"
    assert lines[1] == "user_id    ann"
    assert lines[3] == "completed  0"


def test_settings_come_from_env_as_for_the_service(todo: Todo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line comes first, then the environment, then .env; names in any case, empty is unset."""
    folder = todo.folder / "service"
    folder.mkdir()
    (folder / ".env").write_text('database_url="sqlite:///mine.db"\nTODO_USER=bob\nBETTER_AUTH_SECRET=x\n')
    monkeypatch.chdir(folder)
    del todo.environ["DATABASE_URL"]
    todo.environ["TODO_USER"] = ""
    todo.ok("add", "Buy milk")
    facts = todo.ok("doctor", "--json").json
    assert (facts["store"], facts["user_id"]) == (f"sqlite:{folder / 'mine.db'}", "bob")
    assert facts["env_file"] == str(folder / ".env")
    settings = StorageSettings()
    assert settings.storage == parse_address("sqlite:///mine.db")
    assert todo.ok("doctor", "--json", TODO_USER="ann").json["user_id"] == "ann"
    assert todo.ok("doctor", "--json", "--user", "eve", TODO_USER="ann").json["user_id"] == "eve"


@pytest.mark.parametrize(
    "line", ["DATABASE_URL=mysql://u:secret@h/db", "DATABASE_URL=sqlite:////nowhere/x.db", "TODO_SERVER=ftp://x"]
)
def test_a_store_that_cannot_be_used_is_said_to_come_from_an_env_file(
    todo: Todo, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The file may be that of another program, in whose folder somebody happens to be."""
    file = todo.folder / ".env"
    file.write_text(line)
    monkeypatch.chdir(todo.folder)
    database = todo.environ.pop("DATABASE_URL")
    result = todo("list")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert result.err.endswith(f" The address is from {file}.\n")
    assert "secret" not in result.err
    assert todo.ok("list", "--database", database).err == ""
    named = todo("list", DATABASE_URL="mysql://h/db", TODO_SERVER="")
    assert (named.code, str(file) in named.err) == (1, line.startswith("TODO_SERVER"))


def test_an_env_file_that_is_no_text_is_named(todo: Todo, monkeypatch: pytest.MonkeyPatch) -> None:
    (todo.folder / ".env").write_bytes(b"TODO_USER=\xff\xfe")
    monkeypatch.chdir(todo.folder)
    result = todo("list")
    assert (result.code, result.err) == (2, f"todo: {todo.folder / '.env'} is not UTF-8 text.\n")
