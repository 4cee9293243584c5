"""Other implementations of the protocol: the npm client, and the project's own conformance tests."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.interop.bearer_proxy import signing_in
from tests.interop.node import missing
from tests.support.processes import free_port, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.web.mcp.client import Era, eras

FOLDER = Path(__file__).parent / "mcp"
VALUES = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_MCP": "true"}

NOT_OURS = {
    **dict.fromkeys(
        (
            "tools-call-simple-text",
            "tools-call-image",
            "tools-call-audio",
            "tools-call-embedded-resource",
            "tools-call-mixed-content",
            "tools-call-with-logging",
            "tools-call-error",
            "tools-call-with-progress",
            "tools-call-sampling",
            "tools-call-elicitation",
            "json-schema-2020-12",
            "elicitation-sep1034-defaults",
            "elicitation-sep1330-enums",
            "server-sse-polling",
        ),
        "calls a tool of the conformance tests' own example server",
    ),
    **dict.fromkeys(
        (
            "resources-list",
            "resources-read-text",
            "resources-read-binary",
            "resources-templates-read",
            "resources-subscribe",
            "resources-unsubscribe",
        ),
        "there are no resources: the tools are all there is",
    ),
    **dict.fromkeys(
        (
            "prompts-list",
            "prompts-get-simple",
            "prompts-get-with-args",
            "prompts-get-embedded-resource",
            "prompts-get-with-image",
        ),
        "there are no prompts",
    ),
    "completion-complete": "there is nothing to complete without prompts and resources",
    "logging-set-level": "the log is the operator's, and nothing is logged to clients",
    "server-sse-multiple-streams": "each request is answered with JSON; there are no streams",
}
"""The scenarios that this server cannot pass, and why."""


@pytest.fixture(autouse=True)
def _node() -> None:
    if reason := missing(FOLDER):
        pytest.skip(reason)


@eras
def test_an_assistant_on_the_npm_client_lives_with_a_task(era: Era) -> None:
    """It checks each answer against the tool's output schema."""
    with serving(VALUES) as server:
        token = bearer()["Authorization"].removeprefix("Bearer ")
        command = ["node", "client.mjs", f"{server.url}/mcp", token, era]
        ended = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    milk = {"task_id": 1, "title": "Buy milk"}
    oat_milk = {"task_id": 1, "title": "Buy oat milk"}
    assert json.loads(ended.stdout) == {
        "version": "2025-11-25" if era == "legacy" else era,
        "tools": ["add_task", "list_tasks", "complete_task", "update_task", "delete_task", "restore_task"],
        "added": milk | {"status": "created"},
        "again": milk | {"status": "created"},
        "completed": milk | {"status": "completed"},
        "updated": oat_milk | {"status": "updated"},
        "deleted": oat_milk | {"status": "deleted"},
        "missing": "task_not_found",
        "restored": oat_milk | {"status": "restored"},
        "titles": ["Buy oat milk"],
    }


def test_the_generic_scenarios_of_the_conformance_tests_pass() -> None:
    """All scenarios run; those that do not pass are exactly the ones that are not ours."""
    port = free_port()
    url = f"http://localhost:{port}/mcp"
    with serving(VALUES | {"TODO_MCP_URL": url}) as server, signing_in(port, server.url, bearer()):
        ended = subprocess.run(
            [FOLDER / "node_modules/.bin/conformance", "server", "--url", url, "--suite", "all"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    summary = ended.stdout.partition("=== SUMMARY ===")[2]
    found = re.findall(r"^\S+ ([a-z0-9-]+): (\d+) passed, (\d+) failed", summary, re.MULTILINE)
    passed = {name for name, passes, failures in found if passes != "0" and failures == "0"}
    assert passed == {"server-initialize", "ping", "tools-list", "dns-rebinding-protection"}, ended.stdout
    assert {name for name, *_ in found} - passed == NOT_OURS.keys()
