"""The list of what the specifications ask is complete."""

from pathlib import Path

import pytest

from tests.contracts.conformance import SPECIFICATIONS, identifiers, specifications
from tests.contracts.expected import EXPECTED
from todo_web.contracts import CONTRACTS


def test_every_contract_has_its_specification() -> None:
    assert set(specifications()) == set(EXPECTED) == {contract.name for contract in CONTRACTS}


def test_lines_are_found_wherever_a_specification_has_them() -> None:
    text = """### User Story 2 - Sort (Priority: P1)
1. **Given** a list, **When** it is asked for, **Then** it is sorted
2. **Given** nothing, **When** it is asked for, **Then** it is empty
### Edge Cases
- What happens when it is long?
## Requirements
- **FR-001**: System MUST sort
- **Task**: what is sorted
- **NFR-002**: System MUST be fast
- Q: How fast? → A: Very
- **SC-003**: It is sorted
"""
    assert list(identifiers(text)) == ["US2-AS1", "US2-AS2", "EC-1", "FR-001", "NFR-002", "CL-1", "SC-003"]


@pytest.mark.parametrize("contract", specifications())
def test_the_lines_of_a_kind_are_counted_from_one_without_a_gap(contract: str) -> None:
    numbers: dict[str, list[int]] = {}
    for line in specifications()[contract].lines:
        kind = line.rstrip("0123456789")
        numbers.setdefault(kind, []).append(int(line.removeprefix(kind)))
    assert numbers
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values()), numbers


@pytest.mark.parametrize("contract", specifications())
def test_every_line_of_a_specification_is_listed(contract: str, request: pytest.FixtureRequest) -> None:
    folder: Path | None = request.config.getoption(SPECIFICATIONS)
    if folder is None:
        pytest.skip(f"{SPECIFICATIONS} names no folder with the published texts")
    specification = specifications()[contract]
    asked = list(identifiers((folder / specification.source).read_text(encoding="utf-8")))
    assert list(specification.lines) == asked
    assert set(specification.remarks) <= set(asked)
