"""The secret that is shared with the issuer of tokens."""

import jwt

from todo_adapters.tokens.jwks import VerificationKey
from todo_adapters.tokens.verifier import KeySource
from todo_core.override import override

HS256 = "HS256"

SECRET_BYTES = 32
"""HS256 needs a key at least as long as its hash (RFC 7518, section 3.2)."""

_HINT = "set BETTER_AUTH_SECRET to the secret of your Better Auth server (a new one: openssl rand -base64 32)"

_PUBLISHED = b"better-auth-secret-12345678901234567890"
"""What Better Auth falls back to in development when it has no secret; everybody can read it in its source."""


class SecretUnusable(ValueError):
    """The shared secret must not be used; the message is one line, says what to set and never holds the secret."""


def read_secret(secret: str) -> bytes:
    """Return the key that a shared secret is. Raises SecretUnusable.

    What anybody may know is refused: a public key, a certificate, Better Auth's fallback. So is what anybody tries
    first: blanks, or one character repeated.
    """
    try:
        key = secret.encode("utf-8")
    except UnicodeEncodeError:
        raise SecretUnusable(f"The shared secret is not UTF-8 text; {_HINT}.") from None
    if len(key) < SECRET_BYTES:
        raise SecretUnusable(f"The shared secret is missing or shorter than {SECRET_BYTES} bytes; {_HINT}.")
    if len(set(secret)) == 1 or not secret.strip():
        raise SecretUnusable(f"The shared secret is only blanks, or one character repeated; {_HINT}.")
    if key == _PUBLISHED:
        raise SecretUnusable(f"The shared secret is the one that Better Auth's source publishes; {_HINT}.")
    try:
        return bytes(jwt.get_algorithm_by_name(HS256).prepare_key(key))
    except jwt.InvalidKeyError:
        raise SecretUnusable(f"The shared secret is a public key or a certificate; {_HINT}.") from None


class SharedSecret(KeySource):
    """One key for HS256, whatever key id a token names."""

    def __init__(self, secret: str) -> None:
        """Raise SecretUnusable as ``read_secret``."""
        key, hmac = read_secret(secret), jwt.get_algorithm_by_name(HS256)
        self._key = VerificationKey(HS256, lambda signed, signature: hmac.verify(signed, key, signature))

    @override
    async def find(self, key_id: str | None) -> tuple[VerificationKey, object]:
        return self._key, self._key

    @override
    def current(self) -> object | None:
        return self._key
