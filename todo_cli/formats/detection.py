"""Detect the format of a file by its content."""

import re

from todo_cli.formats import format_of
from todo_cli.formats.csv_rows import table
from todo_cli.formats.text_file import BrokenFile
from todo_core.task import PUBLISHED_FIELDS

_JSON_MEMBERS = (
    ("google-tasks", re.compile(r'"kind"\s*:\s*"tasks#')),
    ("microsoft-todo", re.compile(r'"(?:createdDateTime|lastModifiedDateTime)"\s*:')),
    ("taskwarrior", re.compile(r'"uuid"\s*:')),
    ("jsonl", re.compile(r'"title"\s*:')),
)
"""Each format by a member that the others do not have. Quotes within a text are escaped, so no text matches."""

_CHECKBOX = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\](?:[ \t]|$)", re.MULTILINE)
_TODO_TXT = re.compile(r"^(?:x +)?(?:\([A-Z]\) )?\d{4}-\d\d-\d\d |^\([A-Z]\) ", re.MULTILINE)
_CALENDAR = re.compile(r"BEGIN:VCALENDAR\s", re.IGNORECASE)


def detect_format(head: str, name: str) -> str | None:
    """Return the format of a file by its first characters, else by its name's ending; None if neither tells.

    A text that fits several formats has the one of its name.
    """
    # Not an ending of ours: a .json file that an export writes would have to be one array.
    named = "jsonl" if name.lower().endswith(".json") else format_of(name)
    text = head.lstrip()
    if text.startswith(("{", "[")):
        found = next((form for form, sign in _JSON_MEMBERS if sign.search(text)), None)
        if found:
            return found
    if _CALENDAR.match(text):
        return "icalendar"
    if named in {None, "todotxt"} and _TODO_TXT.match(text):
        return "todotxt"
    return _table(head, named) or ("markdown" if _CHECKBOX.search(text) else named)


def _table(head: str, named: str | None) -> str | None:
    try:
        names = set(table(head.splitlines(keepends=True)).names) - {""}
    except BrokenFile:
        return None
    if {"type", "content", "priority"} <= names:
        return "todoist"
    # A line of text may hold known words, so two of these signs must agree.
    known = names & set(PUBLISHED_FIELDS)
    signs = (len(known) > 1, names == known, named in {None, "csv"})
    return "csv" if "title" in known and sum(signs) > 1 else None
