"""Every error of the domain has an exit code."""

import inspect
import re

import pytest

from todo_cli import exit_codes
from todo_core import errors

DOMAIN_ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TodoError)]
ABSTRACT = {errors.TodoError, errors.IdempotencyError, errors.TokenError}
LADDER = {exit_codes.FAILURE, exit_codes.USAGE, exit_codes.NOT_FOUND, exit_codes.NOT_ALLOWED, exit_codes.CONFLICT}


@pytest.mark.parametrize("kind", [kind for kind in DOMAIN_ERRORS if kind not in ABSTRACT])
def test_every_domain_error_has_an_exit_code(kind: type[errors.TodoError]) -> None:
    error = errors.InvalidInput("title", "blank", "") if kind is errors.InvalidInput else kind.__new__(kind)
    assert exit_codes.exit_of(error).code in LADDER


def test_the_help_lists_the_whole_ladder() -> None:
    listed = {int(code) for code in re.findall(r"\b(\d+) ", exit_codes.HELP)}
    assert listed == LADDER | {exit_codes.SUCCESS, exit_codes.INTERRUPTED}
