"""The errors of the domain."""

import pytest

from todo_core import errors


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
