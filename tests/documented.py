"""The contract files that docs/your-front-end.md shows, which tests serve as a reader would."""

import re
import tempfile
from pathlib import Path

from todo_web.contracts import Contract, read_contracts

PAGE = Path(__file__).parents[1] / "docs" / "your-front-end.md"


def contract_files() -> str:
    """Return all of them as one file."""
    return "\n".join(re.findall("```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))


def _read() -> tuple[Contract, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contract.toml"
        file.write_text(contract_files(), encoding="utf-8")
        return read_contracts(file)


OWN_CONTRACTS = _read()
COUNTED_LIST, CAMEL_CASE, WORDS = OWN_CONTRACTS
