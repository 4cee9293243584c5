"""Files of many tasks, one for each format that can be read."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

WORDS = "some words about it " * 5


def _array(before: str, tasks: Iterator[Mapping[str, object]], after: str) -> Iterator[str]:
    yield before
    for number, task in enumerate(tasks):
        yield f"{',' if number else ''}{json.dumps(task)}"
    yield after


def _own(count: int) -> Iterator[Mapping[str, object]]:
    return ({"title": f"Task number {n}", "description": WORDS, "completed": n % 3 == 0} for n in range(count))


def _taskwarrior(count: int) -> Iterator[Mapping[str, object]]:
    fields = {"status": "pending", "entry": "20260101T000000Z", "project": "Home"}
    return ({"uuid": f"u{n}", "description": f"Task number {n}", **fields} for n in range(count))


def _google(count: int) -> Iterator[Mapping[str, object]]:
    return ({"id": f"u{n}", "status": "needsAction", "title": f"Task number {n}", "notes": WORDS} for n in range(count))


def _microsoft(count: int) -> Iterator[Mapping[str, object]]:
    fields = {"status": "notStarted", "createdDateTime": "2026-01-01T00:00:00Z"}
    return ({"id": f"u{n}", "title": f"Task number {n}", **fields} for n in range(count))


def _csv(head: str, row: str, count: int) -> Iterator[str]:
    yield f"{head}\n"
    yield from (row.format(n=n, words=WORDS) + "\n" for n in range(count))


def _calendar(count: int) -> Iterator[str]:
    yield "BEGIN:VCALENDAR\n"
    yield from (f"BEGIN:VTODO\nUID:u{n}\nSUMMARY:Task number {n}\nEND:VTODO\n" for n in range(count))
    yield "END:VCALENDAR\n"


SOURCES: Mapping[str, Callable[[int], Iterator[str]]] = {
    "tasks.jsonl": lambda count: (f"{json.dumps(task)}\n" for task in _own(count)),
    "tasks.json": lambda count: _array("[", _own(count), "]"),
    "tasks.csv": lambda count: _csv("title,description", "Task number {n},{words}", count),
    "tasks.md": lambda count: (f"- [ ] Task number {n}\n  {WORDS}\n" for n in range(count)),
    "tasks.txt": lambda count: (f"2026-01-01 Task number {n}\n" for n in range(count)),
    "taskwarrior.json": lambda count: _array("[", _taskwarrior(count), "]"),
    "todoist.csv": lambda count: _csv("TYPE,CONTENT,DESCRIPTION,PRIORITY", "task,Task number {n},{words},1", count),
    "google-tasks.json": lambda count: _array(
        '{"kind": "tasks#taskLists", "items": [{"title": "List", "items": [', _google(count), "]}]}"
    ),
    "microsoft-todo.json": lambda count: _array('{"value": [', _microsoft(count), "]}"),
    "reminders.ics": _calendar,
}
"""The text of a file with so many tasks, in pieces, by its name."""


def write(folder: Path, name: str, count: int) -> Path:
    """Write one of the files into a folder."""
    file = folder / name
    with file.open("w", encoding="utf-8") as opened:
        opened.writelines(SOURCES[name](count))
    return file
