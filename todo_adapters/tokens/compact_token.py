"""The compact form of a signed token, read as strictly as its specifications allow (RFC 7515, RFC 8725)."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import NoReturn

from todo_core.errors import TokenRefused

SIZE_LIMIT = 8 * 1024
"""In bytes, for the whole token."""

_PARTS = 3
_UNSUPPORTED_HEADERS = ("b64", "crit", "zip")
_ACCESS_TOKEN = ("at+jwt", "application/at+jwt")  # RFC 9068, section 2.1


@dataclass(frozen=True, slots=True)
class CompactToken:
    """A token that is well formed and promises nothing yet: whoever sent it wrote every part.

    ``algorithm`` and ``key_id`` are what its header claims, ``is_access_token`` that its type is RFC 9068's. The
    payload is still unread.
    """

    algorithm: str
    key_id: str | None
    is_access_token: bool
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    payload: bytes = field(repr=False)


def parse_token(token: str) -> CompactToken:
    """Take a token apart. Raises TokenRefused whatever the text is.

    ``typ`` is absent, ``JWT`` or ``at+jwt``: a token of an explicit other type (``logout+jwt``, ``dpop+jwt``) was
    issued for another use (RFC 8725, section 3.11). ``crit`` names extensions that must be understood, and none is
    (RFC 7515, section 4.1.11). Header members that carry or point to a key (``jwk``, ``jku``, ``x5c``, ``x5u``) are
    ignored: keys come from the configuration only.
    """
    header_bytes, payload, signature = map(_decode, _parts(token))
    algorithm, key_id, is_access_token = _read_header(parse_object(header_bytes))
    signed = token.rpartition(".")[0].encode("ascii")
    return CompactToken(algorithm, key_id, is_access_token, signed, signature, payload)


def read_claims(token: str) -> dict[str, object]:
    """Return the claims of a token without verifying it, for whoever only keeps the token. Raises TokenRefused."""
    _, payload, _ = _parts(token)
    return parse_object(_decode(payload))


def parse_object(text: bytes) -> dict[str, object]:
    """Return a JSON object in UTF-8. Raises TokenRefused for anything else.

    A member name that occurs twice, at any depth, is refused: two readers could disagree on the value (RFC 8725,
    section 2.6 and RFC 7519, section 4).
    """
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # Not chained, because the JSON error holds the document.
        raise TokenRefused("bad_json") from None
    if not isinstance(value, dict):
        raise TokenRefused("bad_json")
    return value


def _parts(token: str) -> list[str]:
    if len(token) > SIZE_LIMIT:
        raise TokenRefused("too_long")
    parts = token.split(".", _PARTS)
    if len(parts) != _PARTS:
        raise TokenRefused("not_three_parts")
    return parts


def _read_header(header: dict[str, object]) -> tuple[str, str | None, bool]:
    if any(name in header for name in _UNSUPPORTED_HEADERS):
        raise TokenRefused("unsupported_header")
    kind = header.get("typ", "JWT")
    is_access_token = isinstance(kind, str) and kind.lower() in _ACCESS_TOKEN
    if not is_access_token and (not isinstance(kind, str) or kind.upper() != "JWT"):
        raise TokenRefused("unexpected_type")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise TokenRefused("unexpected_algorithm")
    if "kid" not in header:
        return algorithm, None, is_access_token
    key_id = header["kid"]
    if not isinstance(key_id, str):
        raise TokenRefused("bad_key_id")
    return algorithm, key_id, is_access_token


def _decode(part: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        raise TokenRefused("bad_base64url") from None
    # Python skips foreign characters and ignores surplus bits, so the text must be the one that encoding gives.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise TokenRefused("bad_base64url")
    return data


def _unique(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("duplicate member name")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
