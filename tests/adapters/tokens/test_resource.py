"""Access tokens that were issued for one address of the service."""

import asyncio
from contextlib import aclosing

import pytest

from tests.adapters.tokens.attacks import Scene
from tests.adapters.tokens.verifiers import both_verifier
from tests.support.clocks import FrozenClock
from tests.support.token_forge import ISSUER
from todo_adapters.tokens.claims import Resource
from todo_adapters.tokens.jwks_cache import KeyCache
from todo_core.errors import TokenRefused

CLOCK = FrozenClock()
SCENE = Scene(int(CLOCK.now().timestamp()))
URL = "https://tasks.example/mcp"
AUTH = f"{ISSUER}/api/auth"
OTHER = "https://tasks.example/other"


async def outcomes(text: str, *places: str | None) -> list[str]:
    """Return what one verifier makes of a token at one place after another: the user, or the reason."""
    async with aclosing(KeyCache(SCENE.issuer.fetch, CLOCK)) as cache:
        verifier = both_verifier(CLOCK, cache, Resource(URL, (ISSUER, AUTH)))
        found = []
        for place in places:
            try:
                found.append(await verifier.verify(text, resource=place))
            except TokenRefused as refused:
                found.append(refused.reason)
        return found


@pytest.mark.parametrize("places", [(None, URL, None), (URL, None, URL), (OTHER, URL, OTHER)])
@pytest.mark.parametrize("issuer", [ISSUER, AUTH])
@pytest.mark.parametrize("audience", [URL, [URL], [f"{AUTH}/oauth2/userinfo", URL]])
def test_it_counts_at_that_address_only_remembered_or_not(
    places: tuple[str | None, ...], issuer: str, audience: object
) -> None:
    text = SCENE.issuer.token("ed", SCENE.claims(iss=issuer, aud=audience), {"typ": "at+jwt"})
    expected = ["alice" if place == URL else "wrong_audience" for place in places]
    assert asyncio.run(outcomes(text, *places)) == expected


@pytest.mark.parametrize("audience", [ISSUER, [URL, ISSUER]])
def test_a_token_for_the_whole_service_counts_everywhere(audience: object) -> None:
    text = SCENE.issuer.token("ed", SCENE.claims(aud=audience))
    assert asyncio.run(outcomes(text, None, URL, None)) == ["alice"] * 3


def test_an_access_token_for_the_whole_service_is_for_nothing() -> None:
    """RFC 9068, section 4: its type says that it is for the resources that it names."""
    text = SCENE.issuer.token("ed", SCENE.claims(), {"typ": "at+jwt"})
    assert asyncio.run(outcomes(text, None, URL)) == ["unexpected_type"] * 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://evil.example"}, "wrong_issuer"),
        ({"aud": OTHER, "iss": ISSUER}, "wrong_audience"),
        ({"cnf": {"jkt": "x"}}, "bound_to_key"),
        ({"client_id": "alice"}, "no_user"),
        ({"sub": ""}, "bad_user_id"),
    ],
)
def test_one_with_a_fault_counts_nowhere(changes: dict[str, object], reason: str) -> None:
    text = SCENE.issuer.token("ed", SCENE.claims(**{"iss": AUTH, "aud": URL} | changes))
    assert asyncio.run(outcomes(text, URL, None)) == [reason, reason]
