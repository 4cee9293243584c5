"""What can go wrong around the program: one line on standard error, the right exit code, nothing half written."""

import json
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from tests.cli.conftest import Stream, Todo
from todo_adapters.sqlite import SqliteTaskRepository
from todo_adapters.sqlite.schema import APPLICATION_ID
from todo_cli.console import Console
from todo_cli.execution import run

PROGRAM = str(Path(sys.executable).with_name("todo"))
SLOW = (
    "asyncio",
    "dotenv",
    "dependency_injector",
    "fastapi",
    "httpx2",
    "icalendar",
    "keyring",
    "markdown_it",
    "pydantic",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "starlette",
    "todo_adapters.rest",
)
SCRIPT = f"""
import sys
from todo_adapters.clock import SystemClock
from todo_cli.console import Console
from todo_cli.execution import run
code = run(sys.argv[1:], Console.of_process(), SystemClock())
print([name for name in {SLOW} if name in sys.modules], code, file=sys.stderr)
"""


@pytest.mark.parametrize("command", [["list"], ["add", "Buy milk"], ["done", "1"]])
def test_nothing_slow_is_imported(process_environment: Mapping[str, str], todo: Todo, command: list[str]) -> None:
    todo.ok("add", "Write")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *command], env=process_environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == "[] 0\n"


def assert_one_line(todo: Todo, code: int, said: str, *command: str) -> None:
    result = todo(*(command or ("add", "Buy milk")))
    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1)
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_file_that_is_no_database(todo: Todo) -> None:
    todo.database.write_text("precious words, not a database, and quite a lot of them\n" * 100)
    before = todo.database.read_bytes()
    assert_one_line(todo, 1, "not a SQLite database")
    assert todo.database.read_bytes() == before


def test_a_database_of_another_program(todo: Todo) -> None:
    with closing(sqlite3.connect(todo.database)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    before = todo.database.read_bytes()
    for command in (["list"], ["doctor"], ["menu"]):
        assert_one_line(todo, 1, "database of another program", *command)
    assert todo.database.read_bytes() == before


def test_a_database_of_another_program_keeps_its_log(todo: Todo) -> None:
    """Whoever crashed has left writes in it, which the last one to close the database would move into the file."""
    with closing(sqlite3.connect(todo.folder / "recipes.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE recipes (name TEXT)")
        for end in ("", "-wal"):
            shutil.copy(todo.folder / f"recipes.db{end}", f"{todo.database}{end}")
    files = [todo.database, Path(f"{todo.database}-wal")]
    before = [file.read_bytes() for file in files]
    assert all(before)
    assert_one_line(todo, 1, "database of another program", "list")
    assert [file.read_bytes() for file in files] == before


def test_a_database_of_another_program_keeps_the_journal_of_a_broken_write(todo: Todo) -> None:
    """SQLite would roll the write back as soon as it reads; that is for the program whose database it is."""
    with closing(sqlite3.connect(todo.folder / "recipes.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.executemany("INSERT INTO recipes VALUES (?)", [("x" * 500,)] * 200)
        other.execute("PRAGMA cache_size = 5")  # So that a part of the write is in the file before it is complete.
        other.execute("BEGIN")
        other.execute("UPDATE recipes SET name = name || 'y'")
        for end in ("", "-journal"):
            shutil.copy(todo.folder / f"recipes.db{end}", todo.folder / f"broken.db{end}")
        other.execute("ROLLBACK")
    todo.database.unlink()
    todo.database.symlink_to("broken.db")  # SQLite looks for the journal beside the file, not beside the link.
    files = [todo.folder / "broken.db", todo.folder / "broken.db-journal"]
    before = [file.read_bytes() for file in files]
    for command in (["list"], ["add", "Milk"], ["doctor"]):
        assert_one_line(todo, 1, "database of another program", *command)
    assert [file.read_bytes() for file in files] == before


def test_a_store_whose_first_write_was_broken_is_made_again(todo: Todo) -> None:
    """The machine stopped when all pages were in the file and the journal was not yet gone."""
    todo.database.unlink()
    with closing(sqlite3.connect(todo.folder / "begun.db", isolation_level=None)) as begun:
        begun.execute("PRAGMA cache_size = 5")  # So that the journal is on the disk.
        begun.execute("BEGIN")
        begun.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        begun.execute("CREATE TABLE tasks (text TEXT)")
        begun.executemany("INSERT INTO tasks VALUES (?)", [("x" * 500,)] * 200)
        shutil.copy(todo.folder / "begun.db-journal", f"{todo.database}-journal")
        begun.execute("COMMIT")
        shutil.copy(todo.folder / "begun.db", todo.database)
    assert todo.ok("add", "Milk", "-q").out == "1\n"


@pytest.mark.parametrize(
    ("command", "opened"),
    [(["list"], ["tasks.db"]), (["add", "Write"], ["tasks.db", "history.db"]), (["show", "1"], ["tasks.db"])],
)
def test_a_file_is_opened_once(
    process_environment: Mapping[str, str], todo: Todo, command: list[str], opened: list[str]
) -> None:
    todo.ok("add", "Buy milk")
    watch = (
        "import sys; sys.addaudithook(lambda event, values: event == 'sqlite3.connect' and print(values[0], "
        "file=sys.stderr)); from todo_cli.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, *command], env=process_environment, capture_output=True, text=True, check=True
    )
    assert [Path(path).name for path in done.stderr.split()] == opened


def test_a_store_of_a_newer_program(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    with closing(sqlite3.connect(todo.database)) as store:
        store.execute("PRAGMA user_version = 99")
    assert_one_line(todo, 1, "upgrade the program")


def test_a_history_of_a_newer_program(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    with closing(sqlite3.connect(todo.folder / "data" / "todo" / "history.db")) as history:
        history.execute("PRAGMA user_version = 99")
    assert_one_line(todo, 1, "upgrade the program", "undo")
    assert "cannot be undone" in todo.ok("done", "1").err


def test_a_locked_store(todo: Todo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait for the lock is shortened, as the store's own setting allows."""
    monkeypatch.setattr(SqliteTaskRepository.__init__, "__defaults__", (0.05,))
    todo.ok("add", "Buy milk")
    with closing(sqlite3.connect(todo.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_one_line(todo, 1, "try again", "done", "1")
        assert todo.ok("list", "-q").out == "1\n"
    todo.ok("done", "1")


def bound(environment: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run the program bound by permissions, as the superuser is not."""
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return subprocess.run([*prefix, PROGRAM, *command], env=environment, capture_output=True, text=True, check=False)


needs_permissions = pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="the superuser may write everywhere"
)


@needs_permissions
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)])
def test_what_cannot_be_written_can_be_read(
    process_environment: Mapping[str, str], todo: Todo, file_mode: int, folder_mode: int
) -> None:
    """As on a read-only mount; nothing is made beside the file, and what would write says why it does not."""
    folder = todo.folder / "kept"
    folder.mkdir()
    database = folder / "tasks.db"
    environment = {**process_environment, "DATABASE_URL": f"sqlite:///{database}"}
    bound(environment, "add", "Buy milk")
    files = sorted(folder.iterdir())
    database.chmod(file_mode)
    folder.chmod(folder_mode)
    try:
        assert bound(environment, "list", "-q").stdout == "1\n"
        assert "Buy milk" in bound(environment, "show", "1").stdout
        assert "Buy milk" in bound(environment, "export").stdout
        for command in (["add", "More"], ["done", "1"], ["doctor"]):
            done = bound(environment, *command)
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
            assert "cannot be written; check the permissions" in done.stderr
        assert sorted(folder.iterdir()) == files
    finally:
        folder.chmod(0o700)


@needs_permissions
@pytest.mark.parametrize("name", ["kept/tasks.db", "link.db"])
def test_a_read_only_store_that_is_written_meanwhile_is_read_with_its_log(
    process_environment: Mapping[str, str], todo: Todo, name: str
) -> None:
    """What somebody else has just written stands in the log beside the file, not beside a link to it."""
    database = todo.folder / "kept" / "tasks.db"
    database.parent.mkdir()
    (todo.folder / "link.db").symlink_to(database)
    with closing(SqliteTaskRepository(database)):
        todo.ok("add", "Buy milk", "--database", f"sqlite:///{database}")
        database.chmod(0o400)
        environment = {**process_environment, "DATABASE_URL": f"sqlite:///{todo.folder / name}"}
        assert bound(environment, "list", "-q").stdout == "1\n"


@needs_permissions
def test_a_link_to_a_store_in_a_folder_that_may_not_be_written_is_read(
    process_environment: Mapping[str, str], todo: Todo
) -> None:
    folder, link = todo.folder / "kept", todo.folder / "link.db"
    folder.mkdir()
    link.symlink_to(folder / "tasks.db")
    environment = {**process_environment, "DATABASE_URL": f"sqlite:///{link}"}
    assert bound(environment, "add", "Buy milk", "-q").stdout == "1\n"  # Here the link leads to no file yet.
    folder.chmod(0o500)
    try:
        assert bound(environment, "list", "-q").stdout == "1\n"
        assert "cannot be written; check the permissions" in bound(environment, "add", "More").stderr
    finally:
        folder.chmod(0o700)


@needs_permissions
def test_a_folder_that_may_not_be_written(process_environment: Mapping[str, str], todo: Todo) -> None:
    folder = todo.folder / "kept"
    folder.mkdir(mode=0o500)
    done = bound({**process_environment, "DATABASE_URL": f"sqlite:///{folder / 'tasks.db'}"}, "list")
    assert (done.returncode, done.stderr.count("\n"), "cannot be opened" in done.stderr) == (1, 1, True)


def test_a_mistyped_address_does_not_look_like_an_empty_list(todo: Todo) -> None:
    missing = f"sqlite:///{todo.folder / 'elswhere' / 'tasks.db'}"
    assert_one_line(todo, 1, "its folder does not exist", "list", "--database", missing)
    assert not (todo.folder / "elswhere").exists()
    begun = f"sqlite:///{todo.folder / 'taks.db'}"
    said = f"Created a new store: sqlite:{todo.folder / 'taks.db'}\n"
    assert todo.ok("list", "--json", "--database", begun).err == said
    assert todo.ok("list", "--database", begun).err == ""


@pytest.fixture
def homeless(todo: Todo, monkeypatch: pytest.MonkeyPatch) -> Todo:
    """Return the program as a user of whom the system knows nothing, as in many containers."""

    def unknown(uid: int) -> NoReturn:
        raise KeyError(uid)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    todo.environ["XDG_DATA_HOME"] = ""
    return todo


def test_a_named_store_needs_no_home(homeless: Todo) -> None:
    """What was done is not called a failure because it cannot be undone: a script would do it again."""
    homeless.database.unlink()
    for command in (["add", "Buy milk"], ["done", "1"], ["rm", "1"], ["restore", "1"]):
        assert homeless.ok(*command).err.splitlines()[-1].startswith("Done, but it cannot be undone: "), command
    assert homeless.tasks()[0]["completed"]
    assert "Buy milk" in homeless.ok("menu", stdin="2\n6\n").out
    assert_one_line(homeless, 1, "This user has no home folder; set HOME.", "undo")
    checked = homeless.ok("doctor", "--json")
    assert (checked.json["completed"], checked.json["undoable"]) == (1, None)
    assert checked.err == "Warning: Nothing can be undone. This user has no home folder; set HOME.\n"


def test_who_has_no_home_is_told_of_a_mistyped_folder(homeless: Todo) -> None:
    homeless.environ["DATABASE_URL"] = f"sqlite:///{homeless.folder}/mistyped/tasks.db"
    assert_one_line(homeless, 1, "its folder does not exist", "list")


def test_without_a_home_there_is_no_default_store(homeless: Todo) -> None:
    del homeless.environ["DATABASE_URL"]
    assert_one_line(homeless, 1, "no home folder; set HOME. Or name a store (DATABASE_URL).", "list")


@pytest.mark.parametrize("link", ["data", "data/todo"])
def test_a_data_folder_on_a_disk_that_is_not_mounted_does_not_look_like_an_empty_list(todo: Todo, link: str) -> None:
    del todo.environ["DATABASE_URL"]
    place = todo.folder / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(todo.folder / "unmounted")
    for command in (["list"], ["add", "Buy milk"]):
        assert_one_line(todo, 1, "its folder does not exist", *command)
    assert not (todo.folder / "unmounted").exists()


def test_the_default_store_begins_without_a_word(todo: Todo) -> None:
    del todo.environ["DATABASE_URL"]
    assert todo.ok("list").err == ""
    assert (todo.folder / "data" / "todo" / "tasks.db").is_file()


def test_a_working_directory_that_is_gone_has_no_settings(
    process_environment: Mapping[str, str], todo: Todo, tmp_path: Path
) -> None:
    """As after another branch was checked out, or a job was cleaned up; a relative path then leads nowhere."""
    gone = tmp_path / "gone"
    command = f"mkdir {gone} && cd {gone} && rmdir {gone} && "
    for line, code, said in (
        (f"{PROGRAM} add Milk -q && {PROGRAM} doctor --json", 0, ""),
        (f"{PROGRAM} list --database sqlite:///here.db", 1, "The working directory does not exist"),
        (f"{PROGRAM} export tasks.csv", 1, "The working directory does not exist"),
    ):
        done = subprocess.run(
            ["sh", "-c", command + line],  # noqa: S607  the system's own
            env=process_environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, said in done.stderr) == (code, True), done
    assert [task["title"] for task in todo.tasks()] == ["Milk"]


def test_a_folder_in_the_place_of_the_store(todo: Todo) -> None:
    todo.database.unlink()
    todo.database.mkdir()
    assert_one_line(todo, 1, str(todo.database))


@pytest.mark.parametrize(
    "address", ["mysql://ann:secret@host/db", "sqlite://", "nonsense", "postgresql://ann:secret@127.0.0.1:1/db", " "]
)
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(todo: Todo, address: str) -> None:
    result = todo("list", "--database", address)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "secret" not in result.err


def test_a_store_in_memory_is_a_playground(todo: Todo) -> None:
    result = todo.ok("menu", "--database", "memory://", stdin="1\nBuy milk\n\nu\n2\n6\n")
    assert "Undo `todo add Buy milk`" in result.out
    assert todo.database.read_bytes() == b""
    assert not (todo.folder / "data").exists()


def test_a_closed_pipe_is_no_failure(process_environment: Mapping[str, str], todo: Todo) -> None:
    file = todo.folder / "many.txt"
    file.write_text("".join(f"task {n}\n" for n in range(3000)))
    todo.ok("import", str(file))
    for command in (["list"], ["list", "--json"], ["export"], ["list", "--help"]):
        with subprocess.Popen(
            [PROGRAM, *command], env=process_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert (process.stderr.read(), process.wait()) == ("", 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_under_the_output(process_environment: Mapping[str, str], todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "list"], env=process_environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr.count("\n"), "free some space" in done.stderr) == (1, 1, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["add", "More"], "Added task 2; only the output"),
        (["add", "More", "--json"], "Added task 2; only the output"),
        (["done", "1"], "Completed task 1; only the output"),
        (["undo"], "It is done; only the output"),
        (["import", "list.txt", "-q"], "Imported 1 task; only the output"),
        (["import", "list.txt", "--json"], "Imported 1 task; only the output"),
    ],
)
def test_what_was_done_is_said_although_the_output_is_lost(
    process_environment: Mapping[str, str], todo: Todo, command: list[str], said: str
) -> None:
    """Else somebody would do it again, and have it twice."""
    todo.ok("add", "Buy milk")
    (todo.folder / "list.txt").write_text("More\n")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, *command],
            env=process_environment,
            cwd=todo.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert said in done.stderr
    assert "try again" not in done.stderr


def test_closed_streams(process_environment: Mapping[str, str], todo: Todo) -> None:
    command = f"{PROGRAM} add Milk <&- >&- 2>&-; {PROGRAM} menu <&- >&-; {PROGRAM} list -q"
    done = subprocess.run(["sh", "-c", command], env=process_environment, capture_output=True, text=True, check=True)  # noqa: S607  the system's own
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_an_interrupted_import_stores_nothing(process_environment: Mapping[str, str], todo: Todo) -> None:
    """Ctrl-C while the file is still being read from a pipe."""
    with subprocess.Popen(
        [PROGRAM, "import", "-", "-f", "todotxt"],
        env=process_environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(b"task\n" * 50_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.wait()
        assert (process.returncode, process.stderr.read()) == (130, b"\nInterrupted.\n")
    assert todo.tasks() == []


class Interrupting(Stream):
    """Somebody presses Ctrl-C when they are asked."""

    def readline(self, _size: int | None = None, /) -> str:  # type: ignore[override]  # typeshed has two bases disagree
        raise KeyboardInterrupt

    def read(self, _size: int | None = None, /) -> str:
        raise KeyboardInterrupt


@pytest.mark.parametrize("arguments", [["menu"], ["rm", "--permanent", "1"], ["add", "x", "-d", "-"]])
def test_an_interrupt_at_a_question_ends_with_130(todo: Todo, arguments: list[str]) -> None:
    todo.ok("add", "Buy milk")
    out, err = Stream(terminal=True), Stream(terminal=True)
    code = run(arguments, Console(Interrupting(terminal=True), out, err, todo.environ), todo.clock)
    assert code == 130
    assert "Traceback" not in err.getvalue()
    assert len(todo.tasks()) == 1


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["export"], ["export", "-f", "csv"], ["show", "1"]])
def test_what_programs_read_is_utf8_whatever_the_locale(
    process_environment: Mapping[str, str], todo: Todo, encoding: str, command: list[str]
) -> None:
    todo.ok("add", "Père Noël 🎅")
    environment = {**process_environment, "PYTHONIOENCODING": encoding}
    done = subprocess.run([PROGRAM, *command], env=environment, capture_output=True, check=True)
    assert "Père Noël 🎅" in done.stdout.decode()


def test_a_problem_is_utf8_whatever_the_locale(process_environment: Mapping[str, str], todo: Todo) -> None:
    environment = {**process_environment, "PYTHONIOENCODING": "cp1252"}
    command = [PROGRAM, "import", "Père.csv", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert "Père.csv" in json.loads(done.stderr)["detail"]


@pytest.mark.parametrize("command", [["add", "K\udce4se"], ["add", "Milk", "-d", "-"], ["list", "--search", "K\udce4"]])
def test_what_is_in_another_encoding_than_the_locales_is_named_so(
    process_environment: Mapping[str, str], todo: Todo, command: list[str]
) -> None:
    """A terminal may send Latin-1 although the locale says UTF-8."""
    done = subprocess.run(
        [PROGRAM, *command],
        env=process_environment,
        input="K\xe4se".encode("latin-1"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.endswith(b"Perhaps it is in another encoding than that of your locale.\n")
    assert todo.tasks() == []


def test_what_people_read_follows_the_locale(process_environment: Mapping[str, str], todo: Todo) -> None:
    """What the encoding has not is written as an escape, never a traceback."""
    todo.ok("add", "Père Noël 🎅")
    environment = {**process_environment, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([PROGRAM, "menu"], env=environment, input=b"2\n6\n", capture_output=True, check=True)
    assert b"P\xe8re No\xebl \\U0001f385" in done.stdout
