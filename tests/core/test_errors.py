"""The errors of the domain."""

import inspect
import re
from collections import Counter
from pathlib import Path

import pytest

from todo_core import errors

PACKAGES = ("todo_core", "todo_adapters", "todo_cli", "todo_web")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.InvalidInput("title", "blank", "The title must not be blank."), "The title must not be blank."),
        (errors.TaskNotFound(7), "Task with ID 7 not found."),
        (errors.TaskHidden(7), "Task with ID 7 not found."),
        (errors.TaskForbidden(7), "Task with ID 7 belongs to another user."),
        (errors.VersionConflict(7, 2), "Task with ID 7 was changed by somebody else."),
        (errors.IdempotencyKeyReused(), "This idempotency key was used with another payload."),
        (errors.IdempotencyKeyInTrash(), "The task that this idempotency key made is in the trash."),
        (errors.StorageUnavailable("The store sleeps."), "The store sleeps."),
        (errors.TokenRefused("bad_signature"), "bad_signature"),
    ],
)
def test_an_error_reads_as_a_sentence(error: errors.TodoError, text: str) -> None:
    assert str(error) == text


def test_a_code_is_written_in_one_place() -> None:
    """Its error class; what serves, prints or reads a code takes it from there."""
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TodoError)]
    codes = [vars(kind)["code"] for kind in classes if "code" in vars(kind)]
    sources = [file.read_text() for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    written = Counter(word for source in sources for word in re.findall(r"['\"]([a-z_]+)['\"]", source))
    assert len(codes) > 8
    assert {code: written[code] for code in codes} == dict.fromkeys(codes, 1)


def test_every_error_that_is_raised_has_a_code() -> None:
    abstract = {errors.TodoError, errors.TokenError, errors.IdempotencyError, errors.InvalidInput}
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        assert kind in abstract or not issubclass(kind, errors.TodoError) or re.fullmatch("[a-z_]+", kind.code)
    assert errors.InvalidInput("title", "blank", "").code == "blank"
