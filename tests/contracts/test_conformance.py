"""The list of what the specifications ask is complete, and the page is what the tests have proved."""

import os

import pytest

from tests.contracts.conformance import PAGE, SPECIFICATIONS, Conformance, identifiers, specifications
from todo_web.contracts import CONTRACTS


@pytest.fixture
def conformance(pytestconfig: pytest.Config) -> Conformance:
    plugin = pytestconfig.pluginmanager.get_plugin("conformance")
    assert isinstance(plugin, Conformance)
    return plugin


def test_every_contract_has_its_specification() -> None:
    assert set(specifications()) == {contract.name for contract in CONTRACTS}


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


@pytest.mark.skipif(not SPECIFICATIONS.is_dir(), reason="the specifications do not lie beside the project")
@pytest.mark.parametrize("contract", specifications())
def test_every_line_of_a_specification_is_listed(contract: str) -> None:
    specification = specifications()[contract]
    asked = list(identifiers((SPECIFICATIONS / specification.source).read_text(encoding="utf-8")))
    assert list(specification.lines) == asked
    assert set(specification.remarks) <= set(asked)


@pytest.mark.proves
def test_the_page_says_what_is_proved(conformance: Conformance) -> None:
    """A changed page shows as a changed file; look at the difference, and commit it if it is wanted.

    Where the variable CI is set, a test that was skipped counts as not run.
    """
    if not conformance.is_whole:
        pytest.skip("not every test that proves a line was asked for")
    if conformance.skipped and "CI" not in os.environ:
        pytest.skip(f"what is not installed here is not proved: {', '.join(sorted(conformance.skipped))}")
    page = conformance.page()
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(page, encoding="utf-8")
    assert conformance.faults() == []
    assert page == before
