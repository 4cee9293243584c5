"""One deadline for all the storage work of a request, and the pace of refusals."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from todo_core.errors import StorageOverloaded, StorageUnavailable

Result = TypeVar("Result")

_BETWEEN_REFUSALS = 0.002
"""Seconds. Fifty are told at once, as far as anybody notices; on a busy event loop one in each of its rounds."""


class Refusals:
    """Lets those be told one after the other for whom there is no time.

    To tell them costs as much as a small answer. Clients that come back at once, as often as they are refused, would
    take that time from the requests that were let in; so they wait for each other.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def pace(self) -> None:
        """Wait until the next one may be told."""
        async with self._turn:
            await asyncio.sleep(_BETWEEN_REFUSALS)


async def in_time(request: Request, work: Awaitable[Result]) -> Result:
    """Give some work as long as the settings say.

    Raises StorageUnavailable when that is over, and StorageOverloaded at the pace of refusals.
    """
    container = request.app.state.container
    try:
        return await within(container.settings().storage_deadline, work)
    except StorageOverloaded:
        await container.refusals().pace()
        raise


async def within(seconds: float, work: Awaitable[Result]) -> Result:
    """Give some work so long. Raises StorageUnavailable when that is over."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise StorageUnavailable("The store did not answer before the request's deadline.") from None
