"""What a deployment says about its tokens."""

import sys
from subprocess import run

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from tests.web.conftest import SECRET, Start, bearer, settings
from todo_web.main import main


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://App.Example.com/", "https://app.example.com"),
        ("https://app.example.com:443/api/auth", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("https://user:word@app.example.com", "https://app.example.com"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
    ],
)
def test_issuer_audience_and_keys_come_from_the_address_of_better_auth(url: str, origin: str) -> None:
    """The origin is written as Better Auth writes it into iss and aud."""
    tokens = settings(BETTER_AUTH_URL=url).tokens
    assert (tokens.issuer, tokens.audience, tokens.jwks_url) == (origin, origin, f"{origin}/api/auth/jwks")


def test_each_of_them_can_be_set() -> None:
    tokens = settings(
        TODO_JWT_ISSUER="me", TODO_JWT_AUDIENCE="you", TODO_JWKS_URL="http://web:3000/keys", TODO_JWT_LEEWAY="5"
    ).tokens
    assert (tokens.issuer, tokens.audience, tokens.jwks_url, tokens.leeway) == ("me", "you", "http://web:3000/keys", 5)


@pytest.mark.parametrize("url", ["localhost", "ftp://localhost", "http://", "http://localhost:99999", "file:///keys"])
@pytest.mark.parametrize("name", ["BETTER_AUTH_URL", "TODO_JWKS_URL"])
def test_an_address_that_is_none_is_refused(name: str, url: str) -> None:
    with pytest.raises(ValidationError):
        settings(**{name: url})


@pytest.mark.parametrize("mode", ["hs256", "both", "HS256", "none", ""])
def test_only_published_keys_go_without_a_secret(mode: str) -> None:
    with pytest.raises(ValidationError):
        settings(BETTER_AUTH_SECRET=None, TODO_JWT_MODE=mode)
    assert settings(BETTER_AUTH_SECRET=None, TODO_JWT_MODE="jwks").shared_secret is None


def test_a_secret_does_not_count_where_only_published_keys_do(start: Start) -> None:
    client = start(TODO_JWT_MODE="jwks", TODO_JWKS_URL="http://127.0.0.1:1/jwks")
    assert client.get("/tasks", headers=bearer()).status_code == 401


def test_published_keys_that_cannot_be_had_make_no_token_invalid(start: Start) -> None:
    client = start(TODO_JWT_MODE="jwks", TODO_JWKS_URL="http://127.0.0.1:1/jwks")
    answer = client.get("/tasks", headers={"Authorization": "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.e30.AA"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json()["code"] == "keys_unavailable"
    assert "WWW-Authenticate" not in answer.headers


def test_only_an_issuer_makes_tokens_for_published_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TODO_JWT_MODE", "jwks")
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    outcome = CliRunner().invoke(main, ["token", "ann"])
    assert outcome.exit_code == 2
    assert "TODO_JWT_MODE is jwks" in outcome.output


def test_a_shared_secret_needs_no_http_client() -> None:
    """It takes a fifth of a second to load."""
    code = "import sys, todo_web.app; sys.exit('httpx2' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
