"""Swagger UI, as a person in front of a browser uses it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class SwaggerUi:
    """The page; ``strangers`` are the addresses elsewhere that it asked for, ``faults`` what its scripts broke on."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.strangers: list[str] = []
        self.faults: list[str] = []
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        page.context.on("request", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{url}/docs")
        page.locator(".opblock").first.wait_for()

    def authorize(self, token: str) -> None:
        """Paste a token, in place of the one before."""
        self.page.locator(".auth-wrapper > .authorize").click()
        dialog = self.page.locator(".dialog-ux")
        if (log_out := dialog.get_by_role("button", name="Remove authorization")).is_visible():
            log_out.click()
        dialog.locator("input").fill(token)
        dialog.get_by_role("button", name="Apply credentials").click()
        dialog.locator(".btn-done").click()

    def execute(self, operation_id: str, *, body: str | None = None, **parameters: object) -> tuple[int, Any]:
        """Fill in an operation's form and send it; return the status and the body that the page then shows."""
        block = self.page.locator(f"[id$='-{operation_id}']")
        if not block.locator(".execute").is_visible():
            block.locator(".opblock-summary-control").click()
        for name, value in parameters.items():
            block.locator(f"tr[data-param-name='{name}'] input").fill(str(value))
        if body is not None:
            block.locator("textarea.body-param__text").fill(body)
        if (clear := block.locator(".btn-clear")).is_visible():
            clear.click()
        block.locator(".execute").click()
        answer = block.locator(".live-responses-table tbody tr.response")
        answer.wait_for()
        status = int(answer.locator(".response-col_status").inner_text().split()[0])
        shown = answer.locator(".response-col_description .highlight-code code")
        return status, json.loads(shown.first.inner_text()) if shown.count() else None

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self._origin:
            self.strangers.append(request.url)


@contextmanager
def browser_page() -> Iterator[Page]:
    """Open a page in a browser that resolves no name; skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        expect.set_options(timeout=30_000)  # a busy machine takes its time
        try:
            yield browser.new_page(viewport={"width": 1200, "height": 1400})
        finally:
            browser.close()


@contextmanager
def swagger_ui(url: str) -> Iterator[SwaggerUi]:
    """Open the page of a service."""
    with browser_page() as page:
        yield SwaggerUi(page, url)
