"""What the claims of a token must say (RFC 7519, section 4.1), once its signature has been verified."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from todo_adapters.tokens.compact import parse_object
from todo_core.errors import TokenRefused
from todo_core.ports import Clock
from todo_core.text import is_user_id

LIFETIME_LIMIT = timedelta(days=7)
"""No token is accepted for longer than this from now, unless a deployment says otherwise."""

SHOWN_LIMIT = 200
"""Characters of a claim that the log shows."""

_ID_CLAIMS = ("sub", "user_id", "id")
"""In this order. Never ``email`` or ``userId``: Better Auth's tokens for other uses carry those."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token proves its sender to be, and until when (seconds since 1970, without leeway)."""

    user_id: str
    expires: float


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """The rules for the claims of one deployment.

    ``leeway`` is in seconds and allows for clocks that differ. ``iss`` and ``aud`` must match where they are present;
    where ``addressed`` is true they must also be present. None accepts any issuer or audience. A token may be valid for
    ``longest`` from now; None accepts it until it expires.
    """

    clock: Clock
    leeway: float = 30.0
    issuer: str | None = None
    audience: str | None = None
    addressed: bool = False
    longest: timedelta | None = LIFETIME_LIMIT

    def check(self, payload: bytes) -> Identity:
        """Return whom a verified payload names.

        Raises TokenRefused; it has ``expired`` or ``longest`` only if nothing else is wrong with the token.
        """
        claims = parse_object(payload)
        self._check_issuer(claims)
        self._check_audience(claims)
        user_id = _user_id(claims)
        expires = self._check_times(claims)
        return Identity(user_id, expires)

    def _check_issuer(self, claims: Mapping[str, object]) -> None:
        if "iss" not in claims and not self.addressed:
            return
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or self.issuer not in {None, issuer}:
            raise TokenRefused("wrong_issuer", facts=_differing("issuer", issuer, self.issuer))

    def _check_audience(self, claims: Mapping[str, object]) -> None:
        if "aud" not in claims and not self.addressed:
            return
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if not audiences or not all(isinstance(one, str) for one in audiences):
            raise TokenRefused("wrong_audience")
        if self.audience is not None and self.audience not in audiences:
            raise TokenRefused("wrong_audience", facts=_differing("audience", audience, self.audience))

    def _check_times(self, claims: Mapping[str, object]) -> float:
        now = self.clock.now().timestamp()
        expires = _number(claims, "exp")
        if expires is None:
            raise TokenRefused("missing_exp")
        for name in ("nbf", "iat"):
            start = _number(claims, name)
            if start is not None and start > now + self.leeway:
                raise TokenRefused(f"future_{name}")
        if self.longest is not None and expires > now + self.longest.total_seconds() + self.leeway:
            raise TokenRefused("lifetime_too_long", longest=self.longest)
        if expires <= now - self.leeway:
            raise TokenRefused("expired", expired=True)
        return expires


def _differing(name: str, found: object, wanted: str | None) -> Mapping[str, str]:
    """Return what a verified token says and what it should say; the log takes the former up to a length."""
    return {name: str(found)[:SHOWN_LIMIT], f"expected_{name}": str(wanted)}


def _number(claims: Mapping[str, object], name: str) -> float | None:
    """Return a NumericDate. Present and null, a text, a boolean or an infinity (1e999) is none."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TokenRefused(f"bad_{name}")
    try:
        seconds = float(value)
    except OverflowError:
        raise TokenRefused(f"bad_{name}") from None
    if not math.isfinite(seconds):
        raise TokenRefused(f"bad_{name}")
    return seconds


def _user_id(claims: Mapping[str, object]) -> str:
    for name in _ID_CLAIMS:
        if name in claims:
            value = claims[name]
            if isinstance(value, str) and is_user_id(value):
                return value
            raise TokenRefused("bad_user_id")
    raise TokenRefused("missing_user_id")
