"""What a request needs of the service that it came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from todo_adapters.shared_timeout import SharedTimeout
from todo_core.ports import TokenVerifier
from todo_core.service import TaskService
from todo_web.hidden_tasks import HiddenTasks
from todo_web.readiness import Readiness
from todo_web.refusal_throttle import RefusalThrottle


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Made once, when a service begins to run. ``services`` are by the contract's name."""

    verifier: TokenVerifier
    services: Mapping[str, TaskService]
    assistant: TaskService
    readiness: Readiness
    refusal_throttle: RefusalThrottle
    hidden_tasks: HiddenTasks
    storage_timeout: SharedTimeout


def context_of(request: Request) -> RequestContext:
    """Return the context of the service that a request came to; each application has its own."""
    context: RequestContext = request.scope["app"].context
    return context
