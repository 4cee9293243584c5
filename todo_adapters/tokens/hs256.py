"""Tokens signed with a secret that is shared with their issuer."""

import jwt

from todo_adapters.tokens.claims import ClaimRules
from todo_adapters.tokens.compact import CompactToken, parse_token
from todo_adapters.tokens.proof import Proof
from todo_adapters.tokens.secret import read_secret
from todo_core.errors import TokenRefused
from todo_core.ports import Clock

HS256 = "HS256"


class Hs256Verifier:
    """Implements todo_core.ports.TokenVerifier with HMAC-SHA-256 and one shared secret.

    Raises SecretUnusable for a secret under 32 bytes. ``leeway`` is in seconds; ``issuer`` and ``audience`` must match
    where a token states them, and None accepts any.
    """

    def __init__(
        self, secret: str, clock: Clock, leeway: float = 30.0, issuer: str | None = None, audience: str | None = None
    ) -> None:
        self._key = read_secret(secret)
        self._hmac = jwt.get_algorithm_by_name(HS256)
        self._rules = ClaimRules(clock, leeway, issuer, audience)

    async def prove(self, token: CompactToken) -> Proof:  # noqa: D102  the protocol says it
        if token.algorithm != HS256:
            raise TokenRefused("unexpected_algorithm")
        if not self._hmac.verify(token.signed, self._key, token.signature):
            raise TokenRefused("bad_signature")
        return Proof(self._rules.check(token.payload), self)

    def stands(self, proof: Proof) -> bool:  # noqa: D102  the protocol says it
        return proof.keys is self

    async def verify(self, token: str) -> str:  # noqa: D102  the port says it
        return (await self.prove(parse_token(token))).identity.user_id
