"""The service works through Swagger UI alone, in a real browser (specification 003, FR-016 and SC-002)."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.support.swagger import SwaggerUi, swagger_ui

HOUR = timedelta(hours=1)


def token(ttl: timedelta = HOUR) -> str:
    return bearer("ann", ttl)["Authorization"].removeprefix("Bearer ")


@pytest.mark.proves("FR-016", "SC-002", contract="task-management")
def test_a_person_works_with_tasks_in_a_browser(tmp_path: Path) -> None:
    """With a valid, an expired and a malformed token, and with nothing but this server to load from."""
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CONTRACTS": "task-management"}
    with serving(values) as server, swagger_ui(server.url) as page:
        for text, code in ((None, "token_required"), (token(-HOUR), "token_expired"), ("malformed", "token_invalid")):
            if text is not None:
                page.authorize(text)
            status, problem = page.execute("task_management_list_tasks")
            assert (status, problem["code"]) == (401, code)
        page.authorize(token())
        live_with_a_task(page)
        page.page.screenshot(path=tmp_path / "swagger.png", full_page=True)
        assert page.strangers == []
        assert page.faults == []


def live_with_a_task(page: SwaggerUi) -> None:
    status, task = page.execute("task_management_create_task", body='{"title": "Buy milk"}')
    assert (status, task["title"], task["user_id"]) == (201, "Buy milk", "ann")
    assert page.execute("task_management_list_tasks") == (200, [task])
    status, toggled = page.execute("task_management_complete_task", task_id=task["id"], body="")
    assert (status, toggled["completed"]) == (200, True)
    assert page.execute("task_management_delete_task", task_id=task["id"])[0] == 204
    assert page.execute("task_management_list_tasks") == (200, [])
