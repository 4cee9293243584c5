"""The file of tokens, with several programs at it."""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from todo_adapters.rest.token_store import TokenStore

PROGRAMS = 4
TOKENS = 20


def keep_some(path: Path, program: int) -> None:
    for number in range(TOKENS):
        TokenStore(path).keep(f"https://{program}-{number}.example", "token")
        TokenStore(path).keep(f"https://{program}.example", f"token {number}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such lock")
def test_programs_that_log_in_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    path = tmp_path / "new" / "tokens.json"
    with ProcessPoolExecutor(PROGRAMS, get_context("spawn")) as programs:
        for done in [programs.submit(keep_some, path, program) for program in range(PROGRAMS)]:
            done.result()
    kept = json.loads(path.read_text())
    assert len(kept) == PROGRAMS * (TOKENS + 1)
    assert {kept[f"https://{program}.example"] for program in range(PROGRAMS)} == {f"token {TOKENS - 1}"}
    assert [file.name for file in path.parent.iterdir()] == ["tokens.json"]
