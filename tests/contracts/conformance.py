"""Which tests prove which line of which specification, and the page that says so.

A test says it by ``@pytest.mark.proves("FR-001", contract="backend-api")``, once for each contract of whose
specification it proves a line. Where it runs on several, by a parameter of that name, each run proves its contract's.
"""

import os
import pickle
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
SPECIFICATIONS = "--specifications"
"""The option that names a folder with the published texts, of which the project holds the identifiers only."""

MARKER = "proves(*lines, contract): the lines of a contract's specification that the test proves"

HEAD = """# Conformance

What each line of the specifications asks, in our words, and the tests that prove it. The identifiers are those of
the specifications: US1-AS2 is the second acceptance scenario of the first user story, FR a functional and NFR a
non-functional requirement, SC a success criterion. Edge cases (EC) and clarifications (CL) are counted in the order in
which they appear. A test without a path is in `tests/contracts/test_contracts.py`, where each test names what it proves
of each contract, or in `test_single_contracts.py` beside it, and runs on memory, SQLite and PostgreSQL unless the store
is what it is about. A result is green when every run of every named test on that contract passed; beside a line that no
test can prove, or not all of it, stands why, and what is tested.

Written by `uv run pytest -n auto -m proves`; a run of all tests fails when this page is not what it would write.
"""


@dataclass(frozen=True)
class Specification:
    """What one specification asks: a sentence of ours for each identifier, and what no test can prove."""

    contract: str
    source: str
    title: str
    lines: Mapping[str, str]
    remarks: Mapping[str, str] = field(default_factory=dict)


def specifications() -> dict[str, Specification]:
    """Return what the project knows of each specification, by the name of its contract."""
    content = tomllib.loads(Path(__file__).with_name("requirements.toml").read_text(encoding="utf-8"))
    found = [Specification(contract, **entry) for contract, entry in content.items()]
    return {specification.contract: specification for specification in sorted(found, key=lambda one: one.source)}


_STORY = re.compile("### User Story ([0-9]+)")
_SCENARIO = re.compile(r"([0-9]+)\. \*\*Given\*\*")
_NUMBERED = re.compile(r"- \*\*((?:N?FR|SC)-[0-9]+)\*\*")


def identifiers(text: str) -> Iterator[str]:
    """Read from a specification which lines it has."""
    story, edge_cases, clarifications, in_edge_cases = "", 0, 0, False
    for line in text.splitlines():
        if line.startswith("#"):
            in_edge_cases = line.startswith("### Edge Cases")
        if match := _STORY.match(line):
            story = match[1]
        elif match := _SCENARIO.match(line):
            yield f"US{story}-AS{match[1]}"
        elif match := _NUMBERED.match(line):
            yield match[1]
        elif in_edge_cases and line.startswith("- "):
            edge_cases += 1
            yield f"EC-{edge_cases}"
        elif line.startswith("- Q: "):
            clarifications += 1
            yield f"CL-{clarifications}"


@dataclass
class Collected:
    """What the tests are to prove, whether or not they run."""

    proofs: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The runs that prove a line of a contract, by their ids."""
    expected: set[str] = field(default_factory=set)
    whole: bool = False


_OWN_MODULES = re.compile(r"tests/contracts/test_(single_)?contracts\.py::")


def _name(run: str) -> str:
    """Return the name under which the page shows a test, by the id of one of its runs."""
    return _OWN_MODULES.sub("", run.partition("[")[0])


def _runs_on(item: pytest.Function, contract: str) -> bool:
    """Whether this run of a test speaks of a contract; without a parameter that chooses, it speaks of all it names."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return bool(parameters.get("contract", contract) == contract)


class Conformance:
    """The plugin that remembers what was proved, and compares the page with it at the end of a whole run.

    The processes of a parallel run each collect all tests and run some; the first process hears how all of them went,
    and is told what they collected.
    """

    def __init__(self) -> None:
        self.specifications = specifications()
        self._collected = Collected()
        self._outcomes: dict[str, set[str]] = {}
        self._ended: set[str] = set()
        self._verdict = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Note what each test proves, before any is left out."""
        everything = {ROOT, *(ROOT / name for name in config.getini("testpaths"))}
        self._collected.whole = {config.invocation_params.dir / name for name in config.args} <= everything
        for item in items:
            for mark in item.iter_markers("proves"):
                self._note(item, mark)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401  xdist has no type for it
        """Take over what another process collected; one that was killed tells nothing."""
        if collected := getattr(node, "workeroutput", {}).get("conformance"):
            self._collected = pickle.loads(collected)  # noqa: S301  from a process of this run

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page, if all of it is known, and fail the run if it was another one.

        A changed page shows as a changed file; look at the difference, and commit it if it is wanted. Where the
        variable CI is set, a test that was skipped counts as not run.
        """
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["conformance"] = pickle.dumps(self._collected)
            return
        self._verdict = self._compared()
        if self._verdict and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is wrong with the page."""
        if self._verdict:
            terminalreporter.section("docs/conformance.md", red=True)
            terminalreporter.write_line(self._verdict)

    def _note(self, item: pytest.Item, mark: pytest.Mark) -> None:
        assert isinstance(item, pytest.Function)
        contract: str = mark.kwargs["contract"]
        self._collected.expected.add(item.nodeid)
        for line in mark.args:
            if contract not in self.specifications or line not in self.specifications[contract].lines:
                raise pytest.UsageError(f"{item.nodeid} proves {line}, which {contract} has not")
            if _runs_on(item, contract):
                self._collected.proofs.setdefault((contract, line), []).append(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a run of a test went."""
        if report.when == "teardown":
            self._ended.add(report.nodeid)
        self._outcomes.setdefault(report.nodeid, set()).add(report.outcome)

    def _compared(self) -> str:
        """Write the page and return what is wrong with it; nothing, and no page, if not all of it is known."""
        if not self._collected.whole or not self._collected.expected <= self._ended:
            return ""
        if "CI" not in os.environ and self._skipped:
            return ""
        page = self.page()
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(page, encoding="utf-8")
        if faults := self.faults():
            return "Lines that are not proved:\n" + "\n".join(faults)
        return "" if page == before else "The page was another one; see what has changed in it, and commit it."

    @property
    def _skipped(self) -> bool:
        """Whether a test was skipped, because what it needs is not installed."""
        runs = {run for runs in self._collected.proofs.values() for run in runs}
        return any("skipped" in self._outcomes.get(run, ()) for run in runs)

    def result(self, contract: str, line: str) -> str:
        """Return how a line stands: green, perhaps in part only, red, not run or not tested."""
        outcomes = [self._outcomes.get(run, set()) for run in self._collected.proofs.get((contract, line), ())]
        if not outcomes:
            return "no test"
        if any("failed" in outcome for outcome in outcomes):
            return "**red**"
        if any(outcome != {"passed"} for outcome in outcomes):
            return "**not run**"
        return "green, in part" if line in self.specifications[contract].remarks else "green"

    def faults(self) -> list[str]:
        """Name the lines that are not green, and have no reason for it."""
        return [
            f"{contract} {line}: {result}"
            for contract, specification in self.specifications.items()
            for line in specification.lines
            if not (result := self.result(contract, line)).startswith("green")
            and not (result == "no test" and line in specification.remarks)
        ]

    def page(self) -> str:
        """Return the page."""
        return "\n".join([HEAD, *self._summary(), *map("\n".join, map(self._chapter, self.specifications.values()))])

    def _summary(self) -> Iterator[str]:
        yield "| contract | lines | green | green, in part | without a test |"
        yield "|---|---|---|---|---|"
        for contract, specification in self.specifications.items():
            results = [self.result(contract, line) for line in specification.lines]
            counts = [len(results), *(results.count(name) for name in ("green", "green, in part", "no test"))]
            yield f"| `{contract}` | {' | '.join(map(str, counts))} |"

    def _chapter(self, specification: Specification) -> Iterator[str]:
        yield f"\n## {specification.title}\n"
        yield f"Contract `{specification.contract}`, specification `{specification.source}`.\n"
        yield "| line | what is asked | proved by | result |"
        yield "|---|---|---|---|"
        for line, asked in specification.lines.items():
            runs = self._collected.proofs.get((specification.contract, line), [])
            names = [f"`{test}`" for test in sorted({_name(run) for run in runs})]
            remark = specification.remarks.get(line)
            proof = "<br>".join([*names, *([f"*{remark}*"] if remark else [])])
            yield f"| {line} | {asked} | {proof} | {self.result(specification.contract, line)} |"
        yield ""
