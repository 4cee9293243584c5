"""The documentation shows every command as it is."""

import re

from tests.cli.reference import PAGE, documented, help_of, names, regenerated


def test_every_command_is_documented() -> None:
    assert documented(PAGE.read_text(encoding="utf-8")) == set(names())


def test_the_shown_help_is_up_to_date() -> None:
    """If not: python -m tests.cli.reference."""
    page = PAGE.read_text(encoding="utf-8")
    assert regenerated(page) == page


def test_the_page_says_of_every_command_what_it_prints_as_json() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("| command with `--json` | prints |\n")[2].partition("\n\n")[0]
    told = [name for row in table.splitlines() for name in re.findall("`([^`]+)`", row.split("|")[1])]
    assert sorted(told) == sorted(name for name in names() if name and "--json" in help_of(name))
