"""Markdown checklists: ``- [ ] title``, with the description indented below.

What is no item and belongs to none, as headings and prose do, is passed over. A description's line that looks like an
item is written with a backslash before it.
"""

import re
from collections.abc import Iterable, Iterator

from todo_cli.formats.record import Numbered, Record
from todo_core.task import Task

_ITEM = re.compile(r"(?P<indent>[ \t]*)[-*+] \[(?P<mark>[ xX])\](?:[ \t]+(?P<title>.*))?")
_INDENT = "  "


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return the lines of a checklist."""
    for task in tasks:
        yield f"- [{'x' if task.completed else ' '}] {task.title}"
        for text in (task.description or "").split("\n") if task.description else ():
            guarded = f"\\{text}" if text.startswith("\\") or _ITEM.fullmatch(text) else text
            yield f"{_INDENT}{guarded}" if text else ""


def read(lines: Iterable[str]) -> Iterator[Numbered[Record]]:
    """Return the items of a file."""
    start, item, below = 0, None, list[str]()
    for number, ended in enumerate(lines, 1):
        text = ended.rstrip("\r\n")
        found = _ITEM.fullmatch(text)
        if found:
            if item:
                yield Numbered(start, _record(item, below))
            start, item, below = number, found, []
        elif item and (not text.strip() or text.startswith((_INDENT, "\t"))):
            below.append(_dedented(text, len(item["indent"]) + len(_INDENT)))
        elif item:
            yield Numbered(start, _record(item, below))
            item = None
    if item:
        yield Numbered(start, _record(item, below))


def _record(item: re.Match[str], below: list[str]) -> Record:
    description = "\n".join(text.removeprefix("\\") for text in below)
    return Record(item["title"] or "", description.rstrip() or None, item["mark"] != " ")


def _dedented(text: str, columns: int) -> str:
    indent = len(text) - len(text.lstrip(" \t"))
    return text[min(columns, indent) :]
