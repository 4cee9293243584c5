"""todo show."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.task_ids import task_ids_argument


@click.command("show", short_help="Show tasks in full.")
@task_ids_argument()
@common_options
def show_command(invocation: Invocation, task_ids: tuple[int, ...]) -> None:
    """Show tasks in full."""
    with open_list(invocation) as todo_list:
        tasks = [todo_list.get(task_id) for task_id in dict.fromkeys(task_ids)]
    invocation.output.cards(tasks)
