"""The README's commands, as a stranger types them: a fresh clone, an empty home, the system's own Python."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

import httpx2
import pytest

from tests.deployment import ROOT
from tests.support.processes import environment, free_port

PYTHON = Path("/usr/bin/python3")
GIT = shutil.which("git") or "git"
PATIENCE = 300
"""Seconds until a command that does not get on is ended."""

FOR_TESTS = "In tests of your own"

_OURS = ("VIRTUAL_ENV", "UV_", "PYTHON", "PYENV", "XDG_", "PIP_USER")


def blocks(language: str = "sh", chapter: str = "") -> list[str]:
    """Return the README's blocks of a language, in their order; of one chapter, if it is named."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    if chapter:
        text = text.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def shell(name: str) -> list[str]:
    """Return how a shell is started that reads no file of its user's, but is as strict as in a terminal."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return [path, "--norc", "-c"] if name == "bash" else [path, "-f", "-i", "-c"]


@contextmanager
def started(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = Timer(PATIENCE, end)
    timer.start()
    with process:
        try:
            yield process
        finally:
            timer.cancel()
            end()


@pytest.mark.slow
@pytest.mark.skipif(not PYTHON.exists(), reason="there is no /usr/bin/python3")
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_the_first_command_serves_and_the_next_ones_work(name: str, tmp_path: Path) -> None:
    run, interpreter = blocks()[0], shell(name)
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    subprocess.run([GIT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    port = free_port()
    variables = {key: value for key, value in environment({}).items() if not key.startswith(_OURS)}
    variables |= {"PATH": "/usr/bin:/bin", "HOME": str(home), "PORT": str(port)}
    printed: list[str] = []
    with started([*interpreter, run], clone, variables) as process:
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if "Swagger UI" in line:
                break
        token = next((line.strip() for line in printed if line.strip().startswith("ey")), "".join(printed))
        answer = httpx2.get(f"http://127.0.0.1:{port}/tasks", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()) == (200, [])
        packages = {path.name.split("-")[0] for path in clone.glob(".venv/lib/*/site-packages/*.dist-info")}
        assert packages & {"pytest", "mypy", "ruff", "playwright"} == set()
        assert "todo_service" in packages
        second = blocks()[2].replace("localhost:8000", f"localhost:{port}")
        ended = subprocess.run(
            [*interpreter, second], cwd=clone, env=variables, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count('"title":"Buy milk"') == 2
        assert "\n1\tcompleted\tBuy milk\t" in ended.stdout


def test_the_unit_test_needs_no_framework_and_no_event_loop(tmp_path: Path) -> None:
    [shown] = blocks("python", FOR_TESTS)
    loaded = carried_out(shown, tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    modules = set(loaded.stdout.split())
    assert {"todo_core.service", "todo_adapters.memory"} <= modules
    assert (
        modules & {"asyncio", "fastapi", "starlette", "pydantic", "sqlmodel", "click", "dependency_injector"} == set()
    )


def test_the_unit_test_can_fail(tmp_path: Path) -> None:
    [shown] = blocks("python", FOR_TESTS)
    assert "AssertionError" in carried_out(shown.replace(".complete(", ".reopen("), tmp_path).stderr


def carried_out(shown: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Call the one test that a block holds, and print which modules that has loaded."""
    [name] = re.findall(r"^def (test_\w+)\(", shown, re.MULTILINE)
    file = folder / "shown.py"
    file.write_text(f"{shown}\n{name}()\nimport sys\nprint(*sys.modules)\n", encoding="utf-8")
    return subprocess.run([sys.executable, str(file)], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_whole_service_serves_the_tests_of_a_front_end(tmp_path: Path) -> None:
    [shown] = blocks(chapter=FOR_TESTS)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    port = free_port()
    variables = environment({"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "PORT": str(port)})
    commands = shown.replace("localhost:8000", f"localhost:{port}")
    with started([*shell("bash"), f"set -e\n{commands}wait $! || true"], tmp_path, variables) as process:
        printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert '{"status":"ok"}' in printed
    assert '"id":1,"user_id":"ann","title":"Buy milk"' in printed
    assert list((tmp_path / "data").rglob("*.db")) == []
