"""todo list."""

import click

from todo_cli.composition import open_list
from todo_cli.invocation import Invocation
from todo_cli.options import common_options
from todo_core.query import Sort, Status, TaskQuery
from todo_core.text import clean_search

LONGEST_LIST = 1_000_000


@click.command("list", short_help="List tasks.")
@click.option("--pending", "status", flag_value=Status.PENDING, type=Status, help="Only what is still to do.")
@click.option("--completed", "status", flag_value=Status.COMPLETED, type=Status, help="Only what is done.")
@click.option("--search", metavar="TEXT", default="", help="Only tasks that contain this text, in any case.")
@click.option(
    "--sort",
    type=click.Choice([order.value for order in Sort]),
    default=Sort.CREATED.value,
    show_default=True,
    help="Order; - reverses it.",
)
@click.option("--limit", type=click.IntRange(1, LONGEST_LIST), metavar="N", help="At most so many tasks.")
@common_options
def list_command(invocation: Invocation, status: Status | None, search: str, sort: str, limit: int | None) -> None:
    """List tasks, the oldest first.

    In a pipe each task is one line with the fields id, status, title, description, completed, created and updated at,
    separated by tabs; a newline, a tab and a backslash in a text are written \\n, \\t and \\\\.
    """  # noqa: D301  a raw string would show the backslashes twice
    query = TaskQuery(status or Status.ALL, Sort(sort), clean_search("search", search), limit)
    with open_list(invocation) as todo_list:
        tasks = todo_list.find(query)
    nothing = "No tasks yet; add one with `todo add`."
    invocation.output.listing(tasks, nothing if status is None and not query.search else "No such tasks.")
