"""What the verifiers of this package have in common."""

from dataclasses import dataclass
from typing import Protocol

from todo_adapters.tokens.claims import Identity
from todo_adapters.tokens.compact import CompactToken


@dataclass(frozen=True, slots=True)
class Proof:
    """An identity, and what stands for the keys that proved it."""

    identity: Identity
    keys: object


class Prover(Protocol):
    """Verifies tokens with keys that may change."""

    async def prove(self, token: CompactToken) -> Proof:
        """Verify a token completely. Raises TokenRefused and KeysUnavailable."""

    async def check(self) -> None:
        """Return if tokens can be verified now. Raises KeysUnavailable."""

    def stands(self, proof: Proof) -> bool:
        """Whether the keys of a proof are in use still, all of them as they were. Cheap."""
