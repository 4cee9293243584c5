"""What an authentication server does: JSON Web Tokens as RFC 7519 describes them, signed with the shared secret."""

import time

import jwt


def bearer(secret: str, lifetime: int = 3600, **identity: str) -> dict[str, str]:
    """Return the header with a token that names its user by these claims and is valid for so many seconds."""
    claims = {**identity, "exp": int(time.time()) + lifetime}
    return {"Authorization": f"Bearer {jwt.encode(claims, secret, algorithm='HS256')}"}
