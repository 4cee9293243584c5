"""What a token says about itself. Nothing is verified here: that is the server's to do, and it does."""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from todo_core.errors import TokenRefused
from todo_core.text import is_user_id

SIZE_LIMIT = 8 * 1024
"""In characters; a server takes no longer one."""

_COMPACT = re.compile(r"[\w-]+\.([\w-]+)\.[\w-]+", re.ASCII)
_ID_CLAIMS = ("sub", "user_id", "id")


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, and until when."""

    user_id: str
    expires_at: datetime


def read_claims(token: str) -> Claims:
    """Read a compact JWT. Raises TokenRefused, which never repeats it."""
    found = _COMPACT.fullmatch(token)
    if found is None or len(token) > SIZE_LIMIT:
        raise TokenRefused("This is not a token: it has three parts with dots between them.")
    try:
        claims = json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
        user_id = next(claims[name] for name in _ID_CLAIMS if name in claims)
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, TypeError, KeyError, StopIteration, OverflowError, OSError, RecursionError):
        raise TokenRefused("This token does not say whose it is and until when.") from None
    if not isinstance(user_id, str) or not is_user_id(user_id):
        raise TokenRefused("This token does not name a user.")
    return Claims(user_id, expires_at)
