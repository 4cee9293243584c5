"""The documentation shows every command as it is."""

from tests.cli.reference import PAGE, documented, names, regenerated


def test_every_command_is_documented() -> None:
    assert documented(PAGE.read_text(encoding="utf-8")) == set(names())


def test_the_shown_help_is_up_to_date() -> None:
    """If not: python -m tests.cli.reference."""
    page = PAGE.read_text(encoding="utf-8")
    assert regenerated(page) == page
