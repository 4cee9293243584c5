"""Whatever is typed, the program ends with one of its exit codes and never with a traceback."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Todo
from todo_cli.command_line import COMMANDS

LADDER = {0, 1, 2, 3, 4, 5, 130}
FILES = {"import", "export"}

OPTIONS = (
    "-- - -q -n -t -d --json --user --database --help --skip --yes --permanent --empty --limit --sort --search "
    "--pending --completed --no-description --done"
)
VALUES = "1 2 0 -1 1_0 title -title bash memory:// sqlite://"
ANSWERS = "1 2 3 4 5 6 u r / t y n - add view x"
WORDS = (
    st.sampled_from(sorted(set(COMMANDS) - FILES))
    | st.sampled_from(f"{OPTIONS} {VALUES}".split())
    | st.text(st.characters(exclude_categories=[]), max_size=8)
)
LINES = st.lists(st.sampled_from(ANSWERS.split()) | st.text(st.characters(exclude_categories=["Cs"])), max_size=15)


@settings(max_examples=150)
@given(arguments=st.lists(WORDS, max_size=6), stdin=LINES.map("\n".join))
def test_any_command_line(arguments: list[str], stdin: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        todo = Todo(Path(folder))
        todo.environ["DATABASE_URL"] = "memory://"
        result = todo(*arguments, stdin=stdin)
        assert result.code in LADDER
        assert (result.code == 0) or result.err.count("\n") <= 2


@settings(max_examples=100)
@given(lines=LINES)
def test_any_answers_to_the_menu(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        todo = Todo(Path(folder))
        todo.environ["DATABASE_URL"] = "memory://"
        result = todo.ok("menu", stdin="\n".join(lines))
        assert result.out.endswith("Goodbye!\n")
        assert result.err == ""
