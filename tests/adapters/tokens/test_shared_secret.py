"""Tokens signed with a shared secret."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.tokens.verifiers import shared_verifier
from tests.support.clocks import FrozenClock
from tests.support.token_forge import ISSUER, SECRET, as_json, sealed, token
from todo_adapters.tokens.development_token import issue_token
from todo_adapters.tokens.shared_secret import SecretUnusable
from todo_core.errors import TokenExpired, TokenRefused
from todo_core.synchronous import run_now

CLOCK = FrozenClock()
NOW = int(CLOCK.now().timestamp())
LEEWAY = 30
DAY = 24 * 60 * 60
VERIFIER = shared_verifier(CLOCK)


def user_of(text: str) -> str:
    return run_now(VERIFIER.verify(text))


def refusal_of(text: str) -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        user_of(text)
    return caught.value


def test_an_issued_token_proves_its_user() -> None:
    assert user_of(issue_token(SECRET, "alice", timedelta(hours=24), CLOCK.now())) == "alice"


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"sub": "alice"}, "alice"),
        ({"user_id": "alice"}, "alice"),
        ({"id": "alice"}, "alice"),
        ({"sub": "alice", "user_id": "bob", "id": "carol"}, "alice"),
        ({"user_id": "bob", "id": "carol"}, "bob"),
        ({"sub": "Ålice/ü 1"}, "Ålice/ü 1"),
        ({"sub": "x" * 255}, "x" * 255),
        ({"sub": "alice", "iss": ISSUER, "aud": ISSUER}, "alice"),
        ({"sub": "alice", "aud": ["https://other.example", ISSUER]}, "alice"),
        ({"sub": "alice", "email": "a@b.example", "admin": None, "nested": {"exp": 1}}, "alice"),
        ({"sub": "alice", "exp": NOW - LEEWAY + 1}, "alice"),
        ({"sub": "alice", "exp": NOW + 7 * DAY}, "alice"),
        ({"sub": "alice", "exp": NOW + 60.5, "iat": NOW + LEEWAY, "nbf": NOW + LEEWAY}, "alice"),
    ],
)
def test_a_good_token_is_accepted(claims: dict[str, object], user: str) -> None:
    assert user_of(token({"exp": NOW + 60} | claims)) == user


@pytest.mark.parametrize("header", [{"typ": "jwt"}, {"kid": "1"}, {"cty": "JWT"}, {"jku": "https://evil.example"}])
def test_headers_that_change_nothing_are_accepted(header: dict[str, object]) -> None:
    assert user_of(token({"sub": "alice", "exp": NOW + 60}, header)) == "alice"


def test_a_token_without_a_type_is_accepted() -> None:
    """As Better Auth signs them."""
    assert user_of(sealed(b'{"alg":"HS256"}', as_json({"sub": "alice", "exp": NOW + 60}))) == "alice"


def test_only_an_otherwise_valid_token_is_called_expired() -> None:
    late = {"sub": "alice", "exp": NOW - LEEWAY}
    assert isinstance(refusal_of(token(late)), TokenExpired)
    for claims in (late | {"iss": "https://evil.example"}, late | {"sub": ""}, late | {"nbf": "0"}):
        assert not isinstance(refusal_of(token(claims)), TokenExpired)
    assert not isinstance(refusal_of(token(late, secret="somebody else's secret of 32 bytes")), TokenExpired)


def test_a_token_is_refused_from_its_last_second_and_the_leeway_on() -> None:
    clock = FrozenClock()
    verifier = shared_verifier(clock)
    text = issue_token(SECRET, "alice", timedelta(seconds=60), clock.now())
    clock.advance(seconds=89)
    assert run_now(verifier.verify(text)) == "alice"
    clock.advance(seconds=1)
    with pytest.raises(TokenRefused):
        run_now(verifier.verify(text))


def test_a_token_has_expired_at_its_very_time_and_the_leeway() -> None:
    """RFC 7519, section 4.1.4: on or after."""
    assert isinstance(refusal_of(token({"sub": "alice", "exp": CLOCK.now().timestamp() - LEEWAY})), TokenExpired)


def test_how_long_a_token_may_be_valid_is_told_only_if_nothing_else_is_wrong() -> None:
    long = {"sub": "alice", "exp": NOW + 8 * DAY}
    assert refusal_of(token(long)).longest == timedelta(days=7)
    for claims in (long | {"iss": "https://evil.example"}, long | {"sub": ""}, long | {"nbf": "0"}):
        assert refusal_of(token(claims)).longest is None
    assert refusal_of(token(long, secret="somebody else's secret of 32 bytes")).longest is None


@pytest.mark.parametrize(
    ("longest", "seconds", "accepted"),
    [(timedelta(hours=1), 3600, True), (timedelta(hours=1), 3631, False), (None, 1000 * DAY, True)],
)
def test_a_deployment_says_how_long_a_token_may_be_valid(
    longest: timedelta | None, seconds: int, *, accepted: bool
) -> None:
    verifier = shared_verifier(CLOCK, longest=longest)
    text = token({"sub": "alice", "exp": NOW + seconds})
    if accepted:
        assert run_now(verifier.verify(text)) == "alice"
    else:
        with pytest.raises(TokenRefused):
            run_now(verifier.verify(text))


def test_a_secret_is_measured_in_bytes() -> None:
    secret = "éè" * 8
    text = issue_token(secret, "alice", timedelta(hours=1), CLOCK.now())
    assert run_now(shared_verifier(CLOCK, secret).verify(text)) == "alice"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "x" * 31,
        "better-auth-secret-12345678901234567890",
        "é" * 15,
        "\udcff" * 40,
        "x" * 64,
        "é" * 64,
        " " * 64,
        " \t\n\u3000" * 16,
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        '{"kty":"oct","k":"c2VjcmV0IHNlY3JldCBzZWNyZXQ"}',
    ],
)
def test_an_unusable_secret_is_refused_in_one_line_that_does_not_show_it(secret: str) -> None:
    with pytest.raises(SecretUnusable) as caught:
        shared_verifier(CLOCK, secret)
    message = str(caught.value)
    assert "BETTER_AUTH_SECRET" in message
    assert "\n" not in message
    assert not secret or secret not in message
    with pytest.raises(SecretUnusable):
        issue_token(secret, "alice", timedelta(hours=1), CLOCK.now())


@given(st.text() | st.text("eyJ.-_=A \udc80").filter(bool))
def test_any_text_is_refused_and_nothing_else_is_raised(text: str) -> None:
    refusal_of(text)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_signed_bytes_are_refused_and_nothing_else_is_raised(header: bytes, payload: bytes) -> None:
    refusal_of(sealed(header, payload))
    refusal_of(sealed(b'{"alg":"HS256"}', payload))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CLAIM = st.sampled_from(["sub", "user_id", "id", "exp", "nbf", "iat", "iss", "aud"])


@given(st.dictionaries(CLAIM, JSON) | JSON)
def test_any_claims_are_accepted_or_refused(claims: object) -> None:
    """Whatever a verified payload says, the outcome is an identity or TokenRefused."""
    try:
        user = user_of(token(claims))
    except TokenRefused:
        return
    assert isinstance(claims, dict)
    assert user in claims.values()


@given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "zip", "b64", "jwk"]), JSON))
def test_any_header_is_accepted_or_refused(header: dict[str, object]) -> None:
    text = sealed(as_json(header), as_json({"sub": "alice", "exp": NOW + 60}))
    try:
        user_of(text)
    except TokenRefused:
        return
    assert header["alg"] == "HS256"
