"""todo done."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.task_ids import task_ids_argument
from todo_core.query import Status


@click.command("done", short_help="Mark tasks as completed.")
@task_ids_argument(Status.PENDING)
@common_options
def done_command(invocation: Invocation, task_ids: tuple[int, ...]) -> None:
    """Mark tasks as completed; all of them or none. One that is completed already stays as it is."""
    with open_list(invocation) as todo_list:
        tasks = todo_list.complete(task_ids)
    invocation.output.done("Completed task {}", tasks)
