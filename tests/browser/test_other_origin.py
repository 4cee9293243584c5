"""A page of another origin that sends credentials, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import Server, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.support.swagger import browser_page
from tests.support.threaded_server import serving_in_thread

PAGE = "tasks.html"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def other_origin() -> Iterator[str]:
    """Serve the folder of this file at a port of its own, which makes it another origin."""
    handler = partial(QuietHandler, directory=str(Path(__file__).parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with serving_in_thread(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def service(*origins: str) -> Iterator[Server]:
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CORS_ORIGINS": ",".join(origins)}
    with serving(values) as server:
        yield server


def open_page(page: Page, origin: str, tasks: str) -> None:
    """Open the page as a user who has a cookie at the service's address."""
    page.context.add_cookies([{"name": "session", "value": "x", "url": tasks}])
    token = bearer("ann")["Authorization"].removeprefix("Bearer ")
    page.goto(f"{origin}/{PAGE}#{tasks} {token}")


@pytest.mark.parametrize("path", ["/tasks", "/api/ann/tasks"])
def test_a_page_of_an_allowed_origin_lists_creates_completes_and_deletes(path: str) -> None:
    with other_origin() as origin, service(origin) as server, browser_page() as page:
        open_page(page, origin, f"{server.url}{path}")
        expect(page.locator("ul[data-shown='0']")).to_be_attached()
        page.locator("[name=title]").fill("Buy milk")
        page.get_by_role("button", name="Add").click()
        expect(page.locator("ul[data-shown='1'][data-ignored='priority, due_date']")).to_contain_text("Buy milk")
        state = page.get_by_role("checkbox")
        for completed in (True, False):
            with page.expect_response(lambda response: response.request.method == "PATCH"):
                state.click()
            page.reload()
            expect(state).to_be_checked(checked=completed)
        page.get_by_role("button", name="Delete").click()
        expect(page.locator("ul[data-shown='0']")).to_be_attached()
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("alert")).to_have_text("The title must not be blank.")


def test_a_page_of_another_origin_reads_nothing() -> None:
    with other_origin() as origin, service("http://localhost:3000") as server, browser_page() as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        with page.expect_event("pageerror"):
            open_page(page, origin, f"{server.url}/tasks")
        assert page.locator("li").count() == 0
        assert ["Failed to fetch" in fault for fault in faults] == [True]
