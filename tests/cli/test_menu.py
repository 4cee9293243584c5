"""The numbered menu, driven through a pipe."""

from tests.cli.conftest import Todo

CHOICES = """
1 Add task
2 View tasks
3 Update task
4 Delete task
5 Mark complete/incomplete
6 Exit
u Undo   r Redo   / Search   t Trash
Your choice: 
"""  # noqa: W291  the question's own blank


def answers(todo: Todo, *lines: str) -> list[str]:
    """Return what the menu says to each of the lines, without the menu itself."""
    out = todo.ok("menu", stdin="".join(f"{line}\n" for line in lines)).out
    return [said.strip() for said in out.split(CHOICES)[1:]]


def test_the_original_session(todo: Todo) -> None:
    result = todo.ok("menu", stdin="1\nBuy milk\n\n2\n6\n")
    assert result.out == (
        f"To-do list of ann\n{CHOICES}Title: \nDescription (Enter for none): \nAdded task 1: Buy milk\n"
        f"{CHOICES}ID  Status     Title\n1   ○ pending  Buy milk\n"
        f"{CHOICES}Goodbye!\n"
    )
    assert result.err == ""


def test_an_update_keeps_what_is_answered_with_enter(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "-d", "soon")
    (said, *_) = answers(todo, "3", "1", "", "later", "6")
    assert said.endswith(
        "New title (Enter keeps “Buy milk”): \nNew description (Enter keeps “soon”, - removes it): \nUpdated task 1."
    )
    (task,) = todo.tasks()
    assert (task["title"], task["description"]) == ("Buy milk", "later")
    answers(todo, "update", "1", "Buy oats", "-", "6")
    (task,) = todo.tasks()
    assert (task["title"], task["description"]) == ("Buy oats", None)
    assert answers(todo, "3", "1", "", "", "6")[0].endswith("Nothing was changed.")


def test_a_deletion_asks_first(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    assert answers(todo, "4", "1", "", "6")[0].endswith("Delete “Buy milk”? (y/N): \nNothing was deleted.")
    assert len(todo.tasks()) == 1
    assert answers(todo, "4", "1", "y", "6")[0].endswith("Deleted task 1; u brings it back.")
    assert todo.tasks() == []


def test_a_mark_toggles(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    first, second, _ = answers(todo, "5", "1", "5", "1", "6")
    assert first.endswith("Marked task 1 as complete.")
    assert second.endswith("Marked task 1 as incomplete.")


def test_mistakes_return_to_the_menu_in_plain_words(todo: Todo) -> None:
    said = answers(todo, "5", "7", "1", " ", "9", "4", "seven", "", "/" + 201 * "x", "6")
    assert [text.splitlines()[-1] for text in said] == [
        "Task with ID 7 not found.",
        "The title must not be blank.",
        "Please choose 1 to 6, or u, r, / or t.",
        "“seven” is not a task ID; a task ID is a number such as 7.",
        "Please choose 1 to 6, or u, r, / or t.",
        "The search must have at most 200 characters.",
        "Goodbye!",
    ]


def test_words_are_accepted_too(todo: Todo) -> None:
    said = answers(todo, "add", "Buy milk", "", "VIEW", "mark", "1", "delete", "1", "n", "exit")
    assert len(said) == 5
    assert said[-1] == "Goodbye!"
    assert todo.tasks()[0]["completed"]


def test_the_extras_undo_search_and_the_trash(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("add", "Write")
    said = answers(todo, "/milk", "/", "rite", "4", "2", "y", "u", "r", "t", "2", "t", "u", "6")
    assert "Buy milk" in said[0]
    assert "Write" not in said[0]
    assert "Write" in said[1]
    assert said[3] == "Undo `todo rm 2`:\n  task 2: take out of the trash\nDone."
    assert said[4] == "Redo `todo rm 2`:\n  task 2: move to the trash\nDone."
    assert said[5].endswith("Restored task 2.")
    assert said[6] == "The trash is empty."
    assert "restore 2" in said[7]
    assert [task["id"] for task in todo.tasks()] == [1]


def test_the_end_of_the_input_ends_the_menu(todo: Todo) -> None:
    for stdin in ("", "1\n", "1\nBuy milk", "5\n", "4\n1\n"):
        assert todo.ok("menu", stdin=stdin).out.endswith("Goodbye!\n")
    assert todo.tasks() == []


def test_a_title_of_ten_megabytes_is_refused_and_the_menu_goes_on(todo: Todo) -> None:
    said = answers(todo, "1", "x" * 10_000_000, "2", "6")
    assert said == ["Title: \nThe title must have at most 200 characters.", "No tasks yet.", "Goodbye!"]


def test_todo_alone_on_a_terminal_is_the_menu(todo: Todo) -> None:
    result = todo.ok(stdin="6\n", terminal=True)
    assert result.out.startswith("To-do list of ann\n")
