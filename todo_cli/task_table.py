"""Tasks as people read them: a table fitted to the terminal, and one task in full."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from todo_cli.console import Console
from todo_cli.safe_text import pad, visible, width
from todo_core.task import Task

_GAP = "  "
_NARROWEST_DESCRIPTION = len("Description")
_RESET = "\x1b[0m"


class Look(NamedTuple):
    """How a state of a task is shown: never by colour alone."""

    symbol: str
    plain_symbol: str
    word: str
    colour: str


PENDING = Look("○", "[ ]", "pending", "\x1b[33m")
COMPLETED = Look("✓", "[x]", "completed", "\x1b[32m")
DELETED = Look("✗", "[-]", "deleted", "\x1b[31m")


def look(task: Task) -> Look:
    """Return how the task's state is shown."""
    return DELETED if not task.visible else COMPLETED if task.completed else PENDING


def state(task: Task, console: Console) -> str:
    """Return symbol and word of the task's state."""
    seen = look(task)
    return f"{seen.symbol if console.can_show(seen.symbol) else seen.plain_symbol} {seen.word}"


def table(tasks: Sequence[Task], console: Console) -> Iterator[str]:
    """Return the lines of a table; descriptions get what room is left, or none."""
    ellipsis = "…" if console.can_show("…") else "..."
    rows = [
        (str(task.id), state(task, console), console.shown(task.title), _summary(task, console, ellipsis))
        for task in tasks
    ]
    heads = ("ID", "Status", "Title", "Description")
    widths = _widths([heads, *rows], console.width, described=any(row[3] for row in rows))
    bold, reset = ("\x1b[1m", _RESET) if console.coloured else ("", "")
    yield f"{bold}{_line(heads, widths, ellipsis)}{reset}"
    for task, row in zip(tasks, rows, strict=True):
        text = _line(row, widths, ellipsis)
        yield _coloured(text, widths, look(task)) if console.coloured else text


def card(task: Task, console: Console) -> Iterator[str]:
    """Return the lines that show one task in full."""
    yield f"{task.id}  {visible(task.title)}"
    colour, reset = (look(task).colour, _RESET) if console.coloured else ("", "")
    yield f"    {colour}{state(task, console)}{reset}"
    for text in (task.description or "").splitlines():
        yield f"    {visible(text)}"
    for word, time in (("created", task.created_at), ("changed", task.updated_at), ("completed", task.completed_at)):
        if time:
            yield f"    {word} {time:%Y-%m-%d %H:%M} UTC"


def _widths(rows: Sequence[Sequence[str]], room: int, *, described: bool) -> tuple[int, int, int, int]:
    """Return the columns' widths: the title gets what it needs, but leaves a description its least width."""
    number, status, title, description = (max(width(row[column]) for row in rows) for column in range(4))
    room -= number + status + 2 * len(_GAP)
    beside = max(room - _NARROWEST_DESCRIPTION - len(_GAP), room // 2)
    left = room - min(title, beside) - len(_GAP)
    if described and left >= _NARROWEST_DESCRIPTION:
        return number, status, min(title, beside), min(description, left)
    return number, status, min(title, room), 0


def _summary(task: Task, console: Console, ellipsis: str) -> str:
    first, _, rest = (task.description or "").partition("\n")
    return console.shown(first) + (f" {ellipsis}" if rest else "")


def _line(cells: Sequence[str], widths: Sequence[int], ellipsis: str) -> str:
    shown = [pad(cell, columns, ellipsis) for cell, columns in zip(cells, widths, strict=True) if columns > 0]
    return _GAP.join(shown).rstrip()


def _coloured(text: str, widths: Sequence[int], seen: Look) -> str:
    start = widths[0] + len(_GAP)
    end = start + widths[1]
    return f"{text[:start]}{seen.colour}{text[start:end]}{_RESET}{text[end:]}"
