"""The rows of a CSV file (RFC 4180) with a line of names first, also as spreadsheets of other countries save it."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _csv import Reader

from todo_cli.formats.record import Numbered, Unreadable, numbered
from todo_cli.formats.text_file import BrokenFile

_SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"[^"]*"')
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?,*\s*', re.IGNORECASE)


class Table(NamedTuple):
    """The names of the columns in lower case, and the rows below as name and value."""

    names: list[str]
    rows: Iterator[Numbered[dict[str, str]]]


def table(lines: Iterable[str]) -> Table:
    """Read the names of a file, and its rows as they are asked for.

    Fields are separated as a line ``sep=`` says, else by the separator that is most frequent in the first line, outside
    of quotes. Empty rows, and columns with neither name nor content, are left out. Fields that are missing at the end
    of a row are empty: spreadsheets leave them out. Raises BrokenFile, also while rows are asked for.
    """
    lines = iter(lines)
    first, before = next(lines, ""), 0
    if named := _SEP_LINE.fullmatch(first):
        first, before = next(lines, ""), 1
    separator = named[1] if named else max(_SEPARATORS, key=_QUOTED.sub("", first).count)
    rows = _filled(csv.reader(chain([first], lines), delimiter=separator, strict=True), before)
    _, head = next(rows, (1, []))
    names = [name.strip().lower() for name in head]
    while names and not names[-1]:
        del names[-1]
    return Table(names, (numbered(line, partial(_fields, names, row)) for line, row in rows))


def _filled(rows: "Reader", before: int) -> Iterator[tuple[int, list[str]]]:
    start = before + 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield start, row
            start = before + rows.line_num + 1
    except csv.Error as error:
        raise BrokenFile(start, f"This is not CSV: {error}.") from None


def _fields(names: list[str], row: list[str]) -> dict[str, str]:
    if any(cell.strip() for cell in row[len(names) :]):
        raise Unreadable(f"There must be {len(names)} fields, not {len(row)}.")
    fields = list(zip_longest(names, row[: len(names)], fillvalue=""))
    if any(cell.strip() for name, cell in fields if not name):
        raise Unreadable("A column that has no name holds a text.")
    return {name: cell for name, cell in fields if name}
