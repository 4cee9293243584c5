"""rm, restore, trash."""

from collections.abc import Sequence

import click

from todo_cli.application import common_options
from todo_cli.exits import Misuse
from todo_cli.session import Program, Session
from todo_cli.task_ids import task_ids_argument, words
from todo_core.driver import run_now
from todo_core.query import Status, TaskQuery
from todo_core.task import Task

_yes_option = click.option("--yes", is_flag=True, help="Do not ask before removing for good.")


@click.command("rm", short_help="Move tasks to the trash.")
@task_ids_argument
@click.option("--permanent", is_flag=True, help="Remove them for good, from the trash too.")
@_yes_option
@common_options
def rm_command(program: Program, task_ids: tuple[int, ...], *, permanent: bool, yes: bool) -> None:
    """Move tasks to the trash; all of them or none. `todo undo` or `todo restore` brings them back."""
    if permanent:
        if not yes:
            what = "task" if len(task_ids) == 1 else "tasks"
            program.console.confirm(f"Remove {what} {words(task_ids)} for good? That cannot be undone.", "--yes")
        with program.session() as session:
            removed = _remove(session, task_ids)
        program.output.done("Removed task {} for good", removed)
        return
    with program.session() as session:
        outcome = run_now(session.batch.delete(session.user_id, task_ids))
        session.history.changed(f"rm {words(task_ids)}", outcome)
    hint = "Bring back with `todo undo`, or with `todo restore` and the IDs."
    program.output.done("Moved task {} to the trash", [change.after for change in outcome if change.after], hint)


@click.command("restore", short_help="Take tasks out of the trash.")
@task_ids_argument
@common_options
def restore_command(program: Program, task_ids: tuple[int, ...]) -> None:
    """Take tasks out of the trash; all of them or none."""
    with program.session() as session:
        outcome = run_now(session.batch.restore(session.user_id, task_ids))
        session.history.changed(f"restore {words(task_ids)}", outcome)
    program.output.done("Restored task {}", [change.after for change in outcome if change.after])


@click.command("trash", short_help="List or empty the trash.")
@click.option("--empty", is_flag=True, help="Remove for good everything in the trash.")
@_yes_option
@common_options
def trash_command(program: Program, *, empty: bool, yes: bool) -> None:
    """List what is in the trash, or remove it for good."""
    if yes and not empty:
        raise Misuse("--yes is for --empty.")
    with program.session() as session:
        tasks = run_now(session.tasks.list(session.user_id, TaskQuery(Status.DELETED)))
        if empty and tasks:
            if not yes:
                counted = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
                program.console.confirm(f"Remove {counted} for good? That cannot be undone.", "--yes")
            tasks = _remove(session, [task.id for task in tasks])
    if empty and tasks:
        program.output.done("Removed task {} for good", tasks)
    else:
        program.output.listing(tasks, "The trash is empty.")


def _remove(session: Session, task_ids: Sequence[int]) -> Sequence[Task]:
    outcome = run_now(session.batch.remove(session.user_id, task_ids))
    session.history.forgotten(change.before.id for change in outcome)
    # What is gone reads as deleted, not as still to do.
    return [change.before.delete(session.program.clock.now()) for change in outcome]
