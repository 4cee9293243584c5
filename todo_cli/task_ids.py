"""Task ids as the command line takes them."""

from collections.abc import Sequence

import click

_DIGITS = 19
"""The largest id, 2^63-1, has so many."""


class TaskId(click.ParamType[int]):
    """A decimal number; whether there is such a task is for the store to say."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: D102  click says it
        task_id = parse_task_id(value)
        if task_id is None:
            self.fail("A task ID is a number such as 7.", param, ctx)
        return task_id


def parse_task_id(text: str) -> int | None:
    """Return the number, or None for what is no decimal number of a sensible length."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def words(task_ids: Sequence[int]) -> str:
    """Return the ids as the history shows them."""
    shown = " ".join(map(str, task_ids[:10]))
    return f"{shown} …" if len(task_ids) > len(task_ids[:10]) else shown


task_ids_argument = click.argument("task_ids", metavar="ID...", type=TaskId(), nargs=-1, required=True)
