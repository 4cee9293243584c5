"""Throttle the answers to requests that are refused for lack of time."""

import asyncio

_BETWEEN_REFUSALS = 0.002
"""Seconds. Fifty are told at once, as far as anybody notices; on a busy event loop one in each of its rounds."""


class RefusalThrottle:
    """Lets those be told one after the other for whom there is no time.

    To tell them costs as much as a small answer. Clients that come back at once, as often as they are refused, would
    take that time from the requests that were let in; so they wait for each other.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        """Wait until the next one may be told."""
        async with self._turn:
            await asyncio.sleep(_BETWEEN_REFUSALS)
