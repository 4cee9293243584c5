"""Verify tokens: the keys that may have signed them, the claims that they must make, and a cache of verified ones."""

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from todo_adapters.tokens.claims import ClaimRules, Identity
from todo_adapters.tokens.compact_token import parse_token
from todo_adapters.tokens.jwks import VerificationKey
from todo_core.errors import KeysUnavailable, TokenRefused
from todo_core.override import override
from todo_core.ports import Clock, TokenVerifier

CAPACITY = 10_000


class KeySource(Protocol):
    """The keys for some algorithms, which may change over time."""

    @abstractmethod
    async def find(self, key_id: str | None) -> tuple[VerificationKey, object]:
        """Return the key that a token names, and an object that stands for all keys in use with it.

        Raises TokenRefused if there is no such key, and KeysUnavailable if there is none at all.
        """

    @abstractmethod
    def current(self) -> object | None:
        """Return the object that stands for the keys in use, None if there are none. It is cheap and never waits."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count, and for what claims."""

    keys: KeySource
    rules: ClaimRules


@dataclass(frozen=True, slots=True)
class _Verified:
    identity: Identity
    source: KeySource
    keys: object


class JwtVerifier(TokenVerifier):
    """Verifies each token with the keys that are trusted for its algorithm, and remembers whom it proved.

    ``trusted`` maps an algorithm to its keys. No other keys ever see a token of that algorithm, so nobody can use a
    published key as a shared secret.

    To verify a token costs 50 to 150 µs, to look it up a few. A verified token is kept under its exact text until it
    expires, without ``leeway`` (in seconds), or until the keys change that it was verified with. Refusals are not kept.
    Beyond ``capacity`` tokens the least recently used one is dropped.
    """

    def __init__(
        self, trusted: Mapping[str, Trust], clock: Clock, leeway: float = 30.0, capacity: int = CAPACITY
    ) -> None:
        self._trusted = trusted
        self._clock = clock
        self._leeway = leeway
        self._capacity = capacity
        self._verified: OrderedDict[str, _Verified] = OrderedDict()

    def __len__(self) -> int:
        return len(self._verified)

    @override
    async def verify(self, token: str, longest: timedelta | None = None, resource: str | None = None) -> str:
        now = self._clock.now().timestamp()
        known = self._verified.get(token)
        if known is not None and now < known.identity.expires and known.source.current() is known.keys:
            self._verified.move_to_end(token)
        else:
            self._verified.pop(token, None)
            known = await self._verify(token)
            self._cache(token, known)
        user_id = known.identity.user_at(resource)
        if longest is not None and known.identity.expires > now + longest.total_seconds() + self._leeway:
            raise TokenRefused("lifetime_too_long_here", longest=longest)
        return user_id

    @override
    async def check(self) -> None:
        if any(trust.keys.current() is None for trust in self._trusted.values()):
            raise KeysUnavailable

    async def _verify(self, text: str) -> _Verified:
        token = parse_token(text)
        trust = self._trusted.get(token.algorithm)
        if trust is None:
            raise TokenRefused("unexpected_algorithm")
        key, keys = await trust.keys.find(token.key_id)
        if key.algorithm != token.algorithm:
            raise TokenRefused("unexpected_algorithm")
        if not key.verify(token.signed, token.signature):
            raise TokenRefused("bad_signature")
        return _Verified(trust.rules.check(token), trust.keys, keys)

    def _cache(self, token: str, verified: _Verified) -> None:
        self._verified[token] = verified
        if len(self._verified) > self._capacity:
            self._verified.popitem(last=False)
