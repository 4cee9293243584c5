"""Every error of the domain has an exit code."""

import inspect
import re

import pytest

from todo_cli import exits
from todo_core import errors

DOMAIN_ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TodoError)]
ABSTRACT = {errors.TodoError, errors.IdempotencyError, errors.TokenError}
LADDER = {exits.FAILURE, exits.USAGE, exits.NOT_FOUND, exits.NOT_ALLOWED, exits.CONFLICT}


@pytest.mark.parametrize("kind", [kind for kind in DOMAIN_ERRORS if kind not in ABSTRACT])
def test_every_domain_error_has_an_exit_code(kind: type[errors.TodoError]) -> None:
    error = errors.InvalidInput("title", "blank", "") if kind is errors.InvalidInput else kind.__new__(kind)
    assert exits.exit_of(error).code in LADDER


def test_the_help_lists_the_whole_ladder() -> None:
    listed = {int(code) for code in re.findall(r"\b(\d+) ", exits.HELP)}
    assert listed == LADDER | {exits.SUCCESS, exits.INTERRUPTED}
