"""Put together the verifier that a deployment asks for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from todo_adapters.tokens.claims import LIFETIME_LIMIT, ClaimRules, Resource
from todo_adapters.tokens.jwks import ALGORITHMS
from todo_adapters.tokens.jwks_cache import KeyCache
from todo_adapters.tokens.shared_secret import HS256, SharedSecret
from todo_adapters.tokens.verifier import JwtVerifier, KeySource, Trust
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
    """Open the verifier of a deployment.

    Published keys are fetched in the background, so that the service starts while its issuer is still down. Raises
    SecretUnusable.
    """
    if settings.mode == "hs256":
        yield JwtVerifier(trusted(settings, clock), clock, settings.leeway)
        return
    from todo_adapters.tokens.jwks_client import open_jwks_client  # noqa: PLC0415  slow, and only needed here

    async with (
        open_jwks_client(settings.jwks_url) as client,
        aclosing(KeyCache(client.fetch, clock, url=_shown(settings.jwks_url))) as cache,
    ):
        cache.current()
        yield JwtVerifier(trusted(settings, clock, cache), clock, settings.leeway)


def trusted(settings: TokenSettings, clock: Clock, published: KeySource | None = None) -> Mapping[str, Trust]:
    """Return what a deployment trusts, by algorithm: its shared secret, the published keys, or both.

    Other parties may publish tokens that the same keys signed. So a token signed by a published key must name its
    issuer and its audience. Tokens for a resource are signed by published keys only. Raises SecretUnusable.
    """
    rules = ClaimRules(clock, settings.leeway, settings.issuer, settings.audience, longest=settings.longest)
    found: dict[str, Trust] = {}
    if settings.mode != "jwks":
        found[HS256] = Trust(SharedSecret(settings.secret), rules)
    if published is not None:
        rules = replace(rules, addressed=True, resource=settings.resource)
        found |= dict.fromkeys(ALGORITHMS, Trust(published, rules))
    return found


def _shown(url: str) -> str:
    """Return an address without what may be a credential in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
