"""What a deployment says about its tokens."""

import sys
from datetime import timedelta
from subprocess import run

import jwt
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from tests.support.issuer import Issuer
from tests.support.key_server import publishing
from tests.support.polling import until
from tests.support.secrecy import SECRET
from tests.support.service import bearer, settings
from tests.web.conftest import Start
from todo_web.command_line import main
from todo_web.durations import parse_duration


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


def test_a_secret_that_does_not_count_is_not_looked_at() -> None:
    assert settings(BETTER_AUTH_SECRET="short", TODO_JWT_MODE="jwks").shared_secret is None
    for mode in ("hs256", "both"):
        with pytest.raises(ValidationError):
            settings(BETTER_AUTH_SECRET="short", TODO_JWT_MODE=mode)


@pytest.mark.parametrize("mode", ["jwks", "both"])
def test_without_keys_the_service_is_not_ready_and_the_log_says_why(
    mode: str, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """As with a wrong BETTER_AUTH_URL. A credential in an address is not shown."""
    client = start(TODO_JWT_MODE=mode, BETTER_AUTH_URL="http://ann:geheim@127.0.0.1:1/?key=geheim")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["code"]) == (503, "keys_unavailable")
    assert client.get("/health/live").status_code == 200
    assert until(lambda: [record for record in caplog.records if record.getMessage() == "keys_not_refreshed"])
    (found,) = (vars(record) for record in caplog.records if record.getMessage() == "keys_not_refreshed")
    assert (found["url"], found["reason"]) == ("http://127.0.0.1:1/api/auth/jwks", "Connection refused")
    assert "geheim" not in caplog.text


def test_with_keys_the_service_is_ready(start: Start) -> None:
    issuer = Issuer()
    issuer.add("one", "EdDSA")
    with publishing(issuer) as url:
        client = start(TODO_JWT_MODE="jwks", TODO_JWKS_URL=url)
        assert until(lambda: client.get("/health/ready").status_code == 200)


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


@pytest.mark.parametrize(
    ("values", "ttl", "detail"),
    [
        ({}, timedelta(days=7), None),
        ({}, timedelta(days=8), "The token is valid for longer than 7 days."),
        ({"TODO_JWT_MAX_LIFETIME": "24h"}, timedelta(days=7), "The token is valid for longer than 24 hours."),
        ({"TODO_JWT_MAX_LIFETIME": "90s"}, timedelta(hours=1), "The token is valid for longer than 90 seconds."),
        ({"TODO_JWT_MAX_LIFETIME": "30d"}, timedelta(days=30), None),
        ({"TODO_JWT_MAX_LIFETIME": "0"}, timedelta(days=36_500), None),
    ],
)
def test_a_token_counts_for_as_long_as_the_settings_say(
    start: Start,
    values: dict[str, str],
    ttl: timedelta,
    detail: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = start(**values).get("/tasks", headers=bearer(ttl=ttl))
    if detail is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (401, "token_invalid", detail)
    assert f'error_description="{detail[:-1]}"' in answer.headers["WWW-Authenticate"]
    (event,) = [record for record in caplog.records if record.name == "todo.audit"]
    assert (vars(event)["reason"], vars(event)["setting"]) == ("lifetime_too_long", "TODO_JWT_MAX_LIFETIME")


def test_a_contract_may_fix_a_shorter_time_for_its_own_routes(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    client = start(TODO_CONTRACTS="fastapi-todo-backend,task-management", TODO_JWT_MAX_LIFETIME="0")
    week = bearer(ttl=timedelta(days=7))
    for _ in range(2):  # the second time the token is known
        assert client.get("/tasks", headers=week).status_code == 200
        for method, path in (("GET", "/api/tasks"), ("HEAD", "/api/tasks"), ("POST", "/api/tasks/1/toggle")):
            assert client.request(method, path, headers=week).status_code == 401
    answer = client.get("/api/tasks", headers=week)
    assert answer.json()["detail"] == "The token is valid for longer than 24 hours."
    event = vars(caplog.records[-1])
    assert (event["reason"], event["setting"]) == ("lifetime_too_long_here", "token_lifetime of the contract")
    assert client.get("/api/tasks", headers=bearer(ttl=timedelta(hours=24))).status_code == 200


def test_a_shorter_setting_counts_on_every_contract(start: Start) -> None:
    client = start(TODO_CONTRACTS="task-management", TODO_JWT_MAX_LIFETIME="1h")
    answer = client.get("/api/tasks", headers=bearer(ttl=timedelta(hours=2)))
    assert answer.json()["detail"] == "The token is valid for longer than 60 minutes."


def test_another_fault_of_a_long_token_is_not_told(start: Start) -> None:
    token = bearer(ttl=timedelta(days=30))["Authorization"]
    answer = start().get("/tasks", headers={"Authorization": token[:-2] + ("AA" if token[-2:] != "AA" else "BB")})
    assert answer.json()["detail"] == "The token is invalid."


@pytest.mark.parametrize("duration", ["", "7", "d", "-1d", "1.5h", "7 d", "1w", "24H", "\u0667d", "1234567s"])
def test_a_lifetime_that_is_none_is_refused(duration: str) -> None:
    with pytest.raises(ValidationError, match="number and a unit"):
        settings(TODO_JWT_MAX_LIFETIME=duration)


@pytest.mark.parametrize(
    ("setting", "arguments", "ttl"),
    [
        (None, [], "24h"),
        (None, ["--ttl", "7d"], "7d"),
        (None, ["--ttl", "0s"], "0s"),
        ("2h", [], "2h"),
        ("30d", ["--ttl", "30d"], "30d"),
        ("0", ["--ttl", "3650d"], "3650d"),
    ],
)
def test_the_command_makes_tokens_that_the_service_accepts(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, arguments: list[str], ttl: str
) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    if setting:
        monkeypatch.setenv("TODO_JWT_MAX_LIFETIME", setting)
    outcome = CliRunner().invoke(main, ["token", "ann", *arguments])
    assert outcome.exit_code == 0, outcome.output
    claims = jwt.decode(outcome.output.strip(), options={"verify_signature": False})
    assert timedelta(seconds=claims["exp"] - claims["iat"]) == parse_duration(ttl)


@pytest.mark.parametrize(("setting", "ttl", "told"), [(None, "8d", "7 days"), ("1h", "2h", "60 minutes")])
def test_the_command_makes_no_token_that_the_service_would_refuse(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, ttl: str, told: str
) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    if setting:
        monkeypatch.setenv("TODO_JWT_MAX_LIFETIME", setting)
    outcome = CliRunner().invoke(main, ["token", "ann", "--ttl", ttl])
    assert outcome.exit_code == 2
    assert f"{told} (TODO_JWT_MAX_LIFETIME)" in outcome.output


def test_a_shared_secret_needs_no_http_client() -> None:
    """It takes a fifth of a second to load."""
    code = "import sys, todo_web.app; sys.exit('httpx2' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
