"""A client that openapi-typescript generates from the document compiles under strict rules and works."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from tests.interop.node import missing
from tests.support.documented_contracts import contract_file
from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer

FOLDER = Path(__file__).parent / "typescript"
USER_ID = "ann@example.com"
PROGRAMS = {
    "default-contracts": "fastapi-todo-backend,fastapi-backend-crud,backend-todo-api",
    "other-contracts": "backend-api,task-management",
    "own-contracts": "camel-case,words-for-states",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_generated_client_calls_every_operation(tmp_path: Path, program: str) -> None:
    """Of all published contracts, in two services, and of two that a file makes."""
    if reason := missing(FOLDER):
        pytest.skip(reason)
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CONTRACTS": PROGRAMS[program]}
    with serving(values | contract_file(tmp_path)) as server:
        document = httpx2.get(f"{server.url}/openapi.json").json()
        compile_client(tmp_path, program, document)
        token = bearer(USER_ID)["Authorization"].removeprefix("Bearer ")
        client = run("node", f"built/{program}.js", server.url, USER_ID, token, folder=tmp_path)
    assert set(json.loads(client)) == {
        f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations
    }


def compile_client(folder: Path, program: str, document: object) -> None:
    """Generate the types and compile a program that uses them."""
    for source in (*FOLDER.glob("*.ts"), *FOLDER.glob("*.json")):
        shutil.copy(source, folder)
    (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    (folder / "openapi.json").write_text(json.dumps(document))
    run("node_modules/.bin/openapi-typescript", "openapi.json", "--output", "schema.ts", folder=folder)
    configuration = json.loads((folder / "tsconfig.json").read_text())
    (folder / "tsconfig.json").write_text(json.dumps({**configuration, "files": [f"{program}.ts"]}))
    run("node_modules/.bin/tsc", "--project", ".", folder=folder)


def run(*command: str, folder: Path) -> str:
    """Return what a program prints; one that fails fails the test, with all that it says."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
