"""Every error of the domain has an answer."""

import inspect

import pytest

from todo_core import errors
from todo_web.problems import problem_of

ABSTRACT = {errors.TodoError, errors.TokenError, errors.IdempotencyError}
ANSWERED = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    # Invalid input has the status that its contract gives it.
    if issubclass(kind, errors.TodoError) and kind not in {*ABSTRACT, errors.InvalidInput}
]


@pytest.mark.parametrize("kind", ANSWERED)
def test_every_domain_error_has_an_answer(kind: type[errors.TodoError]) -> None:
    error = errors.TokenRefused("bad_signature") if kind is errors.TokenRefused else kind.__new__(kind)
    assert problem_of(error).status in {401, 403, 404, 409, 412, 422, 503}
