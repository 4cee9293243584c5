"""Files that tasks come from and go to."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from todo_cli.formats.record import Numbered, Record
from todo_core.task import Task

FORMATS = ("jsonl", "csv", "markdown", "todotxt")

_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "todotxt",
}
_MODULES = {"jsonl": "json_lines", "csv": "csv_table", "markdown": "checklist", "todotxt": "todo_txt"}


class Format(Protocol):
    """One kind of file. Both functions work through their input as it comes."""

    read: Callable[[Iterable[str]], Iterator[Numbered[Record]]]
    """Turn lines, with their ends, into records; raises Unreadable for a line that is none."""

    write: Callable[[Iterable[Task]], Iterator[str]]
    """Turn tasks into lines without their ends."""


def format_named(name: str) -> Format:
    """Return one of the formats; only its module is imported."""
    return cast("Format", import_module(f"todo_cli.formats.{_MODULES[name]}"))


def format_of(path: Path) -> str | None:
    """Return the name of the format that a file's ending stands for."""
    return _ENDINGS.get(path.suffix.lower())
