"""Every attack of the table, at the verifier."""

import asyncio
import re
from contextlib import aclosing

import pytest

from tests.adapters.tokens.attacks import ATTACKS, Attack, Scene
from tests.adapters.tokens.verifiers import both_verifier, published_verifier, shared_verifier
from tests.support.clocks import FrozenClock
from todo_adapters.tokens.jwks_cache import KeyCache
from todo_core.errors import TokenExpired, TokenRefused

CLOCK = FrozenClock()
SCENE = Scene(int(CLOCK.now().timestamp()))
REASON = re.compile("[a-z0-9_]{3,40}")


async def outcomes(text: str) -> list[object]:
    """Return what each mode makes of a token: hs256, jwks and both, the last one twice."""
    async with aclosing(KeyCache(SCENE.issuer.fetch, CLOCK)) as cache:
        both = both_verifier(CLOCK, cache)
        found: list[object] = []
        for verifier in (shared_verifier(CLOCK), published_verifier(CLOCK, cache), both, both):
            found += await asyncio.gather(verifier.verify(text), return_exceptions=True)
        return found


def test_the_table_holds_enough_and_names_each_attack_once() -> None:
    assert len(ATTACKS) >= 150
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_what_the_attacks_start_from_is_valid() -> None:
    """Otherwise they would be refused for another reason than their own."""
    assert asyncio.run(outcomes(SCENE.text()))[::2] == ["alice", "alice"]
    for key_id in SCENE.issuer.keys:
        found = asyncio.run(outcomes(SCENE.issuer.token(key_id, SCENE.claims())))
        assert found[1:] == ["alice", "alice", "alice"]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: ascii(attack.name))
def test_an_attack_is_refused_in_every_mode(attack: Attack) -> None:
    text = attack.make(SCENE)
    *single, first, again = asyncio.run(outcomes(text))
    for outcome in (*single, first, again):
        assert isinstance(outcome, TokenRefused)
        assert REASON.fullmatch(outcome.reason)
        assert outcome.__cause__ is None
        assert outcome.__context__ is None or outcome.__suppress_context__
    assert isinstance(first, TokenRefused)
    assert isinstance(first, TokenExpired) == attack.expired
