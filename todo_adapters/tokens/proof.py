"""What the verifiers of this package have in common."""

from dataclasses import dataclass
from typing import Protocol

from todo_adapters.tokens.claims import Identity
from todo_adapters.tokens.compact import CompactToken


@dataclass(frozen=True, slots=True)
class Proof:
    """An identity, and the keys that proved it: it counts only as long as those are in use."""

    identity: Identity
    keys: object


class Prover(Protocol):
    """Verifies tokens with keys that may change."""

    def keys(self) -> object:
        """Return what stands for the keys in use now: another object after every change of them. Cheap."""

    async def prove(self, token: CompactToken) -> Proof:
        """Verify a token completely. Raises TokenRefused and KeysUnavailable."""
