"""Tokens signed with published keys, and the cache that those keys live in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from tests.adapters.tokens.verifiers import both_verifier, published_verifier
from tests.support.clocks import FrozenClock
from tests.support.issuer import Issuer
from tests.support.token_forge import ISSUER, token
from todo_adapters.tokens.jwks_cache import FetchFailed, KeyCache
from todo_core.errors import KeysUnavailable, TokenExpired, TokenRefused
from todo_core.ports import TokenVerifier

ALGORITHMS = ("EdDSA", "ES256", "RS256", "PS256")


class World:
    """An issuer with one key, a clock, and a verifier over both; no fetch ends while ``gate`` is closed."""

    def __init__(self, fetch: Callable[[], Awaitable[bytes]] | None = None) -> None:
        self.clock = FrozenClock()
        self.issuer = Issuer()
        self.issuer.add("one", "EdDSA")
        self.gate = asyncio.Event()
        self.gate.set()
        self.cache = KeyCache(fetch or self._fetch, self.clock)
        self.verifier: TokenVerifier = published_verifier(self.clock, self.cache)

    def token(self, key_id: str = "one", /, **claims: Any) -> str:  # noqa: ANN401  claims are any JSON
        now = int(self.clock.now().timestamp())
        default = {"sub": "alice", "iss": ISSUER, "aud": ISSUER, "iat": now, "exp": now + 900}
        return self.issuer.token(key_id, default | claims)

    async def _fetch(self) -> bytes:
        await self.gate.wait()
        return await self.issuer.fetch()

    def unknown(self, number: int = 0) -> str:
        """Return a token with a key id that the issuer has never used."""
        issuer = Issuer()
        issuer.add(f"unknown-{number}", "EdDSA", generation=1)
        return issuer.token(f"unknown-{number}", {"sub": "mallory"})

    async def refusal(self, text: str) -> str:
        with pytest.raises(TokenRefused) as caught:
            await self.verifier.verify(text)
        assert not isinstance(caught.value, TokenExpired)
        return caught.value.reason

    async def settle(self) -> None:
        """Let the refresh that is under way end."""
        for _ in range(5):
            await asyncio.sleep(0)


@asynccontextmanager
async def world(fetch: Callable[[], Awaitable[bytes]] | None = None) -> AsyncIterator[World]:
    made = World(fetch)
    async with aclosing(made.cache):
        yield made
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_of_each_algorithm_is_accepted(algorithm: str) -> None:
    async def story() -> None:
        async with world() as here:
            here.issuer.add("two", algorithm)
            assert await here.verifier.verify(here.token("two")) == "alice"
            here.issuer.add("two", algorithm, generation=1)
            assert await here.refusal(here.token("two", again=True)) == "bad_signature"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": None}, "wrong_issuer"),
        ({"iss": "https://other.example"}, "wrong_issuer"),
        ({"aud": None}, "wrong_audience"),
        ({"aud": []}, "wrong_audience"),
        ({"aud": ["https://other.example"]}, "wrong_audience"),
    ],
)
def test_issuer_and_audience_must_match(claims: dict[str, Any], reason: str) -> None:
    async def story() -> None:
        async with world() as here:
            assert await here.refusal(here.token(**claims)) == reason

    asyncio.run(story())


@pytest.mark.parametrize(("missing", "reason"), [("iss", "wrong_issuer"), ("aud", "wrong_audience")])
def test_issuer_and_audience_must_be_there(missing: str, reason: str) -> None:
    async def story() -> None:
        async with world() as here:
            claims = {"sub": "alice", "iss": ISSUER, "aud": ISSUER, "exp": here.clock.now().timestamp() + 60}
            del claims[missing]
            assert await here.refusal(here.issuer.token("one", claims)) == reason

    asyncio.run(story())


def test_a_key_verifies_no_other_algorithm() -> None:
    async def story() -> None:
        async with world() as here:
            here.issuer.add("rsa", "RS256")
            claims = {"sub": "alice"}
            for key_id, algorithm in [("rsa", "PS256"), ("one", "ES256"), ("one", "HS256"), ("one", "none")]:
                text = here.issuer.token(key_id, claims, {"alg": algorithm})
                assert await here.refusal(text) == "unexpected_algorithm"
            assert await here.refusal(here.issuer.token("one", claims, {"kid": "rsa"})) == "unexpected_algorithm"

    asyncio.run(story())


def test_a_token_without_a_key_id_is_refused_without_asking_the_issuer() -> None:
    async def story() -> None:
        async with world() as here:
            assert await here.refusal(token({"sub": "alice"}, {"alg": "EdDSA"})) == "missing_key_id"
            assert await here.refusal(token({"sub": "alice"}, {"kid": "one"})) == "unexpected_algorithm"
            assert here.issuer.fetches == 0

    asyncio.run(story())


def test_stale_keys_are_used_while_one_task_refreshes_them() -> None:
    async def story() -> None:
        async with world() as here:
            text = here.token(exp=here.clock.now().timestamp() + 3600)
            await here.verifier.verify(text)
            here.gate.clear()
            here.clock.advance(seconds=299)
            await here.verifier.verify(text)
            await here.settle()
            assert len(asyncio.all_tasks()) == 1
            here.clock.advance(seconds=1)
            for _ in range(3):
                assert await here.verifier.verify(text) == "alice"
                await here.settle()
                here.clock.advance(seconds=31)
            assert len(asyncio.all_tasks()) == 2
            here.gate.set()
            await here.settle()
            assert here.issuer.fetches == 2

    asyncio.run(story())


def test_a_known_key_is_used_for_a_day_after_the_issuer_stopped(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with world() as here:
            await here.verifier.verify(here.token())
            here.issuer.failure = FetchFailed("ConnectError")
            for _ in range(47):
                here.clock.advance(minutes=30)
                assert await here.verifier.verify(here.token()) == "alice"
                await here.settle()
            here.clock.advance(minutes=30)
            with pytest.raises(KeysUnavailable):
                await here.verifier.verify(here.token())
            here.issuer.failure = None
            here.clock.advance(seconds=30)
            assert await here.verifier.verify(here.token()) == "alice"

    with caplog.at_level(logging.WARNING, "todo.tokens"):
        asyncio.run(story())
    assert {(record.getMessage(), vars(record)["reason"]) for record in caplog.records} == {
        ("keys_not_refreshed", "ConnectError")
    }


def test_remembered_tokens_end_with_the_keys_of_an_issuer_that_stopped() -> None:
    async def story() -> None:
        async with world() as here:
            await here.verifier.verify(here.token())
            here.issuer.failure = FetchFailed("ConnectError")
            here.clock.advance(hours=23)
            text = here.token(exp=here.clock.now().timestamp() + 7200)
            assert await here.verifier.verify(text) == "alice"
            here.clock.advance(hours=1)
            with pytest.raises(KeysUnavailable):
                await here.verifier.verify(text)

    asyncio.run(story())


def test_without_any_keys_yet_nobody_is_refused() -> None:
    async def story() -> None:
        async with world() as here:
            here.issuer.failure = FetchFailed("ConnectError")
            for _ in range(100):
                with pytest.raises(KeysUnavailable):
                    await here.verifier.verify(here.token())
            assert here.issuer.fetches == 2
            here.issuer.failure = None
            here.clock.advance(seconds=30)
            assert await here.verifier.verify(here.token()) == "alice"

    asyncio.run(story())


def test_a_new_key_is_found_at_once_and_a_withdrawn_one_is_forgotten() -> None:
    async def story() -> None:
        async with world() as here:
            old = here.token()
            await here.verifier.verify(old)
            del here.issuer.keys["one"]
            here.issuer.add("two", "EdDSA", generation=1)
            assert await here.verifier.verify(old) == "alice"
            assert await here.verifier.verify(here.token("two")) == "alice"
            assert await here.refusal(old) == "unknown_key"

    asyncio.run(story())


def test_a_refresh_that_changes_nothing_keeps_the_memory() -> None:
    async def story() -> None:
        async with world() as here:
            text = here.token()
            await here.verifier.verify(text)
            before = here.cache.current()
            here.clock.advance(seconds=300)
            await here.verifier.verify(text)
            await here.settle()
            assert here.issuer.fetches == 2
            assert here.cache.current() is before

    asyncio.run(story())


@pytest.mark.parametrize("together", [True, False])
def test_ten_thousand_unknown_keys_cost_the_issuer_two_fetches(together: bool) -> None:  # noqa: FBT001
    """Within 30 s, whether they come at once or one after the other."""

    async def story() -> None:
        async with world() as here:
            here.cache.current()
            header = here.unknown()
            texts = [token({"sub": "mallory"}, {"alg": "EdDSA", "kid": f"k{number}"}) for number in range(10_000)]
            if together:
                outcomes = await asyncio.gather(*map(here.verifier.verify, texts), return_exceptions=True)
                assert all(isinstance(one, TokenRefused) and one.reason == "unknown_key" for one in outcomes)
            else:
                for text in texts:
                    with pytest.raises(TokenRefused):
                        await here.verifier.verify(text)
            assert await here.refusal(header) == "unknown_key"
            assert here.issuer.fetches <= 2
            assert await here.verifier.verify(here.token()) == "alice"

    asyncio.run(story())


def test_a_known_key_does_not_wait_for_the_search_for_an_unknown_one() -> None:
    async def story() -> None:
        async with world() as here:
            await here.verifier.verify(here.token())
            here.gate.clear()
            waiting = asyncio.ensure_future(here.verifier.verify(here.unknown()))
            await here.settle()
            assert not waiting.done()
            assert await here.verifier.verify(here.token(new=True)) == "alice"
            assert not waiting.done()
            here.gate.set()
            with pytest.raises(TokenRefused):
                await waiting

    asyncio.run(story())


def test_a_key_that_a_fetch_under_way_missed_is_searched_for() -> None:
    async def story() -> None:
        gate = asyncio.Event()
        source: Issuer

        async def slow() -> bytes:
            body = await source.fetch()
            await gate.wait()
            return body

        async with world(slow) as here:
            source = here.issuer
            here.cache.current()
            await here.settle()
            here.issuer.add("two", "ES256")
            waiting = asyncio.ensure_future(here.verifier.verify(here.token("two")))
            await here.settle()
            gate.set()
            assert await waiting == "alice"
            assert source.fetches == 2

    asyncio.run(story())


def test_a_request_that_gives_up_does_not_end_the_fetch_that_others_wait_for() -> None:
    async def story() -> None:
        async with world() as here:
            here.gate.clear()
            first, second = (asyncio.ensure_future(here.verifier.verify(here.token())) for _ in range(2))
            await here.settle()
            first.cancel()
            await here.settle()
            here.gate.set()
            assert await second == "alice"
            assert here.issuer.fetches == 1

    asyncio.run(story())


def test_closing_ends_a_fetch_that_hangs() -> None:
    async def story() -> None:
        async def hang() -> bytes:
            await asyncio.Event().wait()
            raise AssertionError

        async with world(hang) as here:
            waiting = asyncio.ensure_future(here.verifier.verify(here.token()))
            await here.settle()
            await here.cache.aclose()
            with pytest.raises(KeysUnavailable):
                await waiting

    asyncio.run(story())


@pytest.mark.parametrize("failure", [FetchFailed("status 500"), RuntimeError("a fault of ours")])
def test_a_failed_refresh_is_logged(failure: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with world() as here:
            here.issuer.failure = failure
            with pytest.raises(KeysUnavailable):
                await here.verifier.verify(here.token())

    asyncio.run(story())
    assert {record.getMessage() for record in caplog.records} == {"keys_not_refreshed"}


def test_a_request_waits_for_keys_only_so_long_in_all() -> None:
    """The issuer never answers: neither the fetch that was under way, nor a search of the request's own."""

    async def story() -> None:
        async def hang() -> bytes:
            await asyncio.Event().wait()
            raise AssertionError

        here = World()
        async with aclosing(KeyCache(hang, here.clock, patience=0.05)) as cache:
            verifier = published_verifier(here.clock, cache)
            for _ in range(2):
                with pytest.raises(KeysUnavailable):
                    await verifier.verify(here.token())

    asyncio.run(story())


def test_it_is_ready_once_it_has_keys() -> None:
    """Readiness itself asks the issuer again when that is due."""

    async def story() -> None:
        async with world() as here:
            here.issuer.failure = FetchFailed("status 500")
            for _ in range(2):
                with pytest.raises(KeysUnavailable):
                    await here.verifier.check()
                await here.settle()
            here.issuer.failure = None
            here.clock.advance(seconds=31)
            with pytest.raises(KeysUnavailable):
                await here.verifier.check()
            await here.settle()
            await here.verifier.check()
            assert here.issuer.fetches == 2

    asyncio.run(story())


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"keys":[]}', b"\xff"])
def test_an_unusable_answer_changes_nothing(answer: bytes) -> None:
    async def story() -> None:
        answers: list[bytes] = []

        async def fetch() -> bytes:
            return answers[-1]

        async with world(fetch) as here:
            answers.append(here.issuer.key_set())
            await here.verifier.verify(here.token())
            answers.append(answer)
            here.clock.advance(seconds=300)
            here.cache.current()
            await here.settle()
            assert await here.verifier.verify(here.token()) == "alice"

    asyncio.run(story())


def test_in_both_modes_the_algorithm_decides() -> None:
    async def story() -> None:
        async with world() as here:
            here.verifier = both_verifier(here.clock, here.cache)
            shared = {"sub": "bob", "exp": here.clock.now().timestamp() + 60}
            for _ in range(2):
                assert await here.verifier.verify(token(shared)) == "bob"
                assert await here.verifier.verify(here.token()) == "alice"
            published = here.issuer.key_set()
            assert await here.refusal(token(shared, {"kid": "one"}, secret=published)) == "bad_signature"
            assert await here.refusal(here.issuer.token("one", shared, {"alg": "HS256"})) == "bad_signature"
            assert await here.refusal(token(shared, {"alg": "EdDSA", "kid": "one"})) == "bad_signature"

    asyncio.run(story())


def test_a_shared_secret_works_in_both_modes_while_the_issuer_is_down() -> None:
    async def story() -> None:
        async with world() as here:
            here.issuer.failure = FetchFailed("ConnectError")
            here.verifier = both_verifier(here.clock, here.cache)
            text = token({"sub": "bob", "exp": here.clock.now().timestamp() + 60})
            assert [await here.verifier.verify(text) for _ in range(2)] == ["bob", "bob"]

    asyncio.run(story())
