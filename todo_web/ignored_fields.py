"""Fields and parameters of a request that mean nothing here.

The answer names them, so that no client believes that they had an effect.
"""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

IGNORED = "Ignored-Fields"
NAMED_LIMIT = 20
"""The most names that are repeated to a client, in a header or in a problem."""

_NAME_LIMIT = 64
_IDENTIFIER = re.compile(f"[A-Za-z_][A-Za-z0-9_-]{{0,{_NAME_LIMIT - 1}}}")
_NOTED = "todo.ignored"


def is_identifier(name: str) -> bool:
    """Whether a name that a client sent is harmless to repeat in any place."""
    return _IDENTIFIER.fullmatch(name) is not None


def note_ignored(request: Request, names: Iterable[str]) -> None:
    """Remember names of a request that mean nothing here.

    What would be harmful in a header is written as in a URL, and what is too long is cut after a whole character.
    """
    request.scope[_NOTED] = ", ".join(islice((_shown(name) for name in names if name), NAMED_LIMIT))


def _shown(name: str) -> str:
    characters = [quote(character, safe="[]$.:@") for character in name[:_NAME_LIMIT]]
    while sum(map(len, characters)) > _NAME_LIMIT:
        characters.pop()
    return "".join(characters)


def name_ignored(request: Request, response: Response) -> None:
    """Say in an answer what of its request was ignored."""
    if names := request.scope.get(_NOTED):
        response.headers[IGNORED] = names
