"""Put together the verifier that a deployment asks for."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from todo_adapters.tokens.both import BothVerifier
from todo_adapters.tokens.claims import LIFETIME_LIMIT, Resource
from todo_adapters.tokens.hs256 import Hs256Verifier
from todo_adapters.tokens.jwks import KeyCache
from todo_adapters.tokens.published import JwksVerifier
from todo_adapters.tokens.remembering import RememberingVerifier
from todo_core.ports import Clock, TokenVerifier

JWKS_PATH = "/api/auth/jwks"
"""Where Better Auth publishes its keys, below its origin."""


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """How the tokens of a deployment are signed, and by whom.

    ``secret`` is not used in the mode ``jwks``, ``jwks_url`` and ``resource`` not in ``hs256``; ``leeway`` is in
    seconds. A token may be valid for ``longest`` from now; None accepts it until it expires.
    """

    mode: Literal["hs256", "jwks", "both"]
    issuer: str
    audience: str
    secret: str = field(default="", repr=False)
    jwks_url: str = ""
    leeway: float = 30.0
    longest: timedelta | None = LIFETIME_LIMIT
    resource: Resource | None = None


@asynccontextmanager
async def open_verifier(settings: TokenSettings, clock: Clock) -> AsyncIterator[TokenVerifier]:
    """Open the verifier of a deployment, which remembers what it has verified.

    In the modes with published keys it starts to fetch them at once and does not wait: an issuer that is still down
    keeps nothing from starting. Raises SecretUnusable.
    """
    if settings.mode == "hs256":
        yield RememberingVerifier(_shared(settings, clock), clock, settings.leeway)
        return
    from todo_adapters.tokens.jwks_client import open_jwks_client  # noqa: PLC0415  slow, and only needed here

    shared = _shared(settings, clock) if settings.mode == "both" else None
    async with (
        open_jwks_client(settings.jwks_url) as client,
        aclosing(KeyCache(client.fetch, clock, url=_shown(settings.jwks_url))) as cache,
    ):
        cache.current()
        rules = settings.leeway, settings.issuer, settings.audience, settings.longest
        published = JwksVerifier(cache, clock, *rules, settings.resource)
        yield RememberingVerifier(BothVerifier(shared, published) if shared else published, clock, settings.leeway)


def _shown(url: str) -> str:
    """Return an address without what may be a credential in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _shared(settings: TokenSettings, clock: Clock) -> Hs256Verifier:
    rules = settings.leeway, settings.issuer, settings.audience, settings.longest
    return Hs256Verifier(settings.secret, clock, *rules)
