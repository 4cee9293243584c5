"""Markdown checklists (CommonMark, and GitHub's task list items): ``- [ ] title``, with the description indented below.

An item may stand in any list, ordered or not, quoted or not, and below another item. An item without a checkbox is
left out. Headings, prose, code and whatever else belongs to no item are skipped. Where a description's line would be an
item itself, a backslash is written before its marker, which is Markdown's way to take it literally.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from todo_cli.formats.record import Entry, LeftOut, Numbered, Record
from todo_cli.formats.text_file import BrokenFile, TextFile
from todo_core.task import Task

if TYPE_CHECKING:
    from todo_cli.formats.markdown_items import Item

_MARKER = r"(?:[-*+>]|\d{1,9}[.)])"
_CHECKBOX = r"\[[ xX]\](?:\s|\Z)"
_DEEP = 8
"""A line that opens more lists and quotes than this is escaped too, because a parser nests only so deep."""

_ITEM = re.compile(
    rf"(?P<indent>[ \t]*)(?P<guard>\\*)(?=(?:{_MARKER}[ \t]*)+{_CHECKBOX}|(?:>[ \t]*|{_MARKER}[ \t]+){{{_DEEP}}})"
)
_INDENT = "  "
_CHUNK = 2000
"""Lines that are parsed at a time."""


def write(tasks: Iterable[Task]) -> Iterator[str]:
    """Return the lines of a checklist."""
    for task in tasks:
        yield f"- [{'x' if task.completed else ' '}] {task.title}"
        for text in task.description.split("\n") if task.description else ():
            yield f"{_INDENT}{_guarded(text)}" if text else ""


def read(file: TextFile) -> Iterator[Entry]:
    """Return the items of a file, a part of it at a time.

    The last block of a part, or the last item of its last list, may be incomplete. It is read again with the lines that
    follow.
    """
    from todo_cli.formats.markdown_items import parse  # noqa: PLC0415  only an import needs the parser

    lines, before, size = file.lines(), 0, _CHUNK
    part: list[str] = []
    more = True
    while more:
        added = list(islice(lines, size))
        part += added
        more = len(added) == size
        try:
            items, end = parse(part)
        except RecursionError:
            raise BrokenFile(before + 1, "From here on, lists and quotes are nested too deeply.") from None
        if not more:
            end = len(part)
        for item in items:
            if item.line < end:
                yield Numbered(before + item.line + 1, _record(item))
        # Twice as many lines at a time where a block is long, so that it is not read again and again.
        size = _CHUNK if end else 2 * size
        before += end
        del part[:end]


def _record(item: "Item") -> Record | LeftOut:
    if item.checked is None:
        return LeftOut("without a checkbox")
    description = "".join(map(_unguarded, item.below)).rstrip()
    return Record(item.title, description or None, item.checked)


def _guarded(line: str) -> str:
    return _ITEM.sub(r"\g<indent>\\\g<guard>", line, count=1) if _ITEM.match(line) else line


def _unguarded(line: str) -> str:
    found = _ITEM.match(line)
    if not found or not found["guard"]:
        return line
    return f"{found['indent']}{found['guard'][1:]}{line[found.end() :]}"
