"""What a token says about itself. Nothing is verified here: that is the server's to do, and it does."""

from dataclasses import dataclass
from datetime import UTC, datetime

from todo_adapters.tokens.claims import expiry_of, user_of
from todo_adapters.tokens.compact_token import read_claims
from todo_core.errors import TokenRefused

_NO_TOKEN = "This is not a token: it has three parts with dots between them."  # noqa: S105  a message
_SILENT = "This token does not say whose it is or when it expires."
_MESSAGES = {
    "not_three_parts": _NO_TOKEN,
    "too_long": _NO_TOKEN,
    "bad_user_id": "This token does not name a user.",
}
"""The message for each reason; any other reason has ``_SILENT``."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, and until when."""

    user_id: str
    expires_at: datetime


def claims_of(token: str) -> Claims:
    """Return the claims of a compact JWT. Raises TokenRefused, which never repeats it."""
    if not token.isascii():  # a header field could not even carry it
        raise TokenRefused(_NO_TOKEN)
    try:
        claims = read_claims(token)
        return Claims(user_of(claims), datetime.fromtimestamp(expiry_of(claims), UTC))
    except TokenRefused as refused:
        raise TokenRefused(_MESSAGES.get(refused.reason, _SILENT)) from None
    except (ValueError, OverflowError, OSError):  # no calendar reaches that far
        raise TokenRefused(_SILENT) from None
