"""A short run of what ``python -m tests.fuzzing`` does at length."""

from pathlib import Path

import pytest

from tests.fuzzing.campaign import CONTRACTS, fuzz


@pytest.mark.parametrize("surrogates", [False, True], ids=["any text", "surrogates"])
@pytest.mark.parametrize("contracts", CONTRACTS)
def test_no_request_finds_a_fault(tmp_path: Path, contracts: str, *, surrogates: bool) -> None:
    """Whatever the document allows works, whatever it forbids is refused, and every answer is one of those it lists."""
    found = fuzz(contracts, 3, tmp_path / "report.json", "--seed", "1", surrogates=surrogates)
    assert found.passed, found.output
    assert found.cases > 100
