"""Tokens signed with a secret that is shared with their issuer."""

from datetime import timedelta

import jwt

from todo_adapters.tokens.claims import LIFETIME_LIMIT, ClaimRules
from todo_adapters.tokens.compact import CompactToken, parse_token
from todo_adapters.tokens.proof import Proof
from todo_adapters.tokens.secret import read_secret
from todo_core.errors import TokenRefused
from todo_core.ports import Clock

HS256 = "HS256"


class Hs256Verifier:
    """Implements todo_adapters.tokens.proof.Prover with HMAC-SHA-256 and one shared secret.

    Raises SecretUnusable for a secret under 32 bytes. ``leeway`` is in seconds; ``issuer`` and ``audience`` must match
    where a token states them, and None accepts any.
    """

    def __init__(  # noqa: PLR0913, PLR0917  what a deployment says of its tokens
        self,
        secret: str,
        clock: Clock,
        leeway: float = 30.0,
        issuer: str | None = None,
        audience: str | None = None,
        longest: timedelta | None = LIFETIME_LIMIT,
    ) -> None:
        self._key = read_secret(secret)
        self._hmac = jwt.get_algorithm_by_name(HS256)
        self._rules = ClaimRules(clock, leeway, issuer, audience, longest=longest)

    async def prove(self, token: CompactToken) -> Proof:  # noqa: D102  the protocol says it
        if token.algorithm != HS256:
            raise TokenRefused("unexpected_algorithm")
        if not self._hmac.verify(token.signed, self._key, token.signature):
            raise TokenRefused("bad_signature")
        return Proof(self._rules.check(token), self)

    def stands(self, proof: Proof) -> bool:  # noqa: D102  the protocol says it
        return proof.keys is self

    async def check(self) -> None:  # noqa: D102  the port says it
        return

    async def verify(self, token: str) -> str:
        """Return the user id that a token proves, once for all contracts. Raises as ``prove``."""
        return (await self.prove(parse_token(token))).identity.user_at(None)
