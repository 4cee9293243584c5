"""Handle SIGTERM from the first moment on.

For process 1 of a container the kernel ignores a signal that nobody handles.
"""

import os
import signal
import sys

TERMINATED = 128 + 15
"""The exit status by which shells tell that SIGTERM ended a program."""

_HELD_BACK = hasattr(signal, "pthread_sigmask")  # not on Windows


def hold_back_sigterm() -> None:
    """Block the signal until ``hear_sigterm``: what it should do depends on the command, which is not known yet."""
    if _HELD_BACK:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def hear_sigterm(status: int) -> None:
    """End this program with an exit status when the signal comes, or now if it has come."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(status))
    if _HELD_BACK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def end_at_once() -> None:
    """End this program at SIGTERM and Ctrl-C without waiting for its threads."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: os._exit(128 + number))
