"""Wait until a socket can be read or written."""

import select
import sys
from math import ceil, inf
from typing import Protocol


class _HasFileNumber(Protocol):
    def fileno(self) -> int: ...


def is_ready(link: _HasFileNumber, *, reading: bool, timeout: float) -> bool:
    """Wait up to ``timeout`` seconds (or ``inf``) until a socket can be read, also at its end, or be written."""
    if sys.platform == "win32":  # which has no poll; elsewhere select ends at file number 1023
        links = ([link], []) if reading else ([], [link])
        return any(select.select(*links, [], None if timeout == inf else timeout))
    poll = select.poll()
    poll.register(link, select.POLLIN if reading else select.POLLOUT)
    return bool(poll.poll(None if timeout == inf else ceil(timeout * 1000)))
