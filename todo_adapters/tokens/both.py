"""A shared secret and published keys side by side, as when an issuer moves from one to the other."""

from todo_adapters.tokens.compact import CompactToken, parse_token
from todo_adapters.tokens.hs256 import HS256, Hs256Verifier
from todo_adapters.tokens.proof import Proof
from todo_adapters.tokens.published import JwksVerifier


class BothVerifier:
    """Implements todo_adapters.tokens.proof.Prover; the token's algorithm decides which verifier is asked.

    That is safe because neither ever uses a key of the other: a published key cannot serve as a secret.
    """

    def __init__(self, shared: Hs256Verifier, published: JwksVerifier) -> None:
        self._shared = shared
        self._published = published

    async def prove(self, token: CompactToken) -> Proof:  # noqa: D102  the protocol says it
        return await (self._shared if token.algorithm == HS256 else self._published).prove(token)

    def stands(self, proof: Proof) -> bool:  # noqa: D102  the protocol says it
        return self._shared.stands(proof) or self._published.stands(proof)

    async def check(self) -> None:  # noqa: D102  the port says it
        await self._published.check()

    async def verify(self, token: str) -> str:
        """Return the user id that a token proves, once for all contracts. Raises as ``prove``."""
        return (await self.prove(parse_token(token))).identity.user_at(None)
