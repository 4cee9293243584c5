"""Routes that tell an operator, or a platform, whether the service lives and can work."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from todo_web.openapi.responses import errors, headers
from todo_web.problems import NOT_STORED
from todo_web.request_context import context_of
from todo_web.storage_deadline import in_time


class Health(BaseModel):
    """The state of the service."""

    status: Literal["ok"]


_ANSWER: dict[int | str, dict[str, Any]] = {200: {"headers": headers()}}

router = APIRouter(prefix="/health", tags=["health"])


@router.api_route("", methods=["GET", "HEAD"], include_in_schema=False)
@router.head("/live", include_in_schema=False)
@router.get("/live", operation_id="health_live", responses=_ANSWER, openapi_extra={"responses": errors()})
async def live(response: Response) -> Health:
    """Tell that the process answers, whatever the state of its store."""
    response.headers.update(NOT_STORED)
    return Health(status="ok")


@router.head("/ready", include_in_schema=False)
@router.get(
    "/ready",
    operation_id="health_ready",
    responses=_ANSWER,
    openapi_extra={"responses": errors("Unavailable")},
)
async def ready(request: Request, response: Response) -> Health:
    """Tell that the store can be used and that tokens can be verified."""
    await in_time(request, context_of(request).readiness.check())
    response.headers.update(NOT_STORED)
    return Health(status="ok")
