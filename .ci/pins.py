"""Hold ``uv run`` to the versions of requirements.lock: write them into pyproject.toml, or with --check compare them.

uv reads a lock of its own, which would name a registry's host in each of its entries; it has to take these instead.
"""

import re
import sys
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9._-]+==\S+(?: ; .*?)?) \\$", re.MULTILINE)
_BLOCK = re.compile(r"(?<=\nconstraint-dependencies = \[\n).*?(?=\]\n)", re.DOTALL)


def main() -> None:
    """Write or compare; exit with 1 if they differ."""
    project = Path("pyproject.toml")
    text = project.read_text(encoding="utf-8")
    pins = _PIN.findall(Path("requirements.lock").read_text(encoding="utf-8"))
    written = _BLOCK.sub("".join(f'    "{pin}",\n' for pin in pins), text)
    if "--check" not in sys.argv:
        project.write_text(written, encoding="utf-8")
    elif not pins or written != text or not _BLOCK.search(text):
        sys.exit("pyproject.toml and requirements.lock differ; run: python .ci/pins.py")


main()
