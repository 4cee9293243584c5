"""The three streams of the program, and what it may do with them."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import NamedTuple, TextIO

from todo_cli.exit_codes import Declined, Misuse
from todo_cli.safe_text import visible

PLAIN_WIDTH = 80

_LINE_LIMIT = 64 * 1024
"""Characters of a line that are looked at; more than any title or description may have."""


class Console(NamedTuple):
    """Data goes to standard output, everything else to standard error; no control character passes from data."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]

    @classmethod
    def of_process(cls) -> "Console":
        """Return the streams of this process; one that is closed reads as empty and swallows what is written."""
        stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  as long as the process lives
        stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        for stream, errors in ((stdin, "surrogateescape"), (stdout, "backslashreplace"), (stderr, "backslashreplace")):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors=errors)
        return cls(stdin, stdout, stderr, os.environ)

    @property
    def shows_people(self) -> bool:
        """Whether standard output is a terminal."""
        return self.stdout.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return self.stdin.isatty() and self.stderr.isatty()

    @property
    def coloured(self) -> bool:
        """Whether colours are welcome (https://no-color.org)."""
        return self.shows_people and not self.environ.get("NO_COLOR") and self.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        if not self.shows_people:
            return PLAIN_WIDTH
        columns = self.environ.get("COLUMNS", "")
        if columns.isdecimal() and int(columns):
            return int(columns)
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or PLAIN_WIDTH
        except (OSError, ValueError):
            return PLAIN_WIDTH

    def can_show(self, text: str) -> bool:
        """Whether standard output's encoding has these characters."""
        try:
            text.encode(self.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            return False
        return True

    def shown(self, text: str) -> str:
        """Return a text as standard output shows it: safe, with escapes for what its encoding has not."""
        safe = visible(text)
        if self.can_show(safe):
            return safe
        encoding = self.stdout.encoding or "ascii"
        return safe.encode(encoding, "backslashreplace").decode(encoding)

    def write(self, line: str) -> None:
        """Write a line for people to standard output; its caller has made it safe."""
        self.stdout.write(f"{line}\n")

    def data(self, line: str) -> None:
        """Write a line for programs to standard output: UTF-8, whatever the locale."""
        _in_utf8(self.stdout).write(f"{line}\n")

    def problem(self, line: str) -> None:
        """Write a line for programs to standard error, after the data so far."""
        self._settle()
        _in_utf8(self.stderr).write(f"{line}\n")
        self.stderr.flush()

    def note(self, text: str) -> None:
        """Write a line for people to standard error, after the data so far."""
        self._settle()
        self.stderr.write(f"{visible(text)}\n")
        self.stderr.flush()

    def _settle(self) -> None:
        with suppress(OSError):  # The end of the run says that the output failed.
            self.stdout.flush()

    def confirm(self, question: str, flag: str) -> None:
        """Return if a person says yes. Raises Declined, and Misuse, naming the flag, where nobody can be asked."""
        if not self.can_ask:
            raise Misuse(f"{question} There is nobody to ask here; use {flag}.")
        self.stdout.flush()
        self.stderr.write(f"{visible(question)} [y/N] ")
        self.stderr.flush()
        if self.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise Declined("Nothing was changed.")

    def ask(self, question: str) -> str:
        """Ask on standard output, and return the line that is typed or piped; nothing at the end of the input.

        A person at a terminal can edit it.
        """
        if self.stdin.isatty() and self.shows_people and (self.stdin, self.stdout) == (sys.stdin, sys.stdout):
            # Python edits lines of the process's own streams only; the console of Windows does it by itself.
            with suppress(ImportError):
                import readline  # noqa: PLC0415  only needed to ask

                readline.set_auto_history(False)  # An answer to another question is no help.
            try:
                return f"{input(question)}\n"
            except EOFError:
                return ""
        self.stdout.write(question)
        self.stdout.flush()
        answer = rest = self.stdin.readline(_LINE_LIMIT)
        while rest and not rest.endswith("\n"):
            rest = self.stdin.readline(_LINE_LIMIT)
        return answer

    def typed_or_piped(self, text: str | None) -> str | None:
        """Return what an option says; ``-`` stands for standard input."""
        return self.stdin.read() if text == "-" else text

    def secret(self, question: str) -> str:
        """Return what a person types without showing it, or the first line of a pipe."""
        if not self.can_ask:
            return self.stdin.readline().strip()
        import getpass  # noqa: PLC0415  only needed to ask

        return getpass.getpass(f"{question}: ", self.stderr).strip()


def _in_utf8(stream: TextIO) -> TextIO:
    if isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
        stream.reconfigure(encoding="utf-8", newline="\n")
    return stream
