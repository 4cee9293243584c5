"""Python's garbage collector, in a process that serves requests."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 10_000
"""Objects that are made before the collector looks for cycles among them; a list of 1,000 tasks makes a third of
that."""

_LOOKS = 100
"""Looks at new objects between two looks at older ones. There are many older ones only while thousands of requests
wait, and a look at them makes all of those wait longer."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Keep the collector away from objects that are there already, and let it look at new ones less often.

    Requests make hardly any cycles. By default the collector would look for them several times within one list, and now
    and then through the whole program, for some 50 ms in which every request waits.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _LOOKS, thresholds[2])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
