"""One deadline for all the storage work of a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from todo_core.errors import StorageUnavailable


@asynccontextmanager
async def storage_deadline(request: Request) -> AsyncIterator[None]:
    """Give the block as long as the settings say. Raises StorageUnavailable when that is over."""
    try:
        async with asyncio.timeout(request.app.state.container.settings().storage_deadline):
            yield
    except TimeoutError:
        raise StorageUnavailable("The store did not answer before the request's deadline.") from None
