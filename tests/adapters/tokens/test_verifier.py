"""The memory of verified tokens."""

from datetime import timedelta

import pytest

from tests.adapters.tokens.verifiers import LEEWAY, shared_verifier
from tests.support.clocks import FrozenClock
from tests.support.token_forge import ISSUER, SECRET, token
from todo_adapters.tokens.claims import ClaimRules
from todo_adapters.tokens.development_token import issue_token
from todo_adapters.tokens.jwks import VerificationKey
from todo_adapters.tokens.shared_secret import HS256
from todo_adapters.tokens.verifier import CAPACITY, JwtVerifier, Trust
from todo_core.errors import TokenExpired, TokenRefused
from todo_core.synchronous import run_now


class CountingKeys:
    """A key that finds every signature good, and counts how often it was asked for."""

    def __init__(self) -> None:
        self.key = VerificationKey(HS256, lambda *_: True)
        self.asked = 0

    async def find(self, key_id: str | None) -> tuple[VerificationKey, object]:
        self.asked += 1
        return self.key, self.key

    def current(self) -> object:
        return self.key

    def change(self) -> None:
        self.key = VerificationKey(HS256, lambda *_: True)


def verifier_with(keys: CountingKeys, clock: FrozenClock, capacity: int = CAPACITY) -> JwtVerifier:
    rules = ClaimRules(clock, LEEWAY, ISSUER, ISSUER)
    return JwtVerifier({HS256: Trust(keys, rules)}, clock, LEEWAY, capacity)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def keys() -> CountingKeys:
    return CountingKeys()


def minute(clock: FrozenClock, **claims: object) -> str:
    """Return Alice's token for a minute."""
    return token({"sub": "alice", "exp": clock.now().timestamp() + 60, **claims})


def test_a_known_token_is_not_verified_again(clock: FrozenClock, keys: CountingKeys) -> None:
    verifier = verifier_with(keys, clock)
    text = minute(clock)
    assert [run_now(verifier.verify(text)) for _ in range(3)] == ["alice"] * 3
    assert keys.asked == 1
    run_now(verifier.verify(minute(clock, more=1)))
    assert keys.asked == 2


def test_nothing_is_remembered_from_its_expiry_on(clock: FrozenClock, keys: CountingKeys) -> None:
    verifier = verifier_with(keys, clock)
    text = minute(clock)
    for seconds, asked in [(0, 1), (59.9, 1), (0.1, 2), (1, 3)]:
        clock.advance(seconds=seconds)
        run_now(verifier.verify(text))
        assert keys.asked == asked


def test_nothing_is_remembered_across_a_change_of_keys(clock: FrozenClock, keys: CountingKeys) -> None:
    verifier = verifier_with(keys, clock)
    text = minute(clock)
    run_now(verifier.verify(text))
    keys.change()
    run_now(verifier.verify(text))
    assert keys.asked == 2


def test_the_memory_is_bounded_and_forgets_the_least_recently_used(clock: FrozenClock, keys: CountingKeys) -> None:
    verifier = verifier_with(keys, clock, capacity=3)
    texts = [minute(clock, number=number) for number in range(4)]
    for text in (*texts[:3], texts[0], texts[3]):
        run_now(verifier.verify(text))
    assert (len(verifier), keys.asked) == (3, 4)
    run_now(verifier.verify(texts[0]))
    assert keys.asked == 4
    run_now(verifier.verify(texts[1]))
    assert keys.asked == 5


def test_leeway_counts_for_a_remembered_token_as_for_a_new_one(clock: FrozenClock) -> None:
    verifier = shared_verifier(clock)
    text = issue_token(SECRET, "alice", timedelta(seconds=60), clock.now())
    for seconds in (0, 89):
        clock.advance(seconds=seconds)
        assert run_now(verifier.verify(text)) == "alice"
    clock.advance(seconds=1)
    with pytest.raises(TokenRefused) as caught:
        run_now(verifier.verify(text))
    assert isinstance(caught.value, TokenExpired)


def test_a_spelling_of_a_known_token_is_another_token(clock: FrozenClock) -> None:
    verifier = shared_verifier(clock)
    text = issue_token(SECRET, "alice", timedelta(seconds=60), clock.now())
    run_now(verifier.verify(text))
    for other in (text + "=", f" {text}", text.upper(), text + "\n"):
        with pytest.raises(TokenRefused):
            run_now(verifier.verify(other))


def test_refusals_are_not_remembered(clock: FrozenClock) -> None:
    verifier = shared_verifier(clock)
    for _ in range(2):
        with pytest.raises(TokenRefused):
            run_now(verifier.verify("a.b.c"))
    assert len(verifier) == 0


@pytest.mark.parametrize("known", [False, True])
def test_a_caller_may_want_tokens_that_are_valid_for_less(clock: FrozenClock, *, known: bool) -> None:
    """Whether or not the token is remembered; it is no worse for other callers."""
    verifier = shared_verifier(clock)
    text = token({"sub": "alice", "exp": clock.now().timestamp() + 3631})
    if known:
        run_now(verifier.verify(text))
    with pytest.raises(TokenRefused) as caught:
        run_now(verifier.verify(text, timedelta(hours=1)))
    assert (caught.value.reason, caught.value.longest) == ("lifetime_too_long_here", timedelta(hours=1))
    assert run_now(verifier.verify(text, timedelta(hours=2))) == run_now(verifier.verify(text)) == "alice"
    clock.advance(seconds=1)
    assert run_now(verifier.verify(text, timedelta(hours=1))) == "alice"
