"""undo, redo."""

from collections.abc import Callable

import click

from todo_cli.application import common_options
from todo_cli.exits import Misuse
from todo_cli.history import History, Plan
from todo_cli.session import Program

_dry_run_option = click.option("-n", "--dry-run", is_flag=True, help="Only say what would be done.")
_skip_option = click.option(
    "--skip", is_flag=True, help="Forget the command instead, so that the one before comes next."
)


@click.command("undo", short_help="Take back the last command.")
@_dry_run_option
@_skip_option
@common_options
def undo_command(program: Program, *, dry_run: bool, skip: bool) -> None:
    """Take back the last command that changed tasks, whole, and say before what that does.

    The last 100 commands of a user on a store can be taken back, also in another session. A task that somebody else
    changed since is never overwritten: then nothing is done, with exit status 5.
    """
    _step(program, History.undo, dry_run=dry_run, skip=skip, nothing="Nothing to undo.")


@click.command("redo", short_help="Do again what was taken back.")
@_dry_run_option
@_skip_option
@common_options
def redo_command(program: Program, *, dry_run: bool, skip: bool) -> None:
    """Do again the command that `todo undo` took back; a new command ends that possibility."""
    _step(program, History.redo, dry_run=dry_run, skip=skip, nothing="Nothing to redo.")


def _step(
    program: Program, plan_of: Callable[[History], Plan | None], *, dry_run: bool, skip: bool, nothing: str
) -> None:
    if dry_run and skip:
        raise Misuse("Either --dry-run or --skip, not both.")
    with program.session() as session:
        plan = plan_of(session.history)
        if plan is None:
            program.console.note(nothing)
            program.output.data_or_words([], "")
            return
        if skip:
            session.history.drop(plan)
            program.console.note(f"Forgot `todo {plan.entry.command}`.")
            program.output.data_or_words([], "")
            return
        for text in plan.summary:
            program.console.note(text)
        tasks = [] if dry_run else session.history.carry_out(plan)
    program.output.data_or_words(tasks, "" if dry_run else "Done.")
