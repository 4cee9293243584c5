"""A real Better Auth server, and the browser of one of its users."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.interop.node import missing
from tests.support import secrecy

FOLDER = Path(__file__).parent / "better-auth"
SECRET = secrecy.SECRET
PASSWORD = "correct horse battery staple"


class BetterAuth:
    """A running server. Its user signs up once and then asks for what the server gives out."""

    def __init__(self, process: subprocess.Popen[str], url: str, browser: httpx2.Client) -> None:
        self.url = url
        self._process = process
        self._browser = browser
        answer = browser.post(
            "/api/auth/sign-up/email", json={"name": "Ann", "email": "ann@example.com", "password": PASSWORD}
        ).raise_for_status()
        self.user_id: str = answer.json()["user"]["id"]
        self.session_token: str = answer.json()["token"]

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies of the session, by name."""
        return dict(self._browser.cookies)

    def token(self) -> str:
        """Return a new token for an API."""
        text: str = self._browser.get("/api/auth/token").raise_for_status().json()["token"]
        return text

    def verification_token(self) -> str:
        """Return the token of the e-mail that was sent at sign-up."""
        text: str = self._browser.get("/mails").raise_for_status().json()[0]
        return text

    def rotate(self) -> None:
        """Let the signing key's time be over: it stays published, and the next token has a new one."""
        self._browser.get("/rotate").raise_for_status()

    def withdraw(self) -> None:
        """Publish the signing key no longer."""
        self._browser.get("/withdraw").raise_for_status()

    def sign_out(self) -> None:
        self._browser.post("/api/auth/sign-out", headers={"Origin": self.url}, json={}).raise_for_status()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@contextmanager
def running(algorithm: str, port: int = 0) -> Iterator[BetterAuth]:
    """Run a server that signs with an algorithm while the block runs; skips the test where it cannot run.

    Port 0 is any free one.
    """
    if reason := missing(FOLDER):
        pytest.skip(reason)
    command = ["node", "server.mjs", algorithm, SECRET, str(port)]
    with subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            with httpx2.Client(base_url=url, timeout=10) as browser:
                yield BetterAuth(process, url, browser)
        finally:
            process.kill()
