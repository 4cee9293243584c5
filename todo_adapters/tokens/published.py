"""Tokens signed with keys that their issuer publishes."""

from datetime import timedelta

from todo_adapters.tokens.claims import LIFETIME_LIMIT, ClaimRules, Resource
from todo_adapters.tokens.compact import CompactToken, parse_token
from todo_adapters.tokens.jwks import KeyCache
from todo_adapters.tokens.keys import ALGORITHMS
from todo_adapters.tokens.proof import Proof
from todo_core.errors import KeysUnavailable, TokenRefused
from todo_core.ports import Clock


class JwksVerifier:
    """Implements todo_adapters.tokens.proof.Prover with EdDSA, ES256, RS256 and PS256.

    ``iss`` and ``aud`` must be present and match: other parties may publish tokens signed with the same keys.
    ``leeway`` is in seconds. Only these keys sign what is issued for a ``resource``.
    """

    def __init__(  # noqa: PLR0913, PLR0917  what a deployment says of its tokens
        self,
        cache: KeyCache,
        clock: Clock,
        leeway: float,
        issuer: str,
        audience: str,
        longest: timedelta | None = LIFETIME_LIMIT,
        resource: Resource | None = None,
    ) -> None:
        self._cache = cache
        self._rules = ClaimRules(clock, leeway, issuer, audience, addressed=True, longest=longest, resource=resource)

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
        return Proof(self._rules.check(token), keys)

    def stands(self, proof: Proof) -> bool:  # noqa: D102  the protocol says it
        return proof.keys is self._cache.current()

    async def check(self) -> None:  # noqa: D102  the port says it
        if self._cache.current() is None:
            raise KeysUnavailable

    async def verify(self, token: str) -> str:
        """Return the user id that a token proves, once for all contracts. Raises as ``prove``."""
        return (await self.prove(parse_token(token))).identity.user_at(None)
