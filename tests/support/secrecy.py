"""What no output of the service may hold."""

import re

SECRET = "a secret that protects nothing, of 32 bytes or more"
"""What the tests sign tokens with."""

_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*|(?i:authorization['\"]?\s*[:=])")


def leak(output: str) -> str | None:
    """Return what is wrong with an output: a token, an Authorization header or the secret of the tests in it."""
    if _TOKEN.search(output):
        return "holds a token or an Authorization header"
    return "holds a secret" if SECRET in output else None
