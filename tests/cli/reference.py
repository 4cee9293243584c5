"""Put every command's ``--help`` into docs/cli.md.

    python -m tests.cli.reference

In the page, ``<!-- help: list -->`` is followed by a block that this replaces; a test fails when one is out of date.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from todo_cli.command_line import COMMANDS, todo

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"

_WIDTH = 100
_BLOCK = re.compile(r"<!-- help: (?P<name>[a-z ]*) -->\n```text\n.*?```\n", re.DOTALL)


def names() -> Iterator[str]:
    """Return every command, ``todo`` itself as an empty name, and after a group of commands those in it."""
    yield ""
    for name in COMMANDS:
        yield name
        context = _context(name)
        if isinstance(context.command, click.Group):
            yield from (f"{name} {inner}" for inner in context.command.list_commands(context))


def help_of(name: str) -> str:
    """Return what ``todo NAME --help`` prints on a wide terminal; without a name, ``todo --help``."""
    context = _context(name)
    return context.command.get_help(context)


def _context(name: str) -> click.Context:
    context = click.Context(todo, info_name="todo", terminal_width=_WIDTH, help_option_names=["-h", "--help"])
    for word in name.split():
        assert isinstance(context.command, click.Group)
        command = context.command.get_command(context, word)
        assert command
        context = click.Context(command, info_name=word, parent=context, terminal_width=_WIDTH)
    return context


def documented(page: str) -> set[str]:
    """Return the commands that a page has a block for."""
    return {found["name"] for found in _BLOCK.finditer(page)}


def regenerated(page: str) -> str:
    """Return a page with every block as it should be."""
    return _BLOCK.sub(lambda found: f"<!-- help: {found['name']} -->\n```text\n{help_of(found['name'])}\n```\n", page)


def main() -> None:
    """Rewrite the page."""
    missing = set(names()) - documented(PAGE.read_text(encoding="utf-8"))
    if missing:
        raise SystemExit(f"{PAGE.name} has no block for: {', '.join(sorted(missing))}")
    PAGE.write_text(regenerated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
