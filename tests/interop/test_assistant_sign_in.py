"""A person signs in at a real Better Auth server with its MCP plugin, and lets an assistant work on their tasks."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from playwright.async_api import Page, async_playwright
from pydantic import AnyUrl

from tests.interop.better_auth import FOLDER, PASSWORD
from tests.interop.node import missing
from tests.support.processes import Server, free_port, serving
from tests.support.secrecy import SECRET
from tests.support.swagger import CHROMIUM, FLAGS
from tests.web.mcp.client import Assistant

EMAIL = "ann@example.com"


class Kept:
    """Implements the client's storage of what it was given."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@contextmanager
def issuing(resource: str, port: int) -> Iterator[str]:
    """Run a Better Auth server that issues tokens for a resource; skips the test where it cannot run."""
    if reason := missing(FOLDER):
        pytest.skip(reason)
    command = ["node", "authorization.mjs", SECRET, resource, str(port)]
    with subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Person:
    """Signs in and allows what they are asked, in a browser."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._returned = ""

    async def visit(self, address: str) -> None:
        """Go where an assistant sends them, until they are sent back to it."""
        await self._page.route("**/callback?*", lambda route: route.fulfill(body="You can close this page."))
        await self._page.goto(address)
        await self._page.locator("[name=email]").fill(EMAIL)
        await self._page.locator("[name=password]").fill(PASSWORD)
        await self._page.get_by_role("button", name="Sign in").click()
        async with self._page.expect_request("**/callback?*") as sent_back:
            await self._page.get_by_role("button", name="Allow").click()
        self._returned = (await sent_back.value).url

    async def code(self) -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(self._returned).query)
        return AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query.get("iss", [None])[0])


@asynccontextmanager
async def browsing() -> AsyncIterator[Person]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield Person(await browser.new_page())
        finally:
            await browser.close()


async def use_an_assistant(service: Server, kept: Kept) -> None:
    """Know nothing but the address of /mcp: whose tokens it takes, it says itself."""
    metadata = OAuthClientMetadata(
        client_name="An assistant",
        redirect_uris=[AnyUrl(f"http://127.0.0.1:{free_port()}/callback")],
        token_endpoint_auth_method="none",
    )
    async with browsing() as person:
        auth = OAuthClientProvider(f"{service.url}/mcp", metadata, kept, person.visit, person.code)
        async with (
            httpx2.AsyncClient(auth=auth, timeout=60) as http,
            Client(streamable_http_client(f"{service.url}/mcp", http_client=http)) as client,
        ):
            assistant = Assistant(client)
            await assistant.done("add_task", title="Buy milk")
            assert [task["title"] for task in (await assistant.done("list_tasks"))["tasks"]] == ["Buy milk"]


def test_an_assistant_acts_for_the_person_who_signed_in() -> None:
    """By the code flow with PKCE. Their own token shows them the task, and the assistant's opens /mcp only."""
    port = free_port()
    with issuing(f"http://127.0.0.1:{port}/mcp", free_port()) as issuer:
        values = {
            "BETTER_AUTH_URL": issuer,
            "TODO_JWT_MODE": "jwks",
            "DATABASE_URL": "memory://",
            "PORT": str(port),
            "TODO_MCP": "true",
            "TODO_MCP_URL": f"http://127.0.0.1:{port}/mcp",
        }
        with httpx2.Client(base_url=issuer, timeout=60) as ann, serving(values) as service:
            person = {"name": "Ann", "email": EMAIL, "password": PASSWORD}
            user_id = ann.post("/api/auth/sign-up/email", json=person).raise_for_status().json()["user"]["id"]
            kept = Kept()
            asyncio.run(use_an_assistant(service, kept))
            own = {"Authorization": f"Bearer {ann.get('/api/auth/token').json()['token']}"}
            (task,) = httpx2.get(f"{service.url}/api/tasks", headers=own).json()
            assert (task["title"], task["user_id"]) == ("Buy milk", user_id)
            assert kept.tokens is not None
            assistants = {"Authorization": f"Bearer {kept.tokens.access_token}"}
            assert httpx2.get(f"{service.url}/api/tasks", headers=assistants).status_code == 401
