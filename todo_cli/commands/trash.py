"""todo trash."""

import click

from todo_cli.composition import open_list
from todo_cli.exit_codes import Misuse
from todo_cli.invocation import Invocation
from todo_cli.options import common_options, yes_option
from todo_core.query import Status, TaskQuery


@click.command("trash", short_help="List or empty the trash.")
@click.option("--empty", is_flag=True, help="Remove for good everything in the trash.")
@yes_option
@common_options
def trash_command(invocation: Invocation, *, empty: bool, yes: bool) -> None:
    """List what is in the trash, or remove it for good."""
    if yes and not empty:
        raise Misuse("--yes is for --empty.")
    with open_list(invocation) as todo_list:
        tasks = todo_list.find(TaskQuery(Status.DELETED))
        if empty and tasks:
            if not yes:
                counted = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
                invocation.console.confirm(f"Remove {counted} for good? That cannot be undone.", "--yes")
            tasks = todo_list.remove([task.id for task in tasks])
    if empty and tasks:
        invocation.output.done("Removed task {} for good", tasks)
    else:
        invocation.output.listing(tasks, "The trash is empty.")
