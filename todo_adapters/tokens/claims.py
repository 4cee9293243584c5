"""What the claims of a token must say (RFC 7519, section 4.1), once its signature has been verified."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from todo_adapters.tokens.compact_token import CompactToken, parse_object
from todo_core.errors import TokenExpired, TokenRefused
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
    """Who a token proves its sender to be, and until when (seconds since 1970, without leeway).

    It counts everywhere, unless ``resource`` names the one address that it was issued for.
    """

    user_id: str
    expires: float
    resource: str | None = None

    def user_at(self, resource: str | None) -> str:
        """Return the user's id if the token counts at an address, None being the whole service. Raises TokenRefused."""
        if self.resource not in {None, resource}:
            raise TokenRefused("wrong_audience")
        return self.user_id


@dataclass(frozen=True, slots=True)
class Resource:
    """An address of the service that access tokens are issued for (RFC 8707), and who may issue them."""

    url: str
    issuers: tuple[str, ...]

    def is_meant(self, claims: Mapping[str, object]) -> bool:
        """Whether the claims of a token name this resource and one of its issuers."""
        return claims.get("iss") in self.issuers and self.url in _audiences(claims)


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """The rules for the claims of one deployment.

    ``leeway`` is in seconds and allows for clocks that differ. ``iss`` and ``aud`` must match if they are present, and
    must be present if ``addressed``. A token may expire at most ``longest`` from now; None sets no limit. A token that
    is not for the whole service may be for its ``resource``.
    """

    clock: Clock
    leeway: float
    issuer: str
    audience: str
    addressed: bool = False
    longest: timedelta | None = LIFETIME_LIMIT
    resource: Resource | None = None

    def check(self, token: CompactToken) -> Identity:
        """Return whom a token with a verified signature names.

        Raises TokenRefused; it is TokenExpired, or has ``longest``, only if nothing else is wrong with the token.
        """
        claims = parse_object(token.payload)
        resource = self._addressee(token, claims)
        user_id = user_of(claims)
        if resource is not None:
            _check_grant(claims, user_id)
        expires = self._check_times(claims)
        return Identity(user_id, expires, resource)

    def _addressee(self, token: CompactToken, claims: Mapping[str, object]) -> str | None:
        """Return the resource that a token is for, None if it is for the service as a whole."""
        try:
            self._check_service(token, claims)
        except TokenRefused:
            if self.resource is None or not self.resource.is_meant(claims):
                raise
            return self.resource.url
        return None

    def _check_service(self, token: CompactToken, claims: Mapping[str, object]) -> None:
        if token.is_access_token:  # each is for one resource
            raise TokenRefused("unexpected_type")
        self._check_issuer(claims)
        self._check_audience(claims)

    def _check_issuer(self, claims: Mapping[str, object]) -> None:
        if "iss" not in claims and not self.addressed:
            return
        issuer = claims.get("iss")
        if issuer != self.issuer:
            raise TokenRefused("wrong_issuer", facts=_differing("issuer", issuer, self.issuer))

    def _check_audience(self, claims: Mapping[str, object]) -> None:
        if "aud" not in claims and not self.addressed:
            return
        audiences = _audiences(claims)
        if not audiences:
            raise TokenRefused("wrong_audience")
        if self.audience not in audiences:
            raise TokenRefused("wrong_audience", facts=_differing("audience", claims.get("aud"), self.audience))

    def _check_times(self, claims: Mapping[str, object]) -> float:
        now = self.clock.now().timestamp()
        expires = expiry_of(claims)
        for name in ("nbf", "iat"):
            start = _number(claims, name)
            if start is not None and start > now + self.leeway:
                raise TokenRefused(f"future_{name}")
        if self.longest is not None and expires > now + self.longest.total_seconds() + self.leeway:
            raise TokenRefused("lifetime_too_long", longest=self.longest)
        if expires <= now - self.leeway:
            raise TokenExpired("expired")
        return expires


def user_of(claims: Mapping[str, object]) -> str:
    """Return whom a token names. Raises TokenRefused."""
    for name in _ID_CLAIMS:
        if name in claims:
            value = claims[name]
            if isinstance(value, str) and is_user_id(value):
                return value
            raise TokenRefused("bad_user_id")
    raise TokenRefused("missing_user_id")


def expiry_of(claims: Mapping[str, object]) -> float:
    """Return until when a token is valid, in seconds since 1970. Raises TokenRefused."""
    expires = _number(claims, "exp")
    if expires is None:
        raise TokenRefused("missing_exp")
    return expires


def _differing(name: str, found: object, wanted: str) -> Mapping[str, str]:
    """Return the value in a verified token, cut for the log, and the expected one."""
    return {name: str(found)[:SHOWN_LIMIT], f"expected_{name}": wanted}


def _audiences(claims: Mapping[str, object]) -> list[str]:
    """Return the audiences of a token; none if its ``aud`` is neither a text nor a list of texts."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    texts = [one for one in audiences if isinstance(one, str)]
    return texts if len(texts) == len(audiences) else []


def _check_grant(claims: Mapping[str, object], user_id: str) -> None:
    """Refuse an access token that is bound to a key (RFC 7800), or that belongs to a client and not to a user.

    For a client, the issuer writes the client's id where a user's would be (RFC 9068, section 2.2).
    """
    if "cnf" in claims:
        raise TokenRefused("bound_to_key")
    if claims.get("client_id") == user_id:
        raise TokenRefused("no_user")


def _number(claims: Mapping[str, object], name: str) -> float | None:
    """Return a NumericDate; None if it is missing.

    Null, a text, a boolean and an infinity (1e999) are no dates. Raises TokenRefused for them.
    """
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
