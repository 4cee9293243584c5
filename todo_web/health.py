"""Routes that tell an operator, or a platform, whether the service lives and can work."""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from todo_core.errors import TodoError
from todo_core.ports import TaskRepository, TokenVerifier
from todo_web.deadline import in_time
from todo_web.openapi.responses import errors, headers


class Readiness:
    """Looks whether the service can do its work, once for all who ask at a time: anybody may ask, without a token.

    Belongs to one event loop.
    """

    def __init__(self, repository: TaskRepository, verifier: TokenVerifier) -> None:
        self._repository = repository
        self._verifier = verifier
        self._look: asyncio.Task[TodoError | None] | None = None

    async def check(self) -> None:
        """Return if the store can be used and tokens can be verified. Raises StorageError and KeysUnavailable."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._found())
        # Whoever gives up waiting takes the answer from nobody else.
        if error := await asyncio.shield(self._look):
            raise error.with_traceback(None)

    async def _found(self) -> TodoError | None:
        try:
            await self._repository.check()
            await self._verifier.check()
        except TodoError as error:
            return error
        return None


class Health(BaseModel):
    """The state of the service."""

    status: Literal["ok"]


_ANSWER: dict[int | str, dict[str, Any]] = {200: {"headers": headers()}}

router = APIRouter(prefix="/health", tags=["health"])


@router.api_route("", methods=["GET", "HEAD"], include_in_schema=False)
@router.head("/live", include_in_schema=False)
@router.get("/live", operation_id="health_live", responses=_ANSWER, openapi_extra={"responses": errors("Unexpected")})
async def live() -> Health:
    """Tell that the process answers, whatever the state of its store."""
    return Health(status="ok")


@router.head("/ready", include_in_schema=False)
@router.get(
    "/ready",
    operation_id="health_ready",
    responses=_ANSWER,
    openapi_extra={"responses": errors("Unexpected", "Unavailable")},
)
async def ready(request: Request) -> Health:
    """Tell that the store can be used and that tokens can be verified."""
    await in_time(request, request.app.state.container.readiness().check())
    return Health(status="ok")
