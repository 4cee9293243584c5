"""The everyday commands: what they do, print and return."""

import pytest

from tests.cli.conftest import Todo


def test_an_added_task_is_listed(todo: Todo) -> None:
    todo.ok("add", "Buy", "milk", "-d", "two\tbottles\nof it \\")
    assert todo.ok("list").out == (
        "1\tpending\tBuy milk\ttwo\\tbottles\\nof it \\\\\t\t2026-01-02T03:04:05.678901Z\t2026-01-02T03:04:05.678901Z\n"
    )


def test_a_task_as_json_has_exactly_the_members_of_the_api(todo: Todo) -> None:
    added = todo.ok("add", "--json", "Père Noël").json
    assert added == {
        "id": 1,
        "user_id": "ann",
        "title": "Père Noël",
        "description": None,
        "completed": False,
        "completed_at": None,
        "created_at": "2026-01-02T03:04:05.678901Z",
        "updated_at": "2026-01-02T03:04:05.678901Z",
    }
    assert todo.tasks() == [added]


@pytest.mark.parametrize("command", ["list", "trash"])
def test_an_empty_list_is_an_empty_array_and_no_lines(todo: Todo, command: str) -> None:
    assert todo.ok(command, "--json").json == []
    assert todo.ok(command).out == ""
    assert todo.ok(command, "-q").out == ""


def test_bare_ids_are_made_for_scripts(todo: Todo) -> None:
    assert [todo.ok("add", "-q", title).out for title in ("a", "b", "c")] == ["1\n", "2\n", "3\n"]
    assert todo.ok("done", "-q", "3", "1").out == "3\n1\n"
    assert todo.ok("list", "-q", "--completed").out == "1\n3\n"
    assert todo.ok("list", "-q", "--pending").out == "2\n"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--search", "MILK"], [1, 3]),
        (["--sort", "title"], [3, 1, 2]),
        (["--sort", "-created_at"], [3, 2, 1]),
        (["--limit", "2"], [1, 2]),
        (["--search", "milk", "--limit", "1", "--sort", "-title"], [1]),
    ],
)
def test_lists_are_searched_sorted_and_cut(todo: Todo, options: list[str], found: list[int]) -> None:
    for title in ("Buy milk", "Write", "Brew milk tea"):
        todo.ok("add", title)
        todo.clock.advance(seconds=1)
    assert [task["id"] for task in todo.tasks(*options)] == found


def test_edit_changes_what_it_is_told_to_and_nothing_else(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "-d", "soon", "--done")
    assert todo.ok("edit", "1", "--title", "Buy oats", "--json").json[0]["description"] == "soon"
    (task,) = todo.ok("edit", "1", "--no-description", "--json").json
    assert (task["title"], task["description"], task["completed"]) == ("Buy oats", None, True)
    todo.ok("edit", "1", "-d", "-", stdin="from\na file\n")
    assert todo.tasks()[0]["description"] == "from\na file"


def test_done_and_undone_mark_several_tasks(todo: Todo) -> None:
    for title in "abc":
        todo.ok("add", title)
    assert [task["completed"] for task in todo.ok("done", "1", "3", "--json").json] == [True, True]
    assert [task["completed"] for task in todo.ok("undone", "1", "--json").json] == [False]
    assert [task["id"] for task in todo.tasks("--completed")] == [3]


def test_rm_is_taken_back_by_restore(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("rm", "1")
    assert todo.tasks() == []
    assert todo.ok("trash").out.split("\t")[:3] == ["1", "deleted", "Buy milk"]
    todo.ok("restore", "1")
    assert todo.ok("trash").out == ""
    assert [task["id"] for task in todo.tasks()] == [1]


@pytest.mark.parametrize(
    "command",
    [["done"], ["undone"], ["rm"], ["restore"], ["show"], ["edit", "-t", "x"], ["rm", "--permanent", "--yes"]],
)
def test_with_one_task_missing_nothing_happens(todo: Todo, command: list[str]) -> None:
    todo.ok("add", "Buy milk")
    before = todo.tasks()
    result = todo(*command, "1", "7")
    assert (result.code, result.out) == (3, "")
    assert result.err == "todo: Task with ID 7 not found. `todo list` and `todo trash` show the IDs.\n"
    assert todo.tasks() == before


def test_permanent_removal_wants_a_yes(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    refused = todo("rm", "--permanent", "1")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    declined = todo("rm", "--permanent", "1", stdin="n\n", terminal=True)
    assert (declined.code, len(todo.tasks())) == (1, 1)
    todo.ok("rm", "--permanent", "1", stdin="y\n", terminal=True)
    assert (todo.tasks(), todo.ok("trash").out) == ([], "")


def test_the_trash_is_emptied(todo: Todo) -> None:
    for title in "abc":
        todo.ok("add", title)
    todo.ok("rm", "1", "3")
    assert todo("trash", "--empty").code == 2
    assert todo.ok("trash", "--empty", "--yes", "-q").out == "1\n3\n"
    assert (todo.ok("trash", "-q").out, todo.ok("list", "-q").out) == ("", "2\n")
    assert todo.ok("trash", "--empty").out == ""


def test_users_do_not_see_each_other(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    assert todo.ok("--user", "bob", "list").out == ""
    assert todo.ok("list", "--user", "bob", "-q").out == ""
    assert todo("done", "1", "--user", "bob").code == 3
    assert todo.ok("list", "-q", TODO_USER="ann").out == "1\n"


def test_a_store_is_named_by_option_or_environment_or_default(todo: Todo) -> None:
    todo.ok("add", "in the environment's")
    todo.ok("add", "in the option's", "--database", f"sqlite:///{todo.folder / 'other.db'}")
    todo.ok("add", "in the default one", DATABASE_URL="")
    assert [task["title"] for task in todo.tasks()] == ["in the environment's"]
    assert (todo.folder / "other.db").exists()
    assert (todo.folder / "data" / "todo" / "tasks.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "todo menu"),
        (["frobnicate"], "No such command 'frobnicate'"),
        (["list", "--frob"], "No such option"),
        (["list", "--limit", "0"], "--limit"),
        (["list", "--sort", "size"], "--sort"),
        (["add"], "TITLE"),
        (["add", " "], "must not be blank"),
        (["add", "x" * 201], "at most 200 characters"),
        (["add", "x", "-d", "x" * 1001], "at most 1000 characters"),
        (["add", "bell\a"], "control characters"),
        (["done", "abc"], "“abc” is not a task ID; a task ID is a number such as 7"),
        (["done", "1_0"], "“1_0” is not a task ID"),
        (["done", "1" * 5000], "number such as 7"),
        (["edit", "1"], "--title"),
        (["edit", "1", "-d", "x", "--no-description"], "not both"),
        (["trash", "--yes"], "--empty"),
        (["list", "--user", " "], "cannot be a user"),
        (["list", "--user", ""], "cannot be a user"),
        (["add", "-d", "--json"], "TITLE"),
        (["list", "--search", "x" * 201], "at most 200 characters"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(todo: Todo, arguments: list[str], said: str) -> None:
    result = todo(*arguments)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert said in result.err


@pytest.mark.parametrize("task_id", ["0", "9223372036854775807", "9223372036854775808"])
def test_a_number_that_is_nobodys_id_is_not_found(todo: Todo, task_id: str) -> None:
    assert todo("show", task_id).code == 3


def test_errors_are_problems_where_json_is_asked_for(todo: Todo) -> None:
    missing = todo("done", "7", "--json")
    assert missing.code == 3
    assert missing.problem == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Task with ID 7 not found.",
        "code": "task_not_found",
        "exit_code": 3,
    }
    assert todo("add", "x" * 201, "--json").problem["code"] == "too_long"
    assert todo("list", "--frob", "--json").problem["code"] == "usage"
    assert todo("rm", "1", "--permanent", "--json").problem["exit_code"] == 2


def test_the_login_name_is_the_user_where_nothing_else_is_said(todo: Todo) -> None:
    assert todo.ok("doctor", "--json", TODO_USER="", LOGNAME="carol").json["user_id"] == "carol"


def test_words_that_begin_with_a_dash_are_told_from_options(todo: Todo) -> None:
    refused = todo("add", "-5", "degrees")
    assert (refused.code, "after --: `todo add -- -5" in refused.err) == (2, True)
    other = todo("list", "--status", "done")
    assert (other.code, "behind --" in other.err, "Try `todo list --help`." in other.err) == (2, False, True)
    todo.ok("add", "--", "-5", "degrees")
    assert todo.tasks()[0]["title"] == "-5 degrees"


def test_what_is_removed_for_good_reads_as_deleted(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    assert todo.ok("rm", "--permanent", "--yes", "1").out.startswith("1\tdeleted\tBuy milk\t")


def test_a_question_names_tasks_and_does_not_count_them(todo: Todo) -> None:
    for title in ("a", "b", "c"):
        todo.ok("add", title)
    assert "Remove task 1 for good?" in todo("rm", "--permanent", "1").err
    assert "Remove tasks 1 2 for good?" in todo("rm", "--permanent", "1", "2").err
    todo.ok("rm", "1")
    assert "Remove 1 task for good?" in todo("trash", "--empty").err
    todo.ok("rm", "2")
    assert "Remove 2 tasks for good?" in todo("trash", "--empty").err
