"""`todo doctor` says which store it is and whether it can be used."""

import stat

from tests.cli.conftest import Todo


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
