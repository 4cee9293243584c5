"""Write the versions of requirements.lock into pyproject.toml, which holds ``uv run`` to them; --check compares."""

import re
import sys
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9._-]+==\S+(?: ; .*?)?) \\$", re.MULTILINE)
_BLOCK = re.compile(r"(\nconstraint-dependencies = \[\n)[^\]]*(\]\n)")


def main() -> None:
    """Write or compare; end with status 1 if they differ."""
    project = Path("pyproject.toml")
    text = project.read_text(encoding="utf-8")
    pins = _PIN.findall(Path("requirements.lock").read_text(encoding="utf-8"))
    listed = "".join(f'    "{pin}",\n' for pin in pins)
    written, blocks = _BLOCK.subn(rf"\g<1>{listed}\g<2>", text)
    if not pins or blocks != 1:
        sys.exit("requirements.lock holds no versions, or pyproject.toml no place for them")
    if "--check" not in sys.argv:
        project.write_text(written, encoding="utf-8")
    elif written != text:
        sys.exit("pyproject.toml and requirements.lock differ; run: python .ci/pins.py")


main()
