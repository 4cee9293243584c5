"""The container file: linted, and its steps carried out in a plain folder, where no container can be built."""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import yaml

from tests.deployment import ROOT
from tests.support.processes import environment, free_port
from tests.support.secrecy import SECRET
from tests.support.service import bearer

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    """Return the lines of the Dockerfile, joined and without comments, as name and rest."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(name, rest.strip()) for name, rest in re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)]


def test_the_container_file_is_linted() -> None:
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    ended = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


def test_the_container_may_do_little() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["todo"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert (ROOT / service["env_file"]).is_file()
    users = [rest for name, rest in instructions() if name == "USER"]
    assert users == ["10001"]


def test_everything_that_is_copied_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    for path in (path for paths in copied for path in paths):
        assert f"!{path}" in ignored
        assert (ROOT / path).exists()


@pytest.fixture
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder that others may enter, in place of the root of a container."""
    folder = tmp_path_factory.getbasetemp().parent.parent / f"todo-container-{os.getpid()}"
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def build(root: Path) -> dict[str, str]:
    """Carry out what the container file says, below a folder; return the environment that it sets."""
    here = root
    values: dict[str, str] = {}

    def placed(text: str) -> str:
        return re.sub(r"(?<![\w/.:])/(opt|src|data)\b", rf"{root}/\1", text)

    for name, rest in instructions():
        if name == "WORKDIR":
            here = Path(placed(rest))
            here.mkdir(parents=True, exist_ok=True)
        elif name == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, here / target)
                else:
                    shutil.copy(ROOT / source, here / target)
        elif name == "ENV":
            values |= dict(pair.split("=", 1) for pair in rest.split())
        elif name == "RUN" and not rest.startswith("useradd"):
            # Other Pythons than the system's may be in a home that nobody else can read.
            variables = environment({}) | {"HOME": str(root), "PATH": "/usr/bin:/bin"}
            variables.pop("VIRTUAL_ENV", None)
            subprocess.run(["/bin/sh", "-ec", placed(rest)], cwd=here, env=variables, check=True)
    return values | {"DATABASE_URL": values["DATABASE_URL"].replace("////data", f"///{root}/data")}


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_steps_make_a_service_that_another_user_runs(container: Path) -> None:
    """Who may write to the data and to nothing else: not to the program, not to the folder that it starts in."""
    values = build(container)
    data = container / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    port = free_port()
    given = {"PATH": f"{container}/opt/todo/bin:/usr/bin:/bin", "PORT": str(port), "BETTER_AUTH_SECRET": SECRET}
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    command = next(rest for name, rest in instructions() if name == "CMD")
    health = next(rest.partition("CMD ")[2] for name, rest in instructions() if name == "HEALTHCHECK")
    with subprocess.Popen(
        [shutil.which(json.loads(command)[0], path=given["PATH"]) or "", *json.loads(command)[1:]],
        cwd="/",
        env=values | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **account,  # type: ignore[call-overload]  # a mapping of several types
    ) as process:
        try:
            assert process.stdout is not None
            assert any("Uvicorn running on" in line for line in process.stdout)
            made = httpx2.post(f"http://127.0.0.1:{port}/tasks", json={"title": "x"}, headers=bearer())
            assert made.status_code == 201
            assert (data / "tasks.db").is_file()
            subprocess.run(json.loads(health), env=given, check=True, **account)  # type: ignore[call-overload]  # likewise
        finally:
            process.terminate()
            process.communicate()
    assert process.returncode == 0
    written = [path for path in container.rglob("*") if path.stat().st_uid == nobody.pw_uid]
    assert {path for path in written if not path.is_relative_to(data)} == set()
    packages = {path.name.split("-")[0] for path in container.glob("opt/todo/lib/*/site-packages/*.dist-info")}
    assert {"todo_service", "opentelemetry_sdk"} <= packages
    assert packages & {"pytest", "mypy", "ruff", "uv"} == set()
