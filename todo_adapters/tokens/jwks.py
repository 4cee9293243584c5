"""Public keys as their issuer publishes them: a JSON Web Key Set (RFC 7517)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt

from todo_adapters.tokens.compact_token import parse_object
from todo_core.errors import TokenRefused

_RSA_BITS = range(2048, 8192 + 1)
"""Shorter keys are weak (RFC 7518, section 3.3), longer ones would cost every request."""

_FAMILIES: Mapping[tuple[object, object], tuple[str, ...]] = {
    ("OKP", "Ed25519"): ("EdDSA",),
    ("EC", "P-256"): ("ES256",),
    ("RSA", None): ("RS256", "PS256"),
}
"""By ``kty`` and ``crv``; the first algorithm is the one of a key that names none. ``oct`` is missing on purpose: a
published secret is no secret."""

ALGORITHMS = frozenset(name for names in _FAMILIES.values() for name in names)

_PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key, bound to the one algorithm that it may verify (RFC 8725, section 3.1)."""

    algorithm: str
    verify: Callable[[bytes, bytes], bool] = field(repr=False)
    """Takes what was signed and the signature."""


@dataclass(frozen=True, slots=True, eq=False)
class KeySet:
    """The usable keys of an issuer by ``kid``; ``source`` is the text that published them."""

    source: bytes = field(repr=False)
    by_id: Mapping[str, VerificationKey]


class KeySetUnusable(Exception):
    """The text is no key set, or no key in it can be used."""


def read_key_set(source: bytes) -> KeySet:
    """Return the keys of a published set that can be used. Raises KeySetUnusable if there is none.

    Keys of other kinds and for other uses are left out: one of them must not stop the rest (RFC 7517, section 5).
    """
    try:
        entries = parse_object(source).get("keys")
    except TokenRefused:
        raise KeySetUnusable("it is not a JSON object") from None
    by_id: dict[str, VerificationKey] = {}
    for entry in entries if isinstance(entries, list) else []:
        key = _read_key(entry) if isinstance(entry, dict) else None
        if key is not None:
            by_id.setdefault(entry["kid"], key)
    if not by_id:
        raise KeySetUnusable("it holds no usable key")
    return KeySet(source, by_id)


def _read_key(entry: dict[str, object]) -> VerificationKey | None:
    algorithm = _algorithm_of(entry)
    if algorithm is None or not _for_signatures(entry):
        return None
    public = {name: entry[name] for name in _PUBLIC_MEMBERS if name in entry}
    try:
        found = jwt.PyJWK(public, algorithm)
        key = found.Algorithm.prepare_key(found.key)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if algorithm in _FAMILIES["RSA", None] and key.key_size not in _RSA_BITS:
        return None
    return VerificationKey(algorithm, lambda signed, signature: found.Algorithm.verify(signed, key, signature))


def _algorithm_of(entry: dict[str, object]) -> str | None:
    kind, curve = entry.get("kty"), entry.get("crv")
    if not isinstance(kind, str) or not (curve is None or isinstance(curve, str)):
        return None
    names = _FAMILIES.get((kind, curve), ())
    stated = entry.get("alg", names[0] if names else None)
    return stated if isinstance(stated, str) and stated in names else None


def _for_signatures(entry: dict[str, object]) -> bool:
    """Whether a key has an id, verifies signatures and is public: a key that was published with ``d`` is no secret."""
    operations = entry.get("key_ops", ["verify"])
    return (
        isinstance(entry.get("kid"), str)
        and entry.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in entry
    )
