"""Write what was measured into ``docs/performance.md``, each part between its own marks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "performance.md"


@dataclass(frozen=True)
class Target:
    """What is wanted of a figure, and what it is."""

    wanted: str
    measured: str
    met: bool

    @property
    def row(self) -> tuple[str, str, str]:
        """The target as a row of a table."""
        return self.wanted, self.measured, "met" if self.met else "**not met**"


def targets(rows: Iterable[Target]) -> str:
    """Return targets as a table."""
    return table(("target", "measured", ""), [target.row for target in rows], numbers=False)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    """Return a Markdown table; the first column is text, and the others are numbers or text as well."""
    rule = ["---", *("---:" if numbers else "---" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def write(part: str, text: str) -> None:
    """Print a part, and replace what the page says of it."""
    print(f"\n{text}\n", flush=True)  # noqa: T201  it is a report
    start, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    page = PAGE.read_text(encoding="utf-8")
    assert start in page, f"{PAGE.name} has no place for {part}"
    written = re.sub(f"{start}.*?{end}", lambda _: f"{start}\n\n{text}\n\n{end}", page, flags=re.DOTALL)
    PAGE.write_text(written, encoding="utf-8")
