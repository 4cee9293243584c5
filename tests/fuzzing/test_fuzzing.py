"""A short run of what ``python -m tests.fuzzing`` does at length."""

from pathlib import Path

import pytest

from tests.fuzzing.campaign import CONTRACTS, fuzz, service


@pytest.mark.parametrize("contracts", CONTRACTS)
def test_no_request_finds_a_fault(tmp_path: Path, contracts: str) -> None:
    """Whatever the document allows works, whatever it forbids is refused, and every answer is one of those it lists."""
    with service(contracts) as url:
        for surrogates in (False, True):
            found = fuzz(url, 2, tmp_path / f"{surrogates}.json", "--seed", "1", surrogates=surrogates)
            assert found.passed, found.output
            assert found.cases > 10
