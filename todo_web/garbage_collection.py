"""Python's garbage collector, in a process that serves requests."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 10_000
"""So many are made before the collector looks for cycles among them: a list of 1,000 tasks makes a third of that."""

_LOOKS = 100
"""So often it looks at new objects before it looks at older ones again. Of those there are many only while thousands of
requests wait, which they then do for the collector."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Keep the collector away from what is there already, and let it look at new objects less often.

    Requests make hardly any cycles. By default the collector would look for some several times within one list, and
    now and then at the whole program, for some 50 ms in which every request waits.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _LOOKS, thresholds[2])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
