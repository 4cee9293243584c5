"""todo edit."""

import click

from todo_cli.composition import open_list
from todo_cli.exit_codes import Misuse
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.task_ids import task_ids_argument
from todo_core.task import ABSENT, TaskFields


@click.command("edit", short_help="Change tasks.")
@task_ids_argument()
@click.option("-t", "--title", metavar="TEXT", help="The new title.")
@click.option("-d", "--description", metavar="TEXT", help="The new description; - reads it from standard input.")
@click.option("--no-description", is_flag=True, help="Remove the description.")
@common_options
def edit_command(
    invocation: Invocation,
    task_ids: tuple[int, ...],
    title: str | None,
    description: str | None,
    *,
    no_description: bool,
) -> None:
    """Change what tasks say; all of them or none."""
    if no_description and description is not None:
        raise Misuse("Either --description or --no-description, not both.")
    changes = TaskFields(title=ABSENT if title is None else title)
    if no_description or description is not None:
        changes = changes._replace(description=invocation.console.typed_or_piped(description))
    if changes == TaskFields():
        raise Misuse("Nothing to change; use --title, --description or --no-description.")
    with open_list(invocation) as todo_list:
        tasks = todo_list.edit(task_ids, changes)
    invocation.output.done("Changed task {}", tasks)
