"""Audit events: who tried what without being allowed to."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_address

from fastapi import Request

from todo_core.errors import TaskForbidden, TaskHidden, TodoError, TokenRefused
from todo_web.hidden_tasks import HiddenTasks
from todo_web.logs import unheard_logger
from todo_web.request_context import context_of

_LOGGER = logging.getLogger("todo.audit")
_UNHEARD = unheard_logger()

Denied = Callable[[str, Mapping[str, str], logging.Logger], None]
"""Logs the reason for which a user was denied something, and facts, with a logger."""

_SETTINGS = {
    "lifetime_too_long": "TODO_JWT_MAX_LIFETIME",
    "lifetime_too_long_here": "token_lifetime of the contract",
}
"""What an operator may want to change, by the reason for a refusal."""


async def audit(request: Request, error: TodoError) -> None:
    """Log an authentication failure or an authorization violation; other errors are not for the audit log.

    For after the answer: it may take as long as a question to the store, and is written at once if the service ends.
    """
    match error:
        case TokenRefused():
            authentication_failed(request, error.reason, error.facts)
        case TaskForbidden():
            access_denied(request, "foreign_task")
        case TaskHidden():
            hidden_tasks, user_id = context_of(request).hidden_tasks, request.state.user_id
            await audit_hidden(hidden_tasks, user_id, error, partial(access_denied, request))


async def audit_hidden(hidden_tasks: HiddenTasks, user_id: str, error: TaskHidden, denied: Denied) -> None:
    """Log that a user asked for another's task, also where nobody knows whether it is: no attempt goes unlogged.

    If nobody else owns the task, the event is made and thrown away. Making it delays the user's next request, and
    without that delay the user could tell a missing task from a hidden one.
    """
    foreign = None
    try:
        foreign = await hidden_tasks.is_foreign(user_id, error.task_id)
    finally:
        facts = {"owner": "unknown"} if foreign is None else {}
        denied("foreign_task", facts, _UNHEARD if foreign is False else _LOGGER)


def authentication_failed(request: Request, reason: str, facts: Mapping[str, str] | None = None) -> None:
    """Log that a request did not prove who sent it; ``facts`` say more of the reason."""
    _log(request, "authentication_failure", reason, facts)


def access_denied(
    request: Request, reason: str, facts: Mapping[str, str] | None = None, logger: logging.Logger = _LOGGER
) -> None:
    """Log that a known user asked for what is somebody else's; ``facts`` say more of the reason."""
    _log(request, "authorization_violation", reason, facts, logger)


def log_event(event: str, reason: str, logger: logging.Logger = _LOGGER, **facts: object) -> None:
    """Log an event with what is known of it."""
    logger.warning(event, extra={"reason": reason, **facts})


def _address(request: Request) -> str | None:
    """Return the client's address; a proxy on this machine may have passed on what is none."""
    try:
        return str(ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None


def _log(
    request: Request,
    event: str,
    reason: str,
    facts: Mapping[str, str] | None = None,
    logger: logging.Logger = _LOGGER,
) -> None:
    route = request.scope.get("route")
    log_event(
        event,
        reason,
        logger,
        request_id=request.state.request_id,
        method=request.method,
        route=getattr(route, "path_format", None),
        user_id=getattr(request.state, "user_id", None),
        client=_address(request),
        **({"setting": _SETTINGS[reason]} if reason in _SETTINGS else {}),
        **(facts or {}),
    )
