"""One deadline for all the storage work of a request."""

from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Request

from todo_adapters.shared_timeout import SharedTimeout
from todo_core.errors import StorageOverloaded, StorageUnavailable
from todo_web.request_context import context_of

Result = TypeVar("Result")


async def in_time(request: Request, work: Awaitable[Result]) -> Result:
    """Give some work as long as the settings say.

    Raises StorageUnavailable when that time is over, and StorageOverloaded, which is throttled.
    """
    context = context_of(request)
    try:
        return await within(context.storage_timeout, work)
    except StorageOverloaded:
        await context.refusal_throttle.wait()
        raise


async def within(limit: SharedTimeout, work: Awaitable[Result]) -> Result:
    """Give some work the time that a request's work has. Raises StorageUnavailable when that is over."""
    try:
        with limit.block():
            return await work
    except TimeoutError:
        raise StorageUnavailable("The store did not answer before the request's deadline.") from None
