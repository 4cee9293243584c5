"""add, list, show, edit."""

from dataclasses import replace

import click

from todo_cli.application import common_options
from todo_cli.exits import Misuse
from todo_cli.session import Program
from todo_cli.task_ids import task_ids_argument, words
from todo_core.driver import run_now
from todo_core.query import Sort, Status, TaskQuery
from todo_core.task import ABSENT, TaskFields
from todo_core.text import clean_search

_STDIN = "-"


LONGEST_LIST = 1_000_000


@click.command("add", short_help="Add a task.")
@click.argument("title", nargs=-1, required=True)
@click.option("-d", "--description", metavar="TEXT", help="Say more about it; - reads standard input.")
@click.option("--done", is_flag=True, help="It is completed already.")
@common_options
def add_command(program: Program, title: tuple[str, ...], description: str | None, *, done: bool) -> None:
    """Add a task. Several words make one title.

    \b
    todo add Buy milk
    todo add "Call Ann" -d "about the party"
    """  # noqa: D301  click's mark for a paragraph that stays as it is
    text = _text(program, description)
    fields = TaskFields(title=" ".join(title), description=text, completed=done)
    with program.session() as session:
        task = run_now(session.tasks.create(session.user_id, fields)).task
        session.history.added(f"add {task.title}", [task.id], task.created_at)
    program.output.made(task)


@click.command("list", short_help="List tasks.")
@click.option("--pending", "status", flag_value=Status.PENDING, type=Status, help="Only what is still to do.")
@click.option("--completed", "status", flag_value=Status.COMPLETED, type=Status, help="Only what is done.")
@click.option("--search", metavar="TEXT", default="", help="Only tasks that hold this text, whatever its case.")
@click.option(
    "--sort",
    type=click.Choice([order.value for order in Sort]),
    default=Sort.CREATED.value,
    show_default=True,
    help="Order; - reverses it.",
)
@click.option("--limit", type=click.IntRange(1, LONGEST_LIST), metavar="N", help="At most so many tasks.")
@common_options
def list_command(program: Program, status: Status | None, search: str, sort: str, limit: int | None) -> None:
    """List tasks, the oldest first.

    In a pipe each task is one line with the fields id, status, title, description, completed, created and updated at,
    separated by tabs; a newline, a tab and a backslash in a text are written \\n, \\t and \\\\.
    """  # noqa: D301  a raw string would show the backslashes twice
    query = TaskQuery(status or Status.ALL, Sort(sort), clean_search("search", search), limit)
    with program.session() as session:
        tasks = run_now(session.tasks.list(session.user_id, query))
    nothing = "No tasks yet; add one with `todo add`."
    program.output.listing(tasks, nothing if status is None and not query.search else "No such tasks.")


@click.command("show", short_help="Show tasks in full.")
@task_ids_argument
@common_options
def show_command(program: Program, task_ids: tuple[int, ...]) -> None:
    """Show tasks in full."""
    with program.session() as session:
        tasks = [run_now(session.tasks.get(session.user_id, task_id)) for task_id in dict.fromkeys(task_ids)]
    program.output.cards(tasks)


@click.command("edit", short_help="Change tasks.")
@task_ids_argument
@click.option("-t", "--title", metavar="TEXT", help="The new title.")
@click.option("-d", "--description", metavar="TEXT", help="The new description; - reads standard input.")
@click.option("--no-description", is_flag=True, help="Remove the description.")
@common_options
def edit_command(
    program: Program, task_ids: tuple[int, ...], title: str | None, description: str | None, *, no_description: bool
) -> None:
    """Change what tasks say; all of them or none."""
    if no_description and description is not None:
        raise Misuse("Either --description or --no-description, not both.")
    changes = TaskFields(title=ABSENT if title is None else title)
    if no_description or description is not None:
        changes = replace(changes, description=_text(program, description))
    if changes == TaskFields():
        raise Misuse("Nothing to change; use --title, --description or --no-description.")
    with program.session() as session:
        outcome = run_now(session.batch.update(session.user_id, task_ids, changes))
        session.history.changed(f"edit {words(task_ids)}", outcome)
    program.output.done("Changed task {}", [change.after for change in outcome if change.after])


def _text(program: Program, text: str | None) -> str | None:
    return program.console.stdin.read() if text == _STDIN else text
