"""The memory of verified tokens."""

from datetime import timedelta

import pytest

from tests.adapters.tokens.forge import SECRET, token
from tests.clocks import FrozenClock
from todo_adapters.tokens import Hs256Verifier, RememberingVerifier, issue_token
from todo_adapters.tokens.claims import Identity
from todo_adapters.tokens.compact import CompactToken
from todo_adapters.tokens.proof import Proof
from todo_core.driver import run_now
from todo_core.errors import TokenExpired, TokenRefused


class CountingProver:
    """Proves that everybody is alice for a minute, and counts how often it was asked."""

    def __init__(self, clock: FrozenClock) -> None:
        self.expires = clock.now().timestamp() + 60
        self.current: object = object()
        self.asked = 0

    async def prove(self, token: CompactToken) -> Proof:
        self.asked += 1
        return Proof(Identity("alice", self.expires), self.current)

    async def check(self) -> None:
        """Be ready."""

    def stands(self, proof: Proof) -> bool:
        return proof.keys is self.current


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def prover(clock: FrozenClock) -> CountingProver:
    return CountingProver(clock)


def test_a_known_token_is_not_verified_again(clock: FrozenClock, prover: CountingProver) -> None:
    verifier = RememberingVerifier(prover, clock)
    text = token({"sub": "alice"})
    assert [run_now(verifier.verify(text)) for _ in range(3)] == ["alice"] * 3
    assert prover.asked == 1
    run_now(verifier.verify(token({"sub": "alice", "more": 1})))
    assert prover.asked == 2


def test_nothing_is_remembered_from_its_expiry_on(clock: FrozenClock, prover: CountingProver) -> None:
    verifier = RememberingVerifier(prover, clock)
    text = token({"sub": "alice"})
    for seconds, asked in [(0, 1), (59.9, 1), (0.1, 2), (1, 3)]:
        clock.advance(seconds=seconds)
        run_now(verifier.verify(text))
        assert prover.asked == asked


def test_nothing_is_remembered_across_a_change_of_keys(clock: FrozenClock, prover: CountingProver) -> None:
    verifier = RememberingVerifier(prover, clock)
    text = token({"sub": "alice"})
    run_now(verifier.verify(text))
    prover.current = object()
    run_now(verifier.verify(text))
    assert prover.asked == 2


def test_the_memory_is_bounded_and_forgets_the_least_recently_used(clock: FrozenClock, prover: CountingProver) -> None:
    verifier = RememberingVerifier(prover, clock, capacity=3)
    texts = [token({"sub": "alice", "number": number}) for number in range(4)]
    for text in (*texts[:3], texts[0], texts[3]):
        run_now(verifier.verify(text))
    assert (len(verifier), prover.asked) == (3, 4)
    run_now(verifier.verify(texts[0]))
    assert prover.asked == 4
    run_now(verifier.verify(texts[1]))
    assert prover.asked == 5


def test_leeway_counts_for_a_remembered_token_as_for_a_new_one(clock: FrozenClock) -> None:
    verifier = RememberingVerifier(Hs256Verifier(SECRET, clock, leeway=30), clock)
    text = issue_token(SECRET, "alice", timedelta(seconds=60), clock.now())
    for seconds in (0, 89):
        clock.advance(seconds=seconds)
        assert run_now(verifier.verify(text)) == "alice"
    clock.advance(seconds=1)
    with pytest.raises(TokenRefused) as caught:
        run_now(verifier.verify(text))
    assert isinstance(caught.value, TokenExpired)


def test_a_spelling_of_a_known_token_is_another_token(clock: FrozenClock) -> None:
    verifier = RememberingVerifier(Hs256Verifier(SECRET, clock), clock)
    text = issue_token(SECRET, "alice", timedelta(seconds=60), clock.now())
    run_now(verifier.verify(text))
    for other in (text + "=", f" {text}", text.upper(), text + "\n"):
        with pytest.raises(TokenRefused):
            run_now(verifier.verify(other))


def test_refusals_are_not_remembered(clock: FrozenClock) -> None:
    verifier = RememberingVerifier(Hs256Verifier(SECRET, clock), clock)
    for _ in range(2):
        with pytest.raises(TokenRefused):
            run_now(verifier.verify("a.b.c"))
    assert len(verifier) == 0


@pytest.mark.parametrize("known", [False, True])
def test_a_caller_may_want_tokens_that_are_valid_for_less(clock: FrozenClock, *, known: bool) -> None:
    """Whether or not the token is remembered; it is no worse for other callers."""
    verifier = RememberingVerifier(Hs256Verifier(SECRET, clock), clock, leeway=30)
    text = token({"sub": "alice", "exp": clock.now().timestamp() + 3631})
    if known:
        run_now(verifier.verify(text))
    with pytest.raises(TokenRefused) as caught:
        run_now(verifier.verify(text, timedelta(hours=1)))
    assert (caught.value.reason, caught.value.longest) == ("lifetime_too_long_here", timedelta(hours=1))
    assert run_now(verifier.verify(text, timedelta(hours=2))) == run_now(verifier.verify(text)) == "alice"
    clock.advance(seconds=1)
    assert run_now(verifier.verify(text, timedelta(hours=1))) == "alice"
