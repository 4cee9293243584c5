"""A bar on standard error, where that is a terminal."""

import time
from typing import Self

from todo_cli.console import Console

_CELLS = 30
_SECONDS_BETWEEN = 0.1
_CLEAR = "\r\x1b[K"


class Progress:
    """Shows how far a long step is; silent where nobody watches."""

    def __init__(self, console: Console, label: str, total: int) -> None:
        self._stream = console.stderr
        self._silent = not console.stderr.isatty() or total <= 0
        self._label = label
        self._total = total
        self._shown_at = time.monotonic()

    def reached(self, amount: int) -> None:
        """Show an amount of the total, not more often than anybody could read."""
        if self._silent or time.monotonic() - self._shown_at < _SECONDS_BETWEEN:
            return
        self._shown_at = time.monotonic()
        share = min(amount / self._total, 1.0)
        bar = "#" * round(share * _CELLS)
        self._stream.write(f"{_CLEAR}{self._label} [{bar:-<{_CELLS}}] {share:4.0%}")
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Leave no trace of the bar, so that what comes next stands alone on its line."""
        if not self._silent:
            self._stream.write(_CLEAR)
            self._stream.flush()
