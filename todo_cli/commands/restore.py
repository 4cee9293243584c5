"""todo restore."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.task_ids import task_ids_argument
from todo_core.query import Status


@click.command("restore", short_help="Take tasks out of the trash.")
@task_ids_argument(Status.DELETED)
@common_options
def restore_command(invocation: Invocation, task_ids: tuple[int, ...]) -> None:
    """Take tasks out of the trash; all of them or none."""
    with open_list(invocation) as todo_list:
        tasks = todo_list.restore(task_ids)
    invocation.output.done("Restored task {}", tasks)
