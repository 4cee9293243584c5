"""todo redo."""

import click

from todo_cli.history import History
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.undo_redo import dry_run_option, skip_option, step


@click.command("redo", short_help="Redo what was undone.")
@dry_run_option
@skip_option
@common_options
def redo_command(invocation: Invocation, *, dry_run: bool, skip: bool) -> None:
    """Do again the command that `todo undo` took back; a new command ends that possibility."""
    step(invocation, History.redo, dry_run=dry_run, skip=skip, nothing="Nothing to redo.")
