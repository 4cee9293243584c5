"""Who sent a request: the one place where tokens meet routes."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from todo_core.errors import TokenRefused
from todo_web.audit import access_denied, authentication_failed
from todo_web.problems import REALM, Problem


class BearerToken(SecurityBase):
    """The dependency that turns the ``Authorization`` header into the id of a user (RFC 6750, section 2.1).

    A request without a bearer token is told to send one, and no error code (section 3.1); what is wrong with a token
    that was sent, only that it has expired or is valid for too long.
    """

    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="A JWT from Better Auth, or from `todo-web token`.")
        self.scheme_name = "BearerToken"

    async def __call__(self, request: Request) -> str:
        """Return the user's id, as ``identify``."""
        return await self.identify(request)

    async def identify(self, request: Request, longest: timedelta | None = None, resource: str | None = None) -> str:
        """Return the user's id, if the token is valid for at most ``longest`` from now.

        Tokens that were issued for ``resource`` alone count too. Raises Problem, TokenRefused and KeysUnavailable.
        """
        sent = request.headers.getlist("authorization")
        if len(sent) > 1:
            raise TokenRefused("several_headers")
        # Blanks around a field's value are no part of it, and several may follow the scheme (RFC 9110, 5.5 and 11.4).
        scheme, _, token = "".join(sent).strip(" \t").partition(" ")
        if scheme.lower() != "bearer":
            authentication_failed(request, "other_scheme" if sent else "no_token")
            raise token_required()
        user_id: str = await request.app.state.container.verifier().verify(token.lstrip(" "), longest, resource)
        request.state.user_id = user_id
        return user_id


current_user = BearerToken()
CurrentUser = Annotated[str, Depends(current_user)]


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
