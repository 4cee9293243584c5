"""A step through the history: what `todo undo` and `todo redo` have in common."""

from collections.abc import Callable

import click

from todo_cli.composition import open_list
from todo_cli.exit_codes import Misuse
from todo_cli.history import History, Plan
from todo_cli.invocation import Invocation
from todo_core.errors import TaskNotFound, VersionConflict

dry_run_option = click.option("-n", "--dry-run", is_flag=True, help="Only say what would be done.")
skip_option = click.option("--skip", is_flag=True, help="Forget the command instead; the one before it comes next.")


def step(
    invocation: Invocation, plan_of: Callable[[History], Plan | None], *, dry_run: bool, skip: bool, nothing: str
) -> None:
    """Undo or redo what ``plan_of`` finds in the history; with an option, only show it, or forget it.

    If it finds nothing, say ``nothing``.
    """
    if dry_run and skip:
        raise Misuse("Either --dry-run or --skip, not both.")
    with open_list(invocation) as todo_list:
        plan = plan_of(todo_list.history)
        if plan is None:
            invocation.console.note(nothing)
            invocation.output.data_or_words([], "")
            return
        if skip:
            todo_list.history.drop(plan)
            invocation.console.note(f"Forgot `todo {plan.entry.command}`.")
            invocation.output.data_or_words([], "")
            return
        for text in plan.summary:
            invocation.console.note(text)
        try:
            tasks = [] if dry_run else todo_list.carry_out(plan)
        except (VersionConflict, TaskNotFound) as error:
            error.add_note("--skip forgets the command.")
            raise
    invocation.output.data_or_words(tasks, "" if dry_run else "Done.")
