"""Tokens for developers and tests. The service itself never issues one to a user."""

from datetime import datetime, timedelta

import jwt

from todo_adapters.tokens.shared_secret import HS256, read_secret


def issue_token(secret: str, user_id: str, ttl: timedelta, now: datetime) -> str:
    """Return an HS256 token for a user that expires ``ttl`` from now; a negative ttl makes an expired one.

    Raises SecretUnusable. Nothing else is checked: a verifier decides what it accepts.
    """
    issued = int(now.timestamp())
    claims = {"sub": user_id, "iat": issued, "exp": issued + int(ttl.total_seconds())}
    return jwt.encode(claims, read_secret(secret), algorithm=HS256)
