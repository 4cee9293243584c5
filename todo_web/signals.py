"""SIGTERM from the first moment on, also where the kernel ignores what nobody handles: in process 1 of a container."""

import os
import signal
import sys

TERMINATED = 128 + 15
"""The exit status by which shells tell that SIGTERM ended a program."""

_HELD_BACK = hasattr(signal, "pthread_sigmask")  # not on Windows


def hold_back_sigterm() -> None:
    """Let the signal wait until it is heard: what it should do is not known before the command is."""
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
