"""Run the asynchronous core synchronously, without an event loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_now(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that never suspends, and return its result.

    Every use case on a blocking store is such a coroutine. Raises RuntimeError for one that suspends, because it needs
    an event loop.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: Result = stop.value
        return result
    coroutine.close()
    raise RuntimeError("The coroutine suspended: its store needs an event loop.")
