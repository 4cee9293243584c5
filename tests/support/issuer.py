"""An issuer that publishes its keys. Signs with the cryptography library alone, not with the code under test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.token_forge import as_json, encode

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def private_key(algorithm: str, generation: int = 0, bits: int = 2048) -> PrivateKey:
    """Return one of the test run's keys; the generation tells those of one kind apart."""
    return _generated(algorithm, generation, bits)


@cache
def _generated(algorithm: str, generation: int, bits: int) -> PrivateKey:
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def number(value: int, size: int | None = None) -> str:
    return encode(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def public_members(key: PrivateKey) -> dict[str, object]:
    """Return the members of a JSON Web Key that make up the key itself (RFC 7518, section 6; RFC 8037)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().public_bytes_raw())}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "n": number(public.n), "e": number(public.e)}


def signature(algorithm: str, key: PrivateKey, signed: bytes) -> bytes:
    """Sign as RFC 7518, section 3 says for an algorithm."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(signed)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if algorithm == "PS256":
        return key.sign(signed, padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size), SHA256())
    return key.sign(signed, padding.PKCS1v15(), SHA256())


@dataclass
class Issuer:
    """Publishes ``keys``, by key id, and counts how often it was asked; ``failure`` is raised instead while set."""

    keys: dict[str, tuple[str, PrivateKey]] = field(default_factory=dict)
    extra: list[object] = field(default_factory=list)
    fetches: int = 0
    failure: Exception | None = None

    def add(self, key_id: str, algorithm: str, generation: int = 0) -> None:
        self.keys[key_id] = (algorithm, private_key(algorithm, generation))

    def key_set(self) -> bytes:
        published = [
            {"alg": algorithm, "kid": key_id, **public_members(key)} for key_id, (algorithm, key) in self.keys.items()
        ]
        return as_json({"keys": [*published, *self.extra]})

    async def fetch(self) -> bytes:
        self.fetches += 1
        if self.failure is not None:
            raise self.failure
        return self.key_set()

    def token(self, key_id: str, claims: object, header: Mapping[str, object] | None = None) -> str:
        """Return a token signed with one of the keys; its header is Better Auth's, unless it is changed."""
        algorithm, key = self.keys[key_id]
        head = {"alg": algorithm, "kid": key_id, **(header or {})}
        signed = f"{encode(as_json(head))}.{encode(as_json(claims))}"
        return f"{signed}.{encode(signature(algorithm, key, signed.encode()))}"
