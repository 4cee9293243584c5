"""Undo and redo by whole commands."""

import pytest

from tests.cli.conftest import Todo


def state(todo: Todo) -> list[tuple[int, str, str | None, bool]]:
    """Return what a person sees of the list."""
    return [(task["id"], task["title"], task["description"], task["completed"]) for task in todo.tasks()]


COMMANDS = [
    ["add", "Sleep", "-d", "well"],
    ["edit", "1", "2", "-d", "soon"],
    ["done", "1", "2"],
    ["edit", "2", "-t", "Write more", "-d", "later"],
    ["undone", "2"],
    ["rm", "1", "3"],
    ["restore", "3"],
    ["rm", "2"],
]


def test_every_command_is_taken_back_and_done_again(todo: Todo) -> None:
    """All the way back and forth twice; each command is a process of its own as far as the journal is concerned."""
    todo.ok("add", "Buy milk")
    todo.ok("add", "Write")
    states = [state(todo)]
    for command in COMMANDS:
        todo.clock.advance(minutes=1)
        todo.ok(*command)
        states.append(state(todo))
    for _ in range(2):
        for before in reversed(states[:-1]):
            todo.clock.advance(minutes=1)
            todo.ok("undo")
            assert state(todo) == before
        for after in states[1:]:
            todo.ok("redo")
            assert state(todo) == after
    assert todo.ok("redo").err == "Nothing to redo.\n"


def test_undo_says_before_what_it_does(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "-d", "soon")
    todo.ok("edit", "1", "-t", "Buy oats", "--no-description")
    todo.ok("done", "1")
    assert todo.ok("undo", "-n").err == "Undo `todo done 1`:\n  task 1: mark as pending\n"
    assert todo.tasks()[0]["completed"]
    todo.ok("undo")
    assert todo.ok("undo").err == ("Undo `todo edit 1`:\n  task 1: call it “Buy milk”, give back its description\n")
    assert todo.ok("undo").err == "Undo `todo add Buy milk`:\n  task 1: move to the trash\n"
    assert todo.ok("undo").err == "Nothing to undo.\n"
    assert todo.ok("redo").err == "Redo `todo add Buy milk`:\n  task 1: take out of the trash\n"


def test_the_completion_time_comes_back_too(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "--done")
    (before,) = todo.tasks()
    todo.clock.advance(hours=1)
    todo.ok("undone", "1")
    todo.ok("undo")
    assert todo.tasks()[0]["completed_at"] == before["completed_at"]


def test_a_command_that_changed_nothing_is_not_undone(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("undone", "1")
    assert "add Buy milk" in todo.ok("undo", "-n").err


def test_a_new_command_ends_redo(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("done", "1")
    todo.ok("undo")
    todo.ok("edit", "1", "-t", "Buy oats")
    assert todo.ok("redo").err == "Nothing to redo.\n"


def test_a_change_of_somebody_else_is_never_overwritten(todo: Todo) -> None:
    """The other one is the same user through another history, as through the service."""
    for title in ("Buy milk", "Write"):
        todo.ok("add", title)
    todo.ok("done", "1", "2")
    todo.ok("edit", "2", "-t", "Write more", XDG_DATA_HOME=str(todo.folder / "elsewhere"))
    before = todo.tasks()
    result = todo("undo")
    assert (result.code, todo.tasks()) == (5, before)
    assert "Task with ID 2 was changed by somebody else." in result.err
    assert "--skip" in result.err
    assert todo.ok("undo", "--skip").err == "Forgot `todo done 1 2`.\n"
    assert "add Write" in todo.ok("undo", "-n").err


def test_a_task_that_somebody_removed_for_good_can_be_skipped(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("rm", "--permanent", "--yes", "1", XDG_DATA_HOME=str(todo.folder / "elsewhere"))
    result = todo("undo")
    assert (result.code, result.err.splitlines()[-1]) == (
        3,
        "todo: Task with ID 1 not found. `todo list` and `todo trash` show the IDs. --skip forgets the command.",
    )
    assert todo.ok("undo", "--skip").err == "Forgot `todo add Buy milk`.\n"


def test_what_is_gone_for_good_leaves_the_history(todo: Todo) -> None:
    for title in ("Buy milk", "Write"):
        todo.ok("add", title)
    todo.ok("done", "1", "2")
    todo.ok("rm", "--permanent", "--yes", "2")
    assert todo.ok("undo").err == "Undo `todo done 1 2`:\n  task 1: mark as pending\n"
    assert "add Buy milk" in todo.ok("undo", "-n").err


def test_a_store_begun_anew_is_not_touched_by_the_old_history(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    for file in todo.folder.glob("tasks.db*"):
        file.unlink()
    todo.clock.advance(minutes=1)
    todo.ok("add", "New", XDG_DATA_HOME=str(todo.folder / "elsewhere"))
    assert todo("undo").code == 5
    assert [task["title"] for task in todo.tasks()] == ["New"]


def test_histories_are_kept_by_user_and_store(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    assert todo.ok("undo", "--user", "bob").err == "Nothing to undo.\n"
    other = f"sqlite:///{todo.folder / 'other.db'}"
    assert todo.ok("undo", "--database", other).err.endswith("other.db\nNothing to undo.\n")
    assert "add Buy milk" in todo.ok("undo").err


def test_only_the_last_hundred_commands_are_kept(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    for n in range(101):
        todo.ok("done" if n % 2 == 0 else "undone", "1")
    for _ in range(100):
        todo.ok("undo")
    assert todo.ok("undo").err == "Nothing to undo.\n"


def test_without_a_history_file_the_command_is_done_and_says_so(todo: Todo) -> None:
    (todo.folder / "data").write_text("in the way")
    result = todo.ok("add", "Buy milk")
    assert result.err.startswith("Done, but it cannot be undone: ")
    assert len(todo.tasks()) == 1
    assert todo("undo").code == 1


@pytest.mark.parametrize("whole", [True, False])
def test_a_spoilt_history_is_begun_anew_by_removing_it(todo: Todo, *, whole: bool) -> None:
    """No other file can be chosen for it, and nothing else is in it."""
    todo.ok("add", "Buy milk")
    history = todo.folder / "data" / "todo" / "history.db"
    content = history.read_bytes()
    history.write_bytes(b"\xff" * len(content) if whole else content[:100] + b"\xff" * (len(content) - 100))
    for file in (todo.folder / "data" / "todo").glob("history.db-*"):
        file.unlink()
    assert todo.ok("done", "1").err.endswith("remove it to begin a new history.\n")
    assert "remove it to begin a new history" in todo("undo").err
    history.unlink()
    todo.ok("undone", "1")
    todo.ok("undo")


def test_a_spoilt_history_has_nothing_to_do_with_the_address_of_the_store(
    todo: Todo, monkeypatch: pytest.MonkeyPatch
) -> None:
    (todo.folder / ".env").write_text(f"DATABASE_URL={todo.environ.pop('DATABASE_URL')}")
    monkeypatch.chdir(todo.folder)
    todo.ok("add", "Buy milk")
    (todo.folder / "data" / "todo" / "history.db").write_text("in the way\n" * 1000)
    assert todo("undo").err.endswith("remove it to begin a new history.\n")


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_as_json_the_tasks_come_back(todo: Todo, command: str) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("done", "1")
    assert todo.ok("undo", "--json").json[0]["completed"] is False
    if command == "redo":
        assert todo.ok("redo", "--json").json[0]["completed"] is True
    assert todo("redo", "--skip", "-n", "--json").problem["code"] == "usage"


def test_of_many_tasks_the_first_are_named(todo: Todo) -> None:
    todo.ok("import", "-", "-f", "todotxt", stdin="".join(f"task {n}\n" for n in range(12)))
    lines = todo.ok("undo").err.splitlines()
    assert lines[0] == "Undo `todo import standard input`:"
    assert lines[-2:] == ["  task 10: move to the trash", "  and 2 more"]


def test_a_removal_for_good_is_done_even_if_the_history_cannot_be_tidied_up(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    (todo.folder / "data" / "todo" / "history.db").write_text("in the way\n" * 1000)
    result = todo.ok("rm", "--permanent", "--yes", "1")
    assert result.err.startswith("The history was not cleaned up: ")
    assert todo.tasks() == []


def test_the_command_before_one_that_was_skipped_is_undone(todo: Todo) -> None:
    """The same person changed the task in between, and said that this is to stay."""
    todo.ok("add", "Buy milk")
    todo.ok("add", "Write")
    todo.ok("edit", "2", "-t", "Write more")
    todo.ok("done", "1", "2")
    todo.ok("undo", "--skip")
    todo.ok("undo")
    assert state(todo) == [(1, "Buy milk", None, True), (2, "Write", None, True)]
    todo.ok("redo")
    assert state(todo)[1] == (2, "Write more", None, True)


def test_the_command_after_one_whose_redo_was_skipped_is_done_again(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("done", "1")
    todo.ok("edit", "1", "-t", "Buy oats")
    todo.ok("undo")
    todo.ok("undo")
    todo.ok("redo", "--skip")
    todo.ok("redo")
    assert state(todo) == [(1, "Buy oats", None, False)]


def test_somebody_else_is_still_told_apart_after_a_skip(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("done", "1")
    todo.environ["XDG_DATA_HOME"] = str(todo.folder / "theirs")
    todo.ok("edit", "1", "-t", "Buy oats")
    todo.environ["XDG_DATA_HOME"] = str(todo.folder / "data")
    assert todo("undo").code == 5
    todo.ok("undo", "--skip")
    assert todo("undo").code == 5
