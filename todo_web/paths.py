"""Addresses that answers carry: paths, with the prefix that a proxy gives the service, and without a host."""

import re
from urllib.parse import quote

from starlette.types import Scope

_KEPT = "/%:@!$&'()*+,;=~"
"""Characters that a path may hold unescaped (RFC 3986, section 3.3), and %, which begins an escape."""

_PREFIX = re.compile(r"((?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*)/?")


def requested_path(scope: Scope) -> str:
    """Return the path of a request as a URI reference, whatever bytes the client sent."""
    return reference(scope["raw_path"])


def reference(path: bytes) -> str:
    """Return a path as a URI reference, whatever bytes it holds."""
    return quote(path, safe=_KEPT)


def public_path(scope: Scope, path: str) -> str:
    """Return a path of the service as its clients see it."""
    # To the framework, a folder of files is a root, too.
    return f"{scope.get('app_root_path', scope['root_path'])}{path}"


def read_prefix(text: str) -> str:
    """Return the path in front of every path of the service: empty, or segments that each begin with a slash.

    Raises ValueError for what cannot be one, such as the address of another host.
    """
    match = _PREFIX.fullmatch(text)
    if match is None:
        raise ValueError("must be a path such as /todo, of letters, digits and . _ ~ -")
    return match[1]
