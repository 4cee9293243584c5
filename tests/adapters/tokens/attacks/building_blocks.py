"""What the attacks are made of. Most are right in everything but one thing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec

from tests.support.issuer import Issuer, private_key
from tests.support.token_forge import ISSUER, as_json, sealed, token

LEEWAY = 30
DAY = 24 * 60 * 60
EVIL = "https://evil.example"

Rest = ParamSpec("Rest")


@dataclass(frozen=True)
class At:
    """A claim that is a time: so many seconds from now."""

    seconds: float


def published_issuer() -> Issuer:
    """Return the issuer whose published keys the attacked verifier trusts, beside the shared secret."""
    issuer = Issuer()
    for key_id, algorithm in (("ed", "EdDSA"), ("ec", "ES256"), ("rs", "RS256"), ("ps", "PS256")):
        issuer.add(key_id, algorithm)
    return issuer


@dataclass(frozen=True)
class Scene:
    """What an attacker knows: the time, some valid claims, and everything that is public."""

    now: int
    issuer: Issuer = field(default_factory=published_issuer)

    def claims(self, without: tuple[str, ...] = (), /, **changes: object) -> dict[str, object]:
        """Return valid claims with some changes and without some of them."""
        good = {"sub": "alice", "iss": ISSUER, "aud": ISSUER, "iat": At(0), "exp": At(600)}
        return {
            name: self.now + value.seconds if isinstance(value, At) else value
            for name, value in (good | changes).items()
            if name not in without
        }

    def text(self) -> str:
        """Return a valid token."""
        return token(self.claims())


Make = Callable[[Scene], str]
Family = list[tuple[str, Make]]


def made(build: Callable[Concatenate[Scene, Rest], str], *args: Rest.args, **kwargs: Rest.kwargs) -> Make:
    """Return an attack that waits for its scene."""
    return lambda scene: build(scene, *args, **kwargs)


def header(**changes: object) -> Make:
    """Return a token with a true MAC and some changes to its header."""
    return lambda scene: token(scene.claims(), changes)


def raw_header(text: bytes) -> Make:
    """Return a token with a true MAC and any bytes as its header."""
    return lambda scene: sealed(text, as_json(scene.claims()))


def claims(without: tuple[str, ...] = (), /, **changes: object) -> Make:
    """Return a token with a true MAC and some changes to its claims."""
    return lambda scene: token(scene.claims(without, **changes))


def keyed(secret: bytes, **changes: object) -> Make:
    """Return a token with a MAC that was made with something that is no secret."""
    return lambda scene: token(scene.claims(), changes, secret)


def published(key_id: str, without: tuple[str, ...] = (), /, **changes: object) -> Make:
    """Return a token truly signed with a published key, and some changes to its claims."""
    return lambda scene: scene.issuer.token(key_id, scene.claims(without, **changes))


def relabelled(key_id: str, **changes: object) -> Make:
    """Return a token truly signed with a published key, and some changes to its header."""
    return lambda scene: scene.issuer.token(key_id, scene.claims(), changes)


def forged(key_id: str, **changes: object) -> Make:
    """Return a token signed with the attacker's own key, under any key id and header."""
    evil = Issuer(keys={key_id: ("EdDSA", private_key("EdDSA", generation=666))})
    return lambda scene: evil.token(key_id, scene.claims(), changes)
