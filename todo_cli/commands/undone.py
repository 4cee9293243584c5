"""todo undone."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.task_ids import task_ids_argument
from todo_core.query import Status


@click.command("undone", short_help="Mark tasks as still to do.")
@task_ids_argument(Status.COMPLETED)
@common_options
def undone_command(invocation: Invocation, task_ids: tuple[int, ...]) -> None:
    """Mark tasks as still to do; all of them or none."""
    with open_list(invocation) as todo_list:
        tasks = todo_list.reopen(task_ids)
    invocation.output.done("Reopened task {}", tasks)
