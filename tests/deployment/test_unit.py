"""The systemd unit, checked by systemd's own tools."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment import ROOT

ANALYZE = shutil.which("systemd-analyze")

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed (Debian: systemd)")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Return the unit with a program that is there, on a machine that the service is not installed on."""
    text = (ROOT / "deploy/todo-web.service").read_text()
    program = "/opt/todo/bin/todo-web"
    assert program in text
    path = tmp_path / "todo-web.service"
    path.write_text(text.replace(program, str(Path(sys.executable).with_name("todo-web"))))
    return path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)


def test_systemd_has_nothing_to_say_against_the_unit(unit: Path) -> None:
    ended = analyze("verify", str(unit))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_mistake_in_the_unit_is_found(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("Restart=on-failure", "Restart=sometimes"))
    assert "sometimes" in analyze("verify", str(unit)).stderr


def test_the_service_can_do_little_harm(unit: Path) -> None:
    """Of ten, which a unit without any restriction has nearly."""
    printed = analyze("security", "--offline=true", "--no-pager", str(unit)).stdout
    exposure = re.search(r"Overall exposure level for todo-web\.service: ([0-9.]+)", printed)
    assert exposure is not None
    assert float(exposure[1]) <= 2.0
