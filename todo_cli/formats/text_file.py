"""The text of a file: UTF-8, or UTF-16 with a byte order mark, and lines that end in any of the usual ways."""

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import BinaryIO

LIMIT = 256 * 1024
"""Characters of a line, or of a JSON document; a task with everything in it, escaped in the longest way, is shorter."""

_CHUNK = 64 * 1024
_END = re.compile(r"\r\n|\r|\n")


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
        encoding = self._encoding()
        return self._file.read(_CHUNK).decode(encoding, "ignore")

    def _tell(self) -> None:
        position = self._file.tell()
        if position > self._read:
            self._advanced(position - self._read)
            self._read = position

    def _encoding(self) -> str:
        """Return the encoding by the file's first bytes, and go back to them."""
        self._file.seek(0)
        marked = self._file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        self._file.seek(0)
        return "utf-16" if marked else "utf-8-sig"

    @contextmanager
    def _text(self) -> Iterator[TextIOWrapper]:
        text = TextIOWrapper(self._file, encoding=self._encoding(), newline="")
        try:
            yield text
        finally:
            if not self._file.closed:
                text.detach()  # Else the file would be closed with it.


def _read(read: Callable[[], str], lines_before: int) -> str:
    try:
        return read()
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding)
        name = "UTF-16" if error.encoding.startswith("utf-16") else "UTF-8"
        raise BrokenFile(lines_before + len(_END.findall(before)) + 1, f"This is not {name} text.") from None
