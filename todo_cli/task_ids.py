"""Task ids as the command line takes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from todo_cli.invocation import Invocation
from todo_core.override import override
from todo_core.query import Status

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DIGITS = 19
"""The largest id, 2^63-1, has so many."""


_SHOWN = 40
"""Characters of what was typed."""


class TaskId(click.ParamType[int]):
    """A decimal number; whether there is such a task is for the store to say.

    A shell that completes offers the ids of the tasks with a status.
    """

    name = "id"

    def __init__(self, offered: Status) -> None:
        self._offered = offered

    @override
    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        task_id = parse_task_id(value)
        if task_id is None:
            self.fail(not_an_id(value), param, ctx)
        return task_id

    @override
    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from todo_cli.shell_completion import task_id_items  # noqa: PLC0415  only a shell that completes needs it

        invocation = ctx.find_object(Invocation)
        return task_id_items(invocation, self._offered, incomplete) if invocation else []


def parse_task_id(text: str) -> int | None:
    """Return the number, or None for what is no decimal number of a sensible length."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def not_an_id(text: str) -> str:
    """Return what to say about something that was typed in the place of an id."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"“{shown}” is not a task ID; a task ID is a number such as 7."


def task_ids_argument(offered: Status = Status.ALL) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the argument ``task_ids``: one id or several, of tasks that mostly have a status."""
    return click.argument("task_ids", metavar="ID...", type=TaskId(offered), nargs=-1, required=True)
