"""Attacks on the choice of algorithm and key, and on signatures."""

import base64
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.adapters.tokens.attacks.building_blocks import (
    Family,
    Make,
    Scene,
    forged,
    header,
    keyed,
    made,
    raw_header,
    relabelled,
)
from tests.support.issuer import private_key, public_members, signature
from tests.support.token_forge import SECRET, as_json, encode, mac, token

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256."""


def algorithms() -> Family:
    """Let the token choose how it is verified (RFC 8725, sections 2.1 and 3.1)."""
    nothing = ("none", "None", "NONE", "nOnE", "", " none", "none ", "null")
    wrong = (
        "hs256",
        "Hs256",
        "HS256 ",
        " HS256",
        "HS256\0",
        "HS-256",
        "HMAC",
        "sha256",
        "HS512256",
        "A256GCMKW",
        "dir",
    )
    other = ("RS384", "RS512", "PS384", "PS512", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "ML-DSA-44")
    kinds = (None, True, 0, 256, ["HS256"], {"HS256": 1}, ["none", "HS256"])
    swapped = (("rs", "PS256"), ("ps", "RS256"), ("ed", "ES256"), ("ec", "EdDSA"), ("rs", "HS256"), ("ed", "HS256"))
    return [
        *((f"{name!r} with a MAC", header(alg=name)) for name in nothing),
        *((f"{name!r} unsigned", made(_unsigned, name)) for name in nothing),
        *((f"{json.dumps(value)}", header(alg=value)) for value in kinds),
        ("missing", raw_header(b'{"typ":"JWT"}')),
        ("missing with everything else", raw_header(b"{}")),
        *((f"{name!r}", header(alg=name)) for name in wrong),
        ("HS384 with the right secret", made(_hmac, "HS384", "sha384")),
        ("HS512 with the right secret", made(_hmac, "HS512", "sha512")),
        *((f"{name} under the key {key}", relabelled(key, alg=name)) for name in other for key in ("rs", "ec", "ed")),
        *((f"{name} under the key {key}", relabelled(key, alg=name)) for key, name in swapped),
        *((f"{name} with a MAC under the key {key}", header(alg=name, kid=key)) for key, name in swapped[:4]),
    ]


def _unsigned(scene: Scene, name: str) -> str:
    return token(scene.claims(), {"alg": name}).rpartition(".")[0] + "."


def _hmac(scene: Scene, name: str, digest: str) -> str:
    signed = token(scene.claims(), {"alg": name}).rpartition(".")[0]
    return f"{signed}.{mac(signed, digest=digest)}"


def key_confusion() -> Family:
    """Use what everybody may know as the shared secret (CVE-2015-9235 and its kin)."""
    guesses = (b"", b"\0", b"secret", b"null", b"undefined", b"changeme", SECRET[:-1].encode(), SECRET.upper().encode())
    return [
        *(
            (f"MAC with the {algorithm} key as {what}", keyed(secret, kid=key_id))
            for key_id, algorithm in (("ed", "EdDSA"), ("ec", "ES256"), ("rs", "RS256"))
            for what, secret in _spellings(algorithm).items()
        ),
        ("MAC with the whole key set", lambda scene: token(scene.claims(), {"kid": "ed"}, scene.issuer.key_set())),
        *((f"MAC with the guess {secret!r}", keyed(secret)) for secret in guesses),
        ("MAC with the secret in base64", keyed(base64.b64encode(SECRET.encode()))),
        ("MAC with the secret and a newline", keyed(SECRET.encode() + b"\n")),
        ("MAC with Better Auth's published fallback", keyed(b"better-auth-secret-12345678901234567890")),
        ("unpublished key under a known name", forged("ed")),
        ("unpublished key under an unknown name", forged("evil")),
    ]


def _spellings(algorithm: str) -> dict[str, bytes]:
    public = private_key(algorithm).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {"PEM": pem, "stripped PEM": pem.strip(), "DER": der, "JWK": as_json(public_members(private_key(algorithm)))}


def signatures() -> Family:
    """Signatures that a careless verifier takes for true."""
    sizes = (("ed", 64), ("ec", 64), ("rs", 256), ("ps", 256))
    return [
        ("none", lambda scene: scene.text().rpartition(".")[0] + "."),
        ("none, and no dot", lambda scene: scene.text().rpartition(".")[0]),
        ("first bit of the MAC", made(_signed_as, lambda true: bytes([true[0] ^ 0x80]) + true[1:])),
        ("last bit of the MAC", made(_signed_as, lambda true: true[:-1] + bytes([true[-1] ^ 1]))),
        ("half of the MAC", made(_signed_as, lambda true: true[:16])),
        ("31 bytes of the MAC", made(_signed_as, lambda true: true[:-1])),
        ("33 bytes of MAC", made(_signed_as, lambda true: true + b"\0")),
        ("MAC of zeros", made(_signed_as, lambda _: bytes(32))),
        ("MAC in hexadecimal", made(_signed_as, lambda true: true.hex().encode())),
        ("MAC twice", made(_signed_as, lambda true: true * 2)),
        ("MAC of another token", lambda scene: scene.text().rpartition(".")[0] + "." + mac("x.y")),
        ("true for another payload", made(_spliced, 1, {"sub": "bob", "exp": 2**31})),
        ("true for another header", made(_spliced, 0, {"alg": "HS256", "typ": "JWT", "x": 1})),
        *((f"zeros for {key_id}", _fixed(key_id, bytes(size))) for key_id, size in sizes),
        *((f"nothing for {key_id}", _fixed(key_id, b"")) for key_id, _ in sizes),
        *((f"too much for {key_id}", _fixed(key_id, b"x" * 1000)) for key_id, _ in sizes),
        *((f"true for another payload, {key_id}", made(_swapped, key_id)) for key_id, _ in sizes),
        ("psychic: r = 0", _fixed("ec", bytes(32) + b"\1" * 32)),
        ("psychic: s = 0", _fixed("ec", b"\1" * 32 + bytes(32))),
        ("psychic: r = s = n", _fixed("ec", N.to_bytes(32, "big") * 2)),
        ("psychic: r = n, s = 1", _fixed("ec", N.to_bytes(32, "big") + (1).to_bytes(32, "big"))),
        ("ES256 in DER", _der),
        ("Ed25519 identity", _fixed("ed", b"\1" + bytes(63))),
        ("RSA signature 1", _fixed("rs", (1).to_bytes(256, "big"))),
    ]


def _signed_as(scene: Scene, change: Callable[[bytes], bytes]) -> str:
    signed, _, true = scene.text().rpartition(".")
    return f"{signed}.{encode(change(base64.urlsafe_b64decode(true + '=')))}"


def _spliced(scene: Scene, index: int, content: object) -> str:
    parts = scene.text().split(".")
    parts[index] = encode(as_json(content))
    return ".".join(parts)


def _fixed(key_id: str, false: bytes) -> Make:
    return lambda scene: scene.issuer.token(key_id, scene.claims()).rpartition(".")[0] + "." + encode(false)


def _swapped(scene: Scene, key_id: str) -> str:
    head, _, true = scene.issuer.token(key_id, scene.claims()).split(".")
    return f"{head}.{encode(as_json(scene.claims(sub='bob')))}.{true}"


def _der(scene: Scene) -> str:
    signed = scene.issuer.token("ec", scene.claims()).rpartition(".")[0]
    raw = signature("ES256", private_key("ES256"), signed.encode())
    integers = b"".join(b"\2\x21\0" + raw[start : start + 32] for start in (0, 32))
    return f"{signed}.{encode(bytes([0x30, len(integers)]) + integers)}"
