"""Wait until a socket can be read or written."""

import selectors
from math import inf
from typing import Protocol

_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
"""``poll`` takes any file number, where ``select`` ends at 1023; Windows has only the latter, without that end."""


class _HasFileNumber(Protocol):
    def fileno(self) -> int: ...


def is_ready(link: _HasFileNumber, *, reading: bool, timeout: float) -> bool:
    """Wait up to ``timeout`` seconds (or ``inf``) until a socket can be read, also at its end, or be written."""
    with _Selector() as selector:
        selector.register(link, selectors.EVENT_READ if reading else selectors.EVENT_WRITE)
        return bool(selector.select(None if timeout == inf else timeout))
