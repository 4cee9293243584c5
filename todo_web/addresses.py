"""Addresses that answers carry, always relative to the service itself: it cannot know what stands before it."""

from urllib.parse import quote

from starlette.types import Scope

_KEPT = "/%:@!$&'()*+,;=~"
"""What may stand in a path unescaped (RFC 3986, section 3.3), and the sign of what is escaped already."""


def requested_path(scope: Scope) -> str:
    """Return the path of a request as a URI reference, whatever bytes the client sent."""
    return reference(scope["raw_path"])


def reference(path: bytes) -> str:
    """Return a path as a URI reference, whatever bytes it holds."""
    return quote(path, safe=_KEPT)
