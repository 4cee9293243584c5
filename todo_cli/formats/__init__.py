"""Files that tasks come from and go to: four formats of ours, and what other programs write."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from todo_cli.formats.record import Entry
from todo_cli.formats.text_file import TextFile
from todo_core.task import Task


class Reader(Protocol):
    """One kind of file that tasks come from."""

    read: Callable[[TextFile], Iterator[Entry]]
    """Turn a file into records as it is read; Unreadable stands for what is none. Raises BrokenFile."""


class Writer(Protocol):
    """One kind of file that tasks go to."""

    write: Callable[[Iterable[Task]], Iterator[str]]
    """Turn tasks into lines without their ends, as they come."""


@dataclass(frozen=True, slots=True)
class Format:
    """What is known of a format before its module is imported: its endings, and the word for what a file lacks."""

    module: str
    endings: tuple[str, ...] = ()
    lacking: str = "task"

    def reader(self) -> Reader:
        """Return what reads it."""
        return cast("Reader", import_module(f"todo_cli.formats.{self.module}"))

    def writer(self) -> Writer:
        """Return what writes it; only the formats of ours have that."""
        return cast("Writer", import_module(f"todo_cli.formats.{self.module}"))


OWN = {
    "jsonl": Format("json_tasks", (".jsonl", ".ndjson")),
    "csv": Format("csv_table", (".csv",)),
    "markdown": Format("checklist", (".md", ".markdown"), "checkbox"),
    "todotxt": Format("todo_txt", (".txt",)),
}
PROGRAMS = {
    "taskwarrior": Format("taskwarrior"),
    "todoist": Format("todoist"),
    "google-tasks": Format("google_tasks"),
    "microsoft-todo": Format("microsoft_todo"),
    "icalendar": Format("icalendar_todos", (".ics",), "to-do"),
}
FORMATS = OWN | PROGRAMS


def format_of(name: str) -> str | None:
    """Return the format that the ending of a file's name stands for."""
    found = (form for form, known in FORMATS.items() if name.lower().endswith(known.endings or "/"))
    return next(found, None)
