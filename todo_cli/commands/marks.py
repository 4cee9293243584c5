"""done, undone."""

import click

from todo_cli.application import common_options
from todo_cli.session import Program
from todo_cli.task_ids import task_ids_argument, words
from todo_core.driver import run_now


@click.command("done", short_help="Mark tasks as completed.")
@task_ids_argument
@common_options
def done_command(program: Program, task_ids: tuple[int, ...]) -> None:
    """Mark tasks as completed; all of them or none. One that is completed already stays as it is."""
    with program.session() as session:
        outcome = run_now(session.batch.complete(session.user_id, task_ids))
        session.history.changed(f"done {words(task_ids)}", outcome)
    program.output.done("Completed task {}", [change.after for change in outcome if change.after])


@click.command("undone", short_help="Mark tasks as still to do.")
@task_ids_argument
@common_options
def undone_command(program: Program, task_ids: tuple[int, ...]) -> None:
    """Mark tasks as still to do; all of them or none."""
    with program.session() as session:
        outcome = run_now(session.batch.reopen(session.user_id, task_ids))
        session.history.changed(f"undone {words(task_ids)}", outcome)
    program.output.done("Reopened task {}", [change.after for change in outcome if change.after])
