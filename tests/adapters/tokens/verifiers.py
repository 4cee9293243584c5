"""Verifiers as deployments have them."""

from datetime import timedelta

from tests.support.token_forge import ISSUER, SECRET
from todo_adapters.tokens.claims import LIFETIME_LIMIT, Resource
from todo_adapters.tokens.jwks_cache import KeyCache
from todo_adapters.tokens.open_verifier import TokenSettings, trusted
from todo_adapters.tokens.verifier import JwtVerifier
from todo_core.ports import Clock

LEEWAY = 30


def shared_verifier(clock: Clock, secret: str = SECRET, *, longest: timedelta | None = LIFETIME_LIMIT) -> JwtVerifier:
    """Return what verifies with a shared secret."""
    settings = TokenSettings("hs256", ISSUER, ISSUER, secret, leeway=LEEWAY, longest=longest)
    return JwtVerifier(trusted(settings, clock), clock, LEEWAY)


def published_verifier(clock: Clock, cache: KeyCache) -> JwtVerifier:
    """Return what verifies with published keys."""
    settings = TokenSettings("jwks", ISSUER, ISSUER, leeway=LEEWAY)
    return JwtVerifier(trusted(settings, clock, cache), clock, LEEWAY)


def both_verifier(clock: Clock, cache: KeyCache, resource: Resource | None = None) -> JwtVerifier:
    """Return what verifies with a shared secret and with published keys."""
    settings = TokenSettings("both", ISSUER, ISSUER, SECRET, leeway=LEEWAY, resource=resource)
    return JwtVerifier(trusted(settings, clock, cache), clock, LEEWAY)
