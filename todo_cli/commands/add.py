"""todo add."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_core.task import TaskFields


@click.command("add", short_help="Add a task.")
@click.argument("title", nargs=-1, required=True)
@click.option("-d", "--description", metavar="TEXT", help="A description; - reads it from standard input.")
@click.option("--done", is_flag=True, help="Add it as completed.")
@common_options
def add_command(invocation: Invocation, title: tuple[str, ...], description: str | None, *, done: bool) -> None:
    """Add a task. Several words make one title.

    \b
    todo add Buy milk
    todo add "Call Ann" -d "about the party"
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    text = invocation.console.typed_or_piped(description)
    fields = TaskFields(title=" ".join(title), description=text, completed=done)
    with open_list(invocation) as todo_list:
        task = todo_list.add(fields)
    invocation.output.made(task)
