"""Schemathesis against a running service: every check, every contract."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzzing.hooks import USER_ID
from tests.support.documented_contracts import contract_file
from tests.support.processes import environment, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
CONTRACTS = (
    "fastapi-todo-backend,fastapi-backend-crud,backend-todo-api",
    "backend-api,task-management",
    "counted-list,camel-case",
    "words-for-states,backend-todo-api",
)
"""Those that can be served together: the published ones in two services, those of the documented file in two more."""

WITH_SURROGATES = (
    *("--phases", "fuzzing", "--exclude-checks", "positive_data_acceptance"),
    *("--include-method", "POST", "--include-method", "PUT", "--include-method", "PATCH"),
)
"""No body is valid then, and operations without one have nothing to show."""


@dataclass(frozen=True, slots=True)
class Round:
    """How many requests were sent, whether all checks held, and what is to be said about it."""

    cases: int
    passed: bool
    output: str


@contextmanager
def service(contracts: str) -> Iterator[str]:
    """Run a service with an empty store while the block runs; yields its address."""
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CONTRACTS": contracts}
    with TemporaryDirectory() as folder, serving(values | contract_file(Path(folder))) as server:
        yield server.url


def fuzz(url: str, examples: int, report: Path, *arguments: str, surrogates: bool) -> Round:
    """Send every operation of a service up to so many examples, beside those that its schema's limits suggest."""
    token = bearer(USER_ID, timedelta(hours=12))["Authorization"].removeprefix("Bearer ")
    switches = WITH_SURROGATES if surrogates else ()
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION, "run", "--no-color"),
            *("--max-examples", str(examples), "--report", "json", "--report-json-path", report),
            *(*switches, *arguments, f"{url}/openapi.json"),
        ],
        env=environment({"FUZZING_TOKEN": token, **({"FUZZING_SURROGATES": "1"} if surrogates else {})}),
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(report.read_text()) if report.exists() else {"test_cases": {"generated": 0}}
    return Round(told["test_cases"]["generated"], run.returncode == 0, run.stdout + run.stderr)
