"""Draw a real terminal session into docs/cli.svg.

    python -m tests.cli.picture

Runs the program on a pseudo-terminal, on a new store in a temporary folder, and keeps its output with its colours.
"""

import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parents[2] / "docs" / "cli.svg"

_COLUMNS, _ROWS = 84, 40
_COMMANDS = (
    'todo add Buy milk -d "two bottles, the good one"',
    "todo add Call Ann about the party",
    "todo done 1",
    "todo list",
    "todo rm 1 2",
    "todo undo",
    "todo done 2 7",
)
_MENU = ("2", "6")


def session(folder: Path) -> Iterator[str]:
    """Return what a person sees, command by command."""
    program = str(Path(sys.executable).with_name("todo"))
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TODO_USER": "ann",
        "DATABASE_URL": f"sqlite:///{folder}/tasks.db",
        "XDG_DATA_HOME": str(folder),
    }

    def run(arguments: list[str], answers: tuple[str, ...]) -> str:
        child = pexpect.spawn(
            program, arguments, env=environment, dimensions=(_ROWS, _COLUMNS), encoding="utf-8", timeout=20
        )
        seen = ""
        for answer in answers:
            child.expect(": $")
            seen += child.before + child.after
            child.sendline(answer)
        child.expect(pexpect.EOF)
        return seen + str(child.before)

    for command in _COMMANDS:
        yield f"\x1b[1m$ {command}\x1b[0m\n"
        yield run(shlex.split(command)[1:], ())
    yield "\x1b[1m$ todo\x1b[0m\n"
    yield run([], _MENU)


def main() -> None:
    """Run the session and draw it."""
    with tempfile.TemporaryDirectory() as folder:
        seen = "".join(session(Path(folder))).replace("\r", "")
    console = Console(record=True, width=_COLUMNS, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  the recording is what counts
    console.print(Text.from_ansi(seen))
    PICTURE.write_text(console.export_svg(title="todo", unique_id="todo"), encoding="utf-8")


if __name__ == "__main__":
    main()
