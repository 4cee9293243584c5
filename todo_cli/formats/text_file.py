"""The text of a file: UTF-8, with or without a byte order mark, and lines that end in any of the usual ways."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import BinaryIO

LIMIT = 256 * 1024
"""Characters of a line, or of a JSON document; a task with everything in it, escaped in the longest way, is shorter."""

_CHUNK = 64 * 1024
_END = re.compile(rb"\r\n|\r|\n")


class BrokenFile(Exception):
    """A file cannot be read any further; the message says what is wrong at ``line``, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class TextFile:
    """A file that can be read as often as needed, each time from its start."""

    def __init__(self, file: BinaryIO, advanced: Callable[[int], None] = lambda _: None) -> None:
        """``advanced`` is told how many bytes more have been read."""
        self._file = file
        self._advanced = advanced
        self._read = 0

    def lines(self) -> Iterator[str]:
        """Return the lines with their ends: LF, CR LF or CR, and nothing else. Raises BrokenFile."""
        number = 0
        with self._text() as text:
            while line := _read(lambda: text.readline(LIMIT + 1), number):
                number += 1
                if len(line) > LIMIT:
                    raise BrokenFile(number, f"This is longer than {LIMIT} characters.")
                self._tell()
                yield line

    def chunks(self) -> Iterator[str]:
        """Return the text in pieces of any length. Raises BrokenFile."""
        number = 0
        with self._text() as text:
            while chunk := _read(lambda: text.read(_CHUNK), number):
                number += chunk.count("\n")
                self._tell()
                yield chunk

    def head(self) -> str:
        """Return the beginning of the file, as far as it is text."""
        self._file.seek(0)
        return self._file.read(_CHUNK).decode("utf-8-sig", "ignore")

    def _tell(self) -> None:
        position = self._file.tell()
        if position > self._read:
            self._advanced(position - self._read)
            self._read = position

    @contextmanager
    def _text(self) -> Iterator[TextIOWrapper]:
        self._file.seek(0)
        text = TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        try:
            yield text
        finally:
            if not self._file.closed:
                text.detach()  # Else the file would be closed with it.


def _read(read: Callable[[], str], lines_before: int) -> str:
    try:
        return read()
    except UnicodeDecodeError as error:
        line = lines_before + len(_END.findall(error.object, 0, error.start)) + 1
        raise BrokenFile(line, "This is not UTF-8 text.") from None
