"""The contract files that docs/your-front-end.md shows, which tests serve as a reader would."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from todo_web.contracts import Contract, read_contracts

PAGE = Path(__file__).parents[2] / "docs" / "your-front-end.md"


def contract_file(folder: Path) -> dict[str, str]:
    """Write all of them into one file; return the setting that names it."""
    file = folder / "contract.toml"
    shown = re.findall("```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file.write_text("\n".join(shown), encoding="utf-8")
    return {"TODO_CONTRACT_FILE": str(file)}


def _read() -> tuple[Contract, ...]:
    with TemporaryDirectory() as folder:
        return read_contracts(Path(contract_file(Path(folder))["TODO_CONTRACT_FILE"]))


OWN_CONTRACTS = _read()
