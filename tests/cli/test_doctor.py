"""`todo doctor` says which store it is and whether it can be used."""

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
    }
    result = todo.ok("doctor")
    assert result.out.splitlines()[2] == "pending\t1"
    assert result.err == "The store answers and can be used.\n"
    assert todo.ok("doctor", "-q").out == ""


def test_a_damaged_store(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    content = bytearray(todo.database.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    todo.database.write_bytes(content)
    for file in todo.folder.glob("tasks.db-*"):
        file.unlink()
    result = todo("doctor")
    assert (result.code, result.err.count("\n"), "damaged" in result.err) == (1, 1, True)
