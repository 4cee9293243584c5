"""Build tokens piece by piece, the wrong ones above all. Knows nothing of the code under test."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

from tests.support import secrecy

SECRET = secrecy.SECRET
ISSUER = "https://auth.example"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def mac(signed: str, secret: str | bytes = SECRET, digest: str = "sha256") -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return encode(hmac.digest(key, signed.encode(), hashlib.new(digest).name))


def sealed(header: bytes, payload: bytes, secret: str | bytes = SECRET) -> str:
    """Return a token with a true HMAC-SHA-256 over whatever bytes are given."""
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{mac(signed, secret)}"


def token(claims: object, header: Mapping[str, object] | None = None, secret: str | bytes = SECRET) -> str:
    """Return a token with a true HMAC-SHA-256 over a JSON header and payload."""
    return sealed(as_json({"alg": "HS256", "typ": "JWT", **(header or {})}), as_json(claims), secret)
