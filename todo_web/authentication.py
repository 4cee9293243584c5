"""Who sent a request. This is the one place where tokens meet routes."""

from datetime import timedelta

from fastapi import Request

from todo_core.errors import TokenRefused
from todo_web.audit import access_denied, authentication_failed
from todo_web.header_fields import field_values
from todo_web.problems import REALM, Problem
from todo_web.request_context import context_of


async def identify(request: Request, longest: timedelta | None = None, resource: str | None = None) -> str:
    """Return the id of the user whose token the ``Authorization`` header holds (RFC 6750, section 2.1).

    The token must be valid for at most ``longest`` from now; one that was issued for ``resource`` alone counts too.
    A request without a bearer token is told to send one, and no error code (section 3.1). About a token that was sent
    the client learns only that it is invalid, has expired, or is valid for too long. Raises Problem, TokenRefused and
    KeysUnavailable.
    """
    sent = field_values(request.scope["headers"], b"authorization")
    if len(sent) > 1:
        raise TokenRefused("several_headers")
    # Blanks around a field's value are no part of it, and several may follow the scheme (RFC 9110, 5.5 and 11.4).
    scheme, _, token = "".join(sent).strip(" \t").partition(" ")
    if scheme.lower() != "bearer":
        authentication_failed(request, "other_scheme" if sent else "no_token")
        raise token_required()
    user_id = await context_of(request).verifier.verify(token.lstrip(" "), longest, resource)
    request.scope["state"]["user_id"] = user_id  # request.state would make an object for it
    return user_id


def check_path(request: Request, user_id: str) -> None:
    """Let nobody but the user whom the path names go on, before anything is looked up.

    Raises Problem for everybody else, whether or not that user exists.
    """
    if request.path_params["user_id"] != user_id:
        access_denied(request, "foreign_path")
        raise path_forbidden()


def token_required() -> Problem:
    """Return the answer to a request without a token."""
    return Problem(
        401, "token_required", "A bearer token is required.", {"WWW-Authenticate": f'Bearer realm="{REALM}"'}
    )


def path_forbidden() -> Problem:
    """Return the answer to a user who is not the one whom the path names."""
    return Problem(403, "path_forbidden", "The path belongs to another user.")
