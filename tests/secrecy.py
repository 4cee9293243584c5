"""What no output of the service may hold."""

import re

from tests.adapters.tokens.forge import SECRET as ADAPTER_SECRET
from tests.interop.better_auth import SECRET as INTEROP_SECRET
from tests.web.conftest import SECRET as WEB_SECRET

_SECRETS = (ADAPTER_SECRET, INTEROP_SECRET, WEB_SECRET)
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*|(?i:authorization['\"]?\s*[:=])")


def leak(output: str) -> str | None:
    """Return what is wrong with an output: a token, an Authorization header or a secret of the tests in it."""
    if _TOKEN.search(output):
        return "holds a token or an Authorization header"
    return "holds a secret" if any(secret in output for secret in _SECRETS) else None
