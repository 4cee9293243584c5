"""todo undo."""

import click

from todo_cli.history import History
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_cli.undo_redo import dry_run_option, skip_option, step


@click.command("undo", short_help="Undo the last command.")
@dry_run_option
@skip_option
@common_options
def undo_command(invocation: Invocation, *, dry_run: bool, skip: bool) -> None:
    """Take back the last command that changed tasks, whole, and say before what that does.

    The last 100 commands of a user on a store can be taken back, also in another session. A task that somebody else
    changed since is never overwritten: then nothing is done, with exit status 5.
    """
    step(invocation, History.undo, dry_run=dry_run, skip=skip, nothing="Nothing to undo.")
