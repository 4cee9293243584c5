"""Tokens that must all be refused, as a table: for the verifier, and for requests to the service."""

from dataclasses import dataclass

from tests.adapters.tokens.attacks import on_claims, on_encoding, on_signatures
from tests.adapters.tokens.attacks.building_blocks import LEEWAY, Make, Scene

__all__ = ["ATTACKS", "LEEWAY", "Attack", "Scene"]


@dataclass(frozen=True)
class Attack:
    """One token that proves nobody's identity, made when it is needed; ``expired`` if nothing else is wrong with it."""

    name: str
    make: Make
    expired: bool = False


_FAMILIES = (
    on_signatures.algorithms,
    on_signatures.key_confusion,
    on_signatures.signatures,
    on_encoding.headers,
    on_encoding.encodings,
    on_encoding.payloads,
    on_claims.kinds,
    on_claims.lifetimes,
    on_claims.identities,
    on_claims.expired,
)

ATTACKS = tuple(
    Attack(f"{family.__name__}: {name}", make, expired=family is on_claims.expired)
    for family in _FAMILIES
    for name, make in family()
)
