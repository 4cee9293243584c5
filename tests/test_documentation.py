"""What the documentation and the code's own comments name is there: links, paths, modules and what is in them."""

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).parents[1]
GIT = shutil.which("git") or "git"
CHECKOUT = (ROOT / ".git").exists()

pytestmark = pytest.mark.skipif(not CHECKOUT, reason="only git tells which files are the project's own")

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"^ *(?:[$] |[A-Z_]+=\S+ )*(?:todo|todo-web|uv|pytest|ruff|mypy|lint-imports)\b.*", re.MULTILINE)
NAMED_PATH = re.compile(
    r"(?<![\w/.*-])(?:todo_\w+|tests|docs|deploy|examples|\.ci|\.github)/[\w./@*{},-]*[\w/*}](?![\w(])"
)
NAMED_MODULE = re.compile(r"(?<![\w/.])(?:todo_(?:core|adapters|cli|web)|tests)(?:\.[A-Za-z_]\w*)+")


def committed(*patterns: str) -> list[Path]:
    """Return the project's own files that match, whether they are committed already or about to be."""
    if not CHECKOUT:
        return []
    listed = subprocess.run(
        [GIT, "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


PAGES = committed("*.md")
CODE = committed("*.py", ".ci/run", "Dockerfile", "*.toml", "*.yml", "*.yaml", "deploy/*")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def anchors(page: Path) -> set[str]:
    """Return what a link may name within a page, as GitHub makes it of the headings."""
    headings = HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    """Return the targets within the project that a page links to."""
    targets = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return [target for target in targets if not re.match("[a-z]+:", target)]


def test_every_link_leads_somewhere() -> None:
    broken = [f"{named(page)}: {target}" for page in PAGES for target in links(page) if not leads(page, target)]
    assert broken == []


def leads(page: Path, target: str) -> bool:
    """Whether a link stays within the project and ends at a file, and at a heading if it names one."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and file.is_relative_to(ROOT) and (not anchor or anchor in anchors(file))


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = set[Path](), {ROOT / "README.md"}
    while new:
        reached |= new
        targets = {(page.parent / target.partition("#")[0]).resolve() for page in new for target in links(page)}
        new = {file for file in targets if file.suffix == ".md"} - reached
    assert {named(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in reached} == set()


def test_a_page_says_how_to_find_the_programs_before_it_uses_them() -> None:
    """They are in a virtual environment, which is not active in a new terminal."""
    early = [
        f"{named(page)}: {command[0].strip()}"
        for page in PAGES
        if (command := PROGRAM.search(text := page.read_text(encoding="utf-8")))
        and ". .venv/bin/activate" not in text[: command.start()]
    ]
    assert early == []


def test_every_path_that_is_named_exists() -> None:
    assert named_in_vain(NAMED_PATH, found) == []


def test_every_module_that_is_named_exists() -> None:
    assert named_in_vain(NAMED_MODULE, is_there) == []


def named_in_vain(pattern: re.Pattern[str], is_known: Callable[[str], object]) -> list[str]:
    """Return what pages and sources name and nobody knows, with the file that names it."""
    return [
        f"{named(file)}: {name}"
        for file in PAGES + CODE
        for name in pattern.findall(file.read_text(encoding="utf-8"))
        if not is_known(name)
    ]


def found(path: str) -> list[Path]:
    """Return what a path names; NAME and an asterisk stand for any name, braces for one of several."""
    if braces := re.search(r"\{([^{}]*)\}", path):
        before, after = path[: braces.start()], path[braces.end() :]
        return [file for one in braces[1].split(",") for file in found(before + one + after)]
    return list(ROOT.glob(path.replace("NAME", "*").rstrip("/")))


@cache
def is_there(name: str) -> bool:
    """Whether a name with dots leads to a module or to something in one."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True
