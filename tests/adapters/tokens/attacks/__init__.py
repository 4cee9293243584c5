"""Tokens that must all be refused, as a table: for the verifier, and for requests to the service."""

from dataclasses import dataclass

from tests.adapters.tokens.attacks import meaning, signing, writing
from tests.adapters.tokens.attacks.scene import LEEWAY, Make, Scene

__all__ = ["ATTACKS", "LEEWAY", "Attack", "Scene"]


@dataclass(frozen=True)
class Attack:
    """One token that proves nobody's identity, made when it is needed; ``expired`` if nothing else is wrong with it."""

    name: str
    make: Make
    expired: bool = False


_FAMILIES = (
    signing.algorithms,
    signing.key_confusion,
    signing.signatures,
    writing.headers,
    writing.encodings,
    writing.payloads,
    meaning.kinds,
    meaning.lifetimes,
    meaning.identities,
    meaning.expired,
)

ATTACKS = tuple(
    Attack(f"{family.__name__}: {name}", make, expired=family is meaning.expired)
    for family in _FAMILIES
    for name, make in family()
)
