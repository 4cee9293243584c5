"""What a command needs to work on a server: the address, a token for it, and the list over both."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from todo_adapters.address import ServerAddress, data_folder
from todo_adapters.rest.token_store import TokenStore
from todo_adapters.rest.unverified_claims import Claims, claims_of
from todo_cli.exit_codes import Misuse
from todo_cli.invocation import Invocation
from todo_core.errors import TokenRefused
from todo_core.ports import Clock
from todo_core.tasks import Tasks

TOKEN_VARIABLE = "TODO_TOKEN"  # noqa: S105  the name of one

_AROUND_TOKEN = re.compile(r"""^[\s\ufeff"']*(?:Bearer\s+)?|[\s"']*$""", re.IGNORECASE)
"""What comes along when a token is copied from a header or a file; none of it can be a part of one."""


@dataclass(frozen=True, slots=True)
class Login:
    """A token for a server, what it says of itself, and where it is kept."""

    server: ServerAddress
    token: str = field(repr=False)
    claims: Claims
    place: str


def bare(token: str) -> str:
    """Return a token without what came along when it was copied."""
    return _AROUND_TOKEN.sub("", token)


def login_with(invocation: Invocation, server: ServerAddress, token: str, place: str) -> Login:
    """Return a login. Raises TokenRefused for what is no token, and Misuse for one of another user than asked for."""
    claims = claims_of(token)
    wanted = invocation.options.user
    if wanted not in {None, claims.user_id}:
        raise Misuse(f"The token is that of {claims.user_id}; leave out --user, or log in as {wanted}.")
    return Login(server, token, claims, place)


def find_login(invocation: Invocation, server: ServerAddress) -> Login:
    """Return the token to use: that of the environment, else the one that is kept.

    Raises TokenRefused if there is none, Misuse if it is not of the user who is asked for, and StorageUnusable if what
    is kept must not be used.
    """
    if token := bare(invocation.settings.get(TOKEN_VARIABLE, "")):
        return login_with(invocation, server, token, TOKEN_VARIABLE)
    kept = token_store().find(server.url)
    if kept is None:
        raise TokenRefused(f"There is no token for {server.url}.")
    return login_with(invocation, server, kept.token, kept.place)


def token_store() -> TokenStore:
    """Return where tokens are kept."""
    return TokenStore(data_folder() / "tokens.json")


@contextmanager
def open_server(login: Login, clock: Clock) -> Iterator[Tasks]:
    """Open the way to a user's list on a server; nothing is sent yet."""
    from todo_adapters.rest.http_client import open_client  # noqa: PLC0415  the HTTP client is slow to import
    from todo_adapters.rest.tasks import RestTasks  # noqa: PLC0415  likewise

    with open_client(login.server) as client:
        yield RestTasks(client, login.token, clock)
