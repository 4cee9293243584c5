"""Node, and the packages that tests of other languages' clients install: never as part of the project."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

NODE_VERSION = 20


@cache
def missing(folder: Path) -> str | None:
    """Return why the programs of a folder cannot run here, or None once they can; installs what they need."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "Node is not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < NODE_VERSION:
        return f"Node {NODE_VERSION} or later is needed"
    if not (folder / "node_modules" / ".package-lock.json").exists():
        installed = subprocess.run([npm, "ci"], cwd=folder, capture_output=True, check=False, timeout=300)
        if installed.returncode != 0:
            return f"npm ci failed in {folder.name}"
    return None
