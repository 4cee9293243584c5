"""Run the asynchronous core without an event loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_now(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Return what a coroutine returns that never suspends, as all use cases over a blocking store do.

    Raises RuntimeError if it suspends: it needs an event loop then.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: Result = stop.value
        return result
    coroutine.close()
    raise RuntimeError("The coroutine suspended: its store needs an event loop.")
