"""Every error of the domain has an answer."""

import inspect
import re
from pathlib import Path

import pytest

from todo_cli.exit_codes import exit_of
from todo_core import errors
from todo_web.error_answers import shutting_down
from todo_web.problems import problem_of

ABSTRACT = {errors.TodoError, errors.TokenError, errors.IdempotencyError}
ANSWERED = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    # Invalid input has the status that its contract gives it.
    if issubclass(kind, errors.TodoError) and kind not in {*ABSTRACT, errors.InvalidInput}
]


MADE = {
    errors.TokenRefused: errors.TokenRefused("bad_signature"),
    errors.TokenExpired: errors.TokenExpired("expired"),
    errors.VersionConflict: errors.VersionConflict(7, 2),
}
"""Those whose facts are a part of the answer."""


@pytest.mark.parametrize("kind", ANSWERED)
def test_every_domain_error_has_an_answer(kind: type[errors.TodoError]) -> None:
    error = MADE.get(kind) or kind.__new__(kind)
    assert problem_of(error).status in {401, 403, 404, 409, 412, 422, 503}


@pytest.mark.parametrize("kind", ANSWERED)
def test_the_console_tells_an_error_with_the_status_of_the_service(kind: type[errors.TodoError]) -> None:
    error = MADE.get(kind) or kind.__new__(kind)
    assert exit_of(error).status == problem_of(error).status


def test_the_page_on_deployment_tells_every_503_and_how_long_to_wait() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deployment.md").read_text(encoding="utf-8")
    problems = [problem_of(MADE.get(kind) or kind.__new__(kind)) for kind in ANSWERED]
    unavailable = {shutting_down(), *(problem for problem in problems if problem.status == 503)}
    assert set(re.findall(r"^\| `([a-z_]+)` \| ([0-9]+) \|", page, re.MULTILINE)) == {
        (problem.code, problem.headers["Retry-After"]) for problem in unavailable
    }
