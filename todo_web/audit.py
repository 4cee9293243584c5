"""Audit events: who tried what without being allowed to."""

import logging
from collections.abc import Mapping
from ipaddress import ip_address

from fastapi import Request

from todo_core.errors import TaskForbidden, TaskHidden, TodoError, TokenRefused

_LOGGER = logging.getLogger("todo.audit")

_SETTINGS = {
    "lifetime_too_long": "TODO_JWT_MAX_LIFETIME",
    "lifetime_too_long_here": "token_lifetime of the contract",
}
"""What an operator may want to change, by the reason for a refusal."""


def audit(request: Request, error: TodoError) -> None:
    """Log an authentication failure or an authorization violation; other errors are not for the audit log."""
    match error:
        case TokenRefused():
            authentication_failed(request, error.reason, error.facts)
        case TaskForbidden() | TaskHidden():
            access_denied(request, "foreign_task")


def authentication_failed(request: Request, reason: str, facts: Mapping[str, str] | None = None) -> None:
    """Log that a request did not prove who sent it; ``facts`` say more of the reason."""
    _log(request, "authentication_failure", reason, facts)


def access_denied(request: Request, reason: str) -> None:
    """Log that a known user asked for what is somebody else's."""
    _log(request, "authorization_violation", reason)


def log_event(event: str, reason: str, **facts: object) -> None:
    """Log an event with what is known of it."""
    _LOGGER.warning(event, extra={"reason": reason, **facts})


def _address(request: Request) -> str | None:
    """Return the client's address; a proxy on this machine may have passed on what is none."""
    try:
        return str(ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None


def _log(request: Request, event: str, reason: str, facts: Mapping[str, str] | None = None) -> None:
    route = request.scope.get("route")
    log_event(
        event,
        reason,
        request_id=request.state.request_id,
        method=request.method,
        route=getattr(route, "path_format", None),
        user_id=getattr(request.state, "user_id", None),
        client=_address(request),
        **({"setting": _SETTINGS[reason]} if reason in _SETTINGS else {}),
        **(facts or {}),
    )
