"""Every error of the domain has an exit code."""

import inspect
import re
from pathlib import Path

import pytest

from todo_cli import exit_codes
from todo_core import errors

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
DOMAIN_ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TodoError)]
ABSTRACT = {errors.TodoError, errors.IdempotencyError, errors.TokenError}
LADDER = {exit_codes.FAILURE, exit_codes.USAGE, exit_codes.NOT_FOUND, exit_codes.NOT_ALLOWED, exit_codes.CONFLICT}


@pytest.mark.parametrize("kind", [kind for kind in DOMAIN_ERRORS if kind not in ABSTRACT])
def test_every_domain_error_has_an_exit_code(kind: type[errors.TodoError]) -> None:
    error = errors.InvalidInput("title", "blank", "") if kind is errors.InvalidInput else kind.__new__(kind)
    assert exit_codes.exit_of(error).code in LADDER


def test_the_page_has_every_code_in_the_row_of_its_exit_status() -> None:
    expected: dict[int, set[str]] = {code: set() for code in LADDER | {exit_codes.SUCCESS, exit_codes.INTERRUPTED}}
    for kind in DOMAIN_ERRORS:
        if kind not in ABSTRACT and kind is not errors.InvalidInput:
            meaning = exit_codes.exit_of(kind.__new__(kind))
            expected[meaning.code].add(meaning.problem)
    failures: list[type[exit_codes.Failure]] = [exit_codes.Failure, *exit_codes.Failure.__subclasses__()]
    for failure in failures:
        expected[failure.exit.code].add(failure.exit.problem)
    expected[exit_codes.USAGE].add("too_long")  # one of many rules
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(status): set(re.findall("`([a-z_]+)`", codes)) for status, codes in rows} == expected


def test_the_help_lists_the_whole_ladder() -> None:
    listed = {int(code) for code in re.findall(r"\b(\d+) ", exit_codes.HELP)}
    assert listed == LADDER | {exit_codes.SUCCESS, exit_codes.INTERRUPTED}
