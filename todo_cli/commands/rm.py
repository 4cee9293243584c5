"""todo rm."""

import click

from todo_cli.composition import open_list
from todo_cli.history import words
from todo_cli.invocation import Invocation
from todo_cli.options import common_options, yes_option
from todo_cli.task_ids import task_ids_argument


@click.command("rm", short_help="Move tasks to the trash.")
@task_ids_argument()
@click.option("--permanent", is_flag=True, help="Remove them for good, also from the trash.")
@yes_option
@common_options
def rm_command(invocation: Invocation, task_ids: tuple[int, ...], *, permanent: bool, yes: bool) -> None:
    """Move tasks to the trash; all of them or none. `todo undo` or `todo restore` brings them back."""
    if permanent and not yes:
        what = "task" if len(task_ids) == 1 else "tasks"
        invocation.console.confirm(f"Remove {what} {words(task_ids)} for good? That cannot be undone.", "--yes")
    with open_list(invocation) as todo_list:
        tasks = todo_list.remove(task_ids) if permanent else todo_list.delete(task_ids)
    if permanent:
        invocation.output.done("Removed task {} for good", tasks)
    else:
        hint = "Bring back with `todo undo`, or with `todo restore` and the IDs."
        invocation.output.done("Moved task {} to the trash", tasks, hint)
