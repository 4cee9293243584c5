"""Wait for what comes by itself."""

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds; far above what a busy machine needs."""


def until(holds: Callable[[], object]) -> bool:
    """Whether something holds before long; it is asked again and again."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            return False
    return True
