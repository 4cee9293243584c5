"""Which pages of other origins may read answers, and what of them (CORS)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from todo_web.header_fields import HeaderField, field_values
from todo_web.ignored_fields import IGNORED

_EXPOSED = (
    *("ETag", "Link", "Location", "X-Request-ID", "WWW-Authenticate", "Retry-After", "Idempotency-Replayed"),
    IGNORED,
)

_LOOPBACK = re.compile(r"[a-z][a-z0-9+.-]*://(([a-z0-9-]+\.)*localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?")
"""Origins of pages that this machine serves to itself, or that a program brings with it (``capacitor://localhost``)."""

_VARY = (b"vary", b"Origin")
_READABLE = (
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-expose-headers", ", ".join(_EXPOSED).encode()),
    _VARY,
)


@dataclass(frozen=True)
class AllowedPages:
    """Says of every answer whether the page that asked may read it, whoever gives the answer."""

    origins: tuple[str, ...]

    loopback: bool
    """Whether pages of this machine may as well."""

    def allows(self, origin: str) -> bool:
        """Whether pages of an origin may read answers."""
        return origin in self.origins or (self.loopback and _LOOPBACK.fullmatch(origin) is not None)

    def fields(self, head: Iterable[HeaderField]) -> tuple[HeaderField, ...]:
        """Return the fields that tell a browser whether the page may read the answer; ``head`` is the request's."""
        origins = field_values(head, b"origin")
        if not origins or not self.allows(origins[0]):
            return (_VARY,)
        return ((b"access-control-allow-origin", origins[0].encode("latin-1")), *_READABLE)
