"""The service accepts what Better Auth issues for it, and nothing else that Better Auth signs."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.interop.better_auth import FOLDER, SECRET, BetterAuth, running
from tests.support.processes import Server, serving

ROOT = Path(__file__).parents[2]
MODES = {"EdDSA": "jwks", "ES256": "jwks", "RS256": "jwks", "PS256": "jwks", "HS256": "hs256"}


@contextmanager
def service(issuer: BetterAuth, mode: str) -> Iterator[tuple[Server, httpx2.Client]]:
    """Run the service with no other setting than docs/better-auth.md names."""
    values = {"BETTER_AUTH_URL": issuer.url, "TODO_JWT_MODE": mode, "DATABASE_URL": "memory://"}
    if mode != "jwks":
        values["BETTER_AUTH_SECRET"] = SECRET
    with serving(values) as server, httpx2.Client(base_url=server.url, timeout=10) as client:
        yield server, client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("algorithm", MODES)
def test_a_user_of_better_auth_lives_with_a_task(algorithm: str) -> None:
    """In each way of signing, with the token of a real sign-up."""
    with running(algorithm) as issuer, service(issuer, MODES[algorithm]) as (server, client):
        token = issuer.token()
        client.headers.update(bearer(token))
        made = client.post("/tasks", json={"title": "Buy milk"})
        assert made.status_code == 201
        assert made.json()["user_id"] == issuer.user_id
        path = made.headers["Location"]
        assert client.get("/tasks").json() == [made.json()]
        assert client.get(f"/api/{issuer.user_id}/tasks").json() == [made.json()]
        assert client.patch(path, json={"title": "Buy oat milk"}).json()["title"] == "Buy oat milk"
        assert client.patch(f"{path}/toggle").json()["completed"]
        assert client.get("/api/somebody/tasks").status_code == 403
        assert client.delete(path).status_code == 204
        assert client.get(path).status_code == 404
        for other in others(issuer):
            refused = client.get("/tasks", headers=bearer(other))
            assert refused.status_code == 401
            assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        server.wait_for_lines("authorization_violation", 1)
        output = "".join(server.lines)
        assert not [secret for secret in (SECRET, token, *others(issuer)) if secret in output]


def others(issuer: BetterAuth) -> list[str]:
    """Return what Better Auth gives out for other uses; its session cookie here is a JWT with the shared secret."""
    found = [issuer.session_token, issuer.verification_token(), *issuer.cookies.values()]
    assert len(found) == 4
    assert [text.count(".") for text in found].count(2) == 2
    return found


def test_keys_change_while_requests_run_and_known_ones_outlive_the_issuer() -> None:
    with running("EdDSA") as issuer, service(issuer, "jwks") as (_, client), ThreadPoolExecutor(4) as pool:
        old = issuer.token()
        assert client.get("/tasks", headers=bearer(old)).status_code == 200
        flood = [pool.submit(client.get, "/tasks", headers=bearer(old)) for _ in range(100)]
        issuer.rotate()
        new = issuer.token()
        flood += [pool.submit(client.get, "/tasks", headers=bearer(text)) for text in (new, old) * 50]
        assert {one.result().status_code for one in flood} == {200}
        issuer.stop()
        for text in (old, new):
            assert client.get("/tasks", headers=bearer(text)).status_code == 200
        with service(issuer, "jwks") as (_, fresh):
            refused = fresh.get("/tasks", headers=bearer(new))
            assert refused.status_code == 503
            assert refused.json()["code"] == "keys_unavailable"
            assert "Retry-After" in refused.headers


def test_a_token_outlives_the_session_but_not_its_key() -> None:
    """The service knows nothing of sessions; a withdrawn key is refused as soon as a new one is seen."""
    with running("ES256") as issuer, service(issuer, "jwks") as (_, client):
        old = issuer.token()
        assert client.get("/tasks", headers=bearer(old)).status_code == 200
        issuer.withdraw()
        new = issuer.token()
        issuer.sign_out()
        with pytest.raises(httpx2.HTTPStatusError, match="401"):
            issuer.token()
        assert client.get("/tasks", headers=bearer(new)).status_code == 200
        assert client.get("/tasks", headers=bearer(old)).status_code == 401


def test_an_issuer_moves_from_a_shared_secret_to_published_keys() -> None:
    """In the mode both, at one address, nobody has to sign in again."""
    with running("HS256") as before:
        old = before.token()
        with service(before, "both") as (_, client):
            assert client.get("/tasks", headers=bearer(old)).status_code == 200
            before.stop()
            with running("EdDSA", urlsplit(before.url).port or 0) as after:
                # The key is unknown, and the service has just looked for keys in vain: it looks once more.
                assert client.get("/tasks", headers=bearer(after.token())).status_code == 200
                assert client.get("/tasks", headers=bearer(old)).status_code == 200


@pytest.mark.parametrize("end", ["", "/"])
def test_the_example_client_works(tmp_path: Path, end: str) -> None:
    """It compiles under strict rules, and a page that uses it lives with a task, through a sign-out and a bad token.

    The addresses that it is given may end with a slash.
    """
    with running("EdDSA") as issuer, service(issuer, "jwks") as (server, _):
        example = ROOT / "examples" / "tasks-client"
        subprocess.run([FOLDER / "node_modules/.bin/tsc", "-p", example, "--outDir", tmp_path], check=True)
        (tmp_path / "tasks-client.js").rename(tmp_path / "tasks-client.mjs")
        cookie = "; ".join(f"{name}={value}" for name, value in issuer.cookies.items())
        node = shutil.which("node") or ""
        page = subprocess.run(
            [node, FOLDER / "page.mjs", tmp_path / "tasks-client.mjs", issuer.url + end, server.url + end, cookie],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert page.returncode == 0, page.stderr
        told = json.loads(page.stdout)
        assert told == {
            "owner": issuer.user_id,
            "titles": ["Buy oat milk"],
            "repeated": True,
            "completed": True,
            "left": 0,
            "missing": [404, "task_not_found"],
            "tokens": 2,
            "signedOut": "NotSignedIn",
        }
