"""Tokens signed with keys that their issuer publishes."""

from todo_adapters.tokens.claims import ClaimRules
from todo_adapters.tokens.compact import CompactToken, parse_token
from todo_adapters.tokens.jwks import KeyCache
from todo_adapters.tokens.keys import ALGORITHMS
from todo_adapters.tokens.proof import Proof
from todo_core.errors import TokenRefused
from todo_core.ports import Clock


class JwksVerifier:
    """Implements todo_core.ports.TokenVerifier with EdDSA, ES256, RS256 and PS256.

    ``iss`` and ``aud`` must be present and match: other parties may publish tokens signed with the same keys.
    ``leeway`` is in seconds.
    """

    def __init__(self, cache: KeyCache, clock: Clock, leeway: float, issuer: str, audience: str) -> None:
        self._cache = cache
        self._rules = ClaimRules(clock, leeway, issuer, audience, addressed=True)

    async def prove(self, token: CompactToken) -> Proof:  # noqa: D102  the protocol says it
        if token.algorithm not in ALGORITHMS:
            raise TokenRefused("unexpected_algorithm")
        if token.key_id is None:
            raise TokenRefused("missing_key_id")
        keys = await self._cache.keys_for(token.key_id)
        key = keys.by_id.get(token.key_id)
        if key is None:
            raise TokenRefused("unknown_key")
        if key.algorithm != token.algorithm:
            raise TokenRefused("unexpected_algorithm")
        if not key.verify(token.signed, token.signature):
            raise TokenRefused("bad_signature")
        return Proof(self._rules.check(token.payload), keys)

    def stands(self, proof: Proof) -> bool:  # noqa: D102  the protocol says it
        return proof.keys is self._cache.current()

    async def verify(self, token: str) -> str:  # noqa: D102  the port says it
        return (await self.prove(parse_token(token))).identity.user_id
