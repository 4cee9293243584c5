"""Throttle the answers to requests that are refused for lack of time."""

import asyncio

_BETWEEN_REFUSALS = 0.002
"""Seconds between two refusals; on a busy event loop there is one in each of its iterations."""


class RefusalThrottle:
    """Answers refused requests one after the other.

    A refusal costs as much as a small answer. Clients that come back as soon as they are refused would take that time
    from the requests that were admitted, so the refused ones wait for each other.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def wait(self) -> None:
        """Wait until the next refusal may be answered."""
        async with self._lock:
            await asyncio.sleep(_BETWEEN_REFUSALS)
