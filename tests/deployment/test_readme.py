"""The README's commands, as a stranger types them: a fresh clone, an empty home, the system's own Python."""

import os
import re
import shutil
import signal
import subprocess
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

_OURS = ("VIRTUAL_ENV", "UV_", "PYTHON", "PYENV", "XDG_", "PIP_USER")


def blocks() -> list[str]:
    """Return the README's blocks of commands, in their order."""
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


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
