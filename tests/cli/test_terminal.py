"""What people see: tables that fit, safe text, colours that never stand alone; and a real pseudo-terminal."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import Todo
from todo_cli.safe_text import fit, pad, visible, width

COLOUR = re.compile("\x1b\\[[0-9]+m")


def test_a_list_is_a_table_with_symbols_and_words(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "-d", "two bottles\nof it")
    todo.ok("add", "Write", "--done")
    lines = todo.ok("list", terminal=True, NO_COLOR="1").out.splitlines()
    assert lines == [
        "ID  Status       Title     Description",
        "1   ○ pending    Buy milk  two bottles …",
        "2   ✓ completed  Write",
    ]


def test_short_descriptions_are_shown_and_long_titles_leave_them_room(todo: Todo) -> None:
    todo.ok("add", "x" * 200, "-d", "soon")
    assert todo.ok("list", terminal=True, NO_COLOR="1").out.splitlines() == [
        f"ID  Status     {'Title':52}  Description",
        f"1   ○ pending  {'x' * 51}…  soon",
    ]


def test_colours_only_repeat_what_is_said(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    coloured = todo.ok("list", terminal=True).out
    assert "\x1b[33m○ pending" in coloured
    assert COLOUR.sub("", coloured) == todo.ok("list", terminal=True, NO_COLOR="1").out
    assert "\x1b" not in todo.ok("list", terminal=True, TERM="dumb").out
    assert "\x1b" not in todo.ok("list").out


@pytest.mark.parametrize("columns", [20, 30, 40, 60, 80, 200])
def test_a_table_fits_the_terminal_whatever_the_letters(todo: Todo, columns: int) -> None:
    for title in ("x" * 200, "漢字" * 90, "🎅" * 100, "e\u0301" * 90):
        todo.ok("add", title, "-d", title)
    out = todo.ok("list", terminal=True, NO_COLOR="1", COLUMNS=str(columns)).out
    assert all(width(line) <= columns for line in out.splitlines())
    assert len(out.splitlines()) == 5


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_table_fits_a_terminal_that_lacks_the_letters(
    process_environment: Mapping[str, str], todo: Todo, encoding: str
) -> None:
    """They are written as escapes, which are longer."""
    for title in ("漢字" * 90, "Père Noël 🎅 …", "x" * 200):
        todo.ok("add", title, "-d", f"{title}\nand more")
    environment = {**process_environment, "PYTHONIOENCODING": encoding, "COLUMNS": "60", "NO_COLOR": "1"}
    program = str(Path(sys.executable).with_name("todo"))
    child = pexpect.spawn(program, ["list"], env=environment, timeout=20, encoding=encoding)
    child.expect(pexpect.EOF)
    lines = child.before.splitlines()
    assert (len(lines), max(map(len, lines))) == (4, 60)
    assert "...  " in lines[3] or "…  " in lines[3]


def test_a_task_is_shown_in_full(todo: Todo) -> None:
    todo.ok("add", "Buy milk", "-d", "two\nbottles", "--done")
    assert todo.ok("show", "1", terminal=True, NO_COLOR="1").out == (
        "1  Buy milk\n    ✓ completed\n    two\n    bottles\n"
        "    created 2026-01-02 03:04 UTC\n    changed 2026-01-02 03:04 UTC\n    completed 2026-01-02 03:04 UTC\n"
    )


def test_people_are_told_what_was_done_and_how_to_take_it_back(todo: Todo) -> None:
    assert todo.ok("add", "Buy milk", terminal=True).out == "Added task 1: Buy milk\n"
    removed = todo.ok("rm", "1", terminal=True)
    assert removed.out == "Moved task 1 to the trash: Buy milk\n"
    assert removed.err == "Bring back with `todo undo`, or with `todo restore` and the IDs.\n"
    assert todo.ok("list", terminal=True).err == "No tasks yet; add one with `todo add`.\n"
    assert todo.ok("list", "--search", "x", terminal=True).err == "No such tasks.\n"
    asked = todo("trash", "--empty", stdin="n\n", terminal=True)
    assert (asked.code, "Remove 1 task for good?" in asked.err) == (1, True)
    assert todo.ok("trash", "--empty", "--yes", terminal=True).out == "Removed task 1 for good: Buy milk\n"
    assert todo.ok("trash", terminal=True).err == "The trash is empty.\n"


EVIL = "\u202eevil\u2066\u200b\u2028\ufeff"


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    "command", [["list"], ["list", "--json"], ["show", "1"], ["done", "1"], ["export"], ["export", "-f", "markdown"]]
)
def test_stored_text_never_commands_the_terminal(todo: Todo, command: list[str], *, terminal: bool) -> None:
    """Direction overrides and the like are stored exactly as sent, and shown as what they are."""
    todo.ok("add", f"a{EVIL}b", "-d", f"{EVIL}\nb")
    out = todo.ok(*command, terminal=terminal, NO_COLOR="1").out
    if terminal or command != ["export", "-f", "markdown"]:
        assert not any(character in out for character in EVIL.replace("evil", ""))
        assert "\\u202e" in out


def test_a_name_in_an_error_never_commands_the_terminal(todo: Todo) -> None:
    for arguments in (["import", "a\x1b[2Jb.csv"], ["\x1b[2J"], ["list", "--\x1b[2J"]):
        result = todo(*arguments)
        assert "\x1b" not in result.err
        assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31m", "a\\x1b[31m"),
        ("\x9b\x7f\n\t", "\\x9b\\x7f\\n\\t"),
        ("\u202e\ud800\U000e0041", "\\u202e\\ud800\\U000e0041"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_unsafe_characters_are_written_as_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_wide_letters_count_twice_and_accents_not_at_all() -> None:
    assert [width(text) for text in ("abc", "漢字", "e\u0301", "🎅")] == [3, 4, 1, 2]
    assert [fit("漢字漢字", columns) for columns in (8, 7, 6, 2, 1, 0)] == [
        "漢字漢字",
        "漢字漢…",
        "漢字…",
        "…",
        "…",
        "",
    ]
    assert pad("漢字", 6) == "漢字  "


def menu(environment: Mapping[str, str], folder: Path) -> "pexpect.spawn[str]":
    """Start `todo` alone on a terminal."""
    program = str(Path(sys.executable).with_name("todo"))
    return pexpect.spawn(program, env=dict(environment), timeout=20, encoding="utf-8", cwd=str(folder))


def farewell(child: "pexpect.spawn[str]") -> int | None:
    """Wait for the end of the menu, and return its exit status."""
    child.expect("Goodbye!")
    child.expect(pexpect.EOF)
    child.close()
    status: int | None = child.exitstatus
    return status


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a matter of POSIX")
def test_the_menu_on_a_real_terminal(process_environment: Mapping[str, str], tmp_path: Path) -> None:
    """`todo` alone: a task is added, marked, listed and deleted by number; Ctrl-C leaves."""
    child = menu(process_environment, tmp_path)
    for question, answer in [
        ("Your choice: ", "1"),
        ("Title: ", "Buy milk"),
        ("Description .*: ", ""),
        ("Added task 1: Buy milk.*Your choice: ", "5"),
        ("ID of the task to mark: ", "1"),
        ("Marked task 1 as complete.*Your choice: ", "2"),
        ("completed.*Buy milk.*Your choice: ", "4"),
        ("ID of the task to delete: ", "7"),
        ("Task with ID 7 not found.*Your choice: ", "4"),
        ("ID of the task to delete: ", "1"),
        ("Delete “Buy milk”.*: ", "y"),
        ("Deleted task 1.*Your choice: ", "u"),
        ("take out of the trash.*Done.*Your choice: ", "3"),
    ]:
        child.expect(question)
        child.sendline(answer)
    child.expect("ID of the task to update: ")
    child.sendintr()
    assert farewell(child) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a matter of POSIX")
@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Mlk\x1b[D\x1b[Di", "Milk"),
        ("\x1b[200~Milk\x1b[201~", "Milk"),
        ("K\xe4s\xe4\x7fe", "K\xe4se"),
    ],
)
def test_an_answer_can_be_edited(
    process_environment: Mapping[str, str], tmp_path: Path, typed: str, title: str
) -> None:
    """Arrow keys move, and what is pasted comes without the marks that a terminal puts around it."""
    child = menu({**process_environment, "TERM": "xterm"}, tmp_path)
    for question, answer in [("Your choice: ", "1"), ("Title: ", typed), ("Description .*: ", "")]:
        child.expect(question)
        child.sendline(answer)
    child.expect(f"Added task 1: {title}\r")
    child.expect("Your choice: ")
    child.sendeof()
    assert farewell(child) == 0
