"""Throttle the answers to requests that are refused for lack of time."""

import asyncio

_BETWEEN_REFUSALS = 0.002
"""Seconds between two refusals; on a busy event loop there is one in each of its iterations."""

_LONGEST_WAIT = 2.0
"""Seconds. With 4,000 clients that never pause and a deadline of 0.5 s, refusals took 9.3 s without this bound, and
2.6 s with it (docs/performance.md)."""


class RefusalThrottle:
    """Answers refused requests one after the other, as far as none of them gets too late.

    A refusal costs as much as a small answer. Clients that come back as soon as they are refused would take that time
    from the requests that were admitted, so refusals keep a distance from each other.
    """

    def __init__(self) -> None:
        self._next = 0.0

    async def wait(self) -> None:
        """Wait until the next refusal may be answered."""
        now = asyncio.get_running_loop().time()
        self._next = min(max(self._next, now) + _BETWEEN_REFUSALS, now + _LONGEST_WAIT)
        await asyncio.sleep(self._next - now)
