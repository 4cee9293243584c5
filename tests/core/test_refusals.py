"""What every refusal says: the field, the reason that programs read, and the sentence that people read."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.support.clocks import FrozenClock
from todo_adapters.memory import MemoryTaskRepository
from todo_core.errors import InvalidInput
from todo_core.policy import TaskPolicy
from todo_core.query import Status, TaskQuery
from todo_core.service import TaskService
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task, TaskFields
from todo_core.text import clean_description, clean_search, clean_title, not_unicode

NOW = datetime(2026, 1, 2, tzinfo=UTC)
POLICY = TaskPolicy(title_limit=5, description_limit=7, deletion_permanent=True)


def task() -> Task:
    return NewTask.draft("ann", TaskFields(title="old"), POLICY, NOW).with_id(1)


def service() -> TaskService:
    return TaskService(MemoryTaskRepository(), FrozenClock(), POLICY)


def update_of_nothing(changes: TaskFields) -> Task:
    """Change a task that is not there: what no task could be changed to is told first."""
    return run_now(service().update("ann", 99, changes))


NULL_TITLE = ("title", "required", "The title must not be null.")
BLANK = ("title", "blank", "The title must not be blank.")
LONG_TITLE = ("title", "too_long", "The title must have at most 5 characters.")
LONG_DESCRIPTION = ("description", "too_long", "The description must have at most 7 characters.")
NO_TRASH = ("status", "not_allowed", "There is no trash here.")


def control(field: str) -> tuple[str, str, str]:
    return field, "control_character", f"The {field} must not hold control characters."


def half(field: str, named: str = "") -> tuple[str, str, str]:
    detail = f"The {named or field} holds half a character (a lone surrogate), as of an emoji cut in two."
    return field, "not_unicode", detail


def raised(error: InvalidInput) -> None:
    raise error


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (lambda: NewTask.draft("ann", TaskFields(), POLICY, NOW), ("title", "required", "The title is required.")),
        (lambda: NewTask.draft("ann", TaskFields(title="x" * 6), POLICY, NOW), LONG_TITLE),
        (lambda: NewTask.draft("ann", TaskFields(title="x", description="y" * 8), POLICY, NOW), LONG_DESCRIPTION),
        (lambda: task().edit(TaskFields(title=None), POLICY, NOW), NULL_TITLE),
        (lambda: task().edit(TaskFields(title=" "), POLICY, NOW), BLANK),
        (lambda: task().edit(TaskFields(title="x" * 6), POLICY, NOW), LONG_TITLE),
        (lambda: task().edit(TaskFields(description="y" * 8), POLICY, NOW), LONG_DESCRIPTION),
        (lambda: update_of_nothing(TaskFields(title=None)), NULL_TITLE),
        (lambda: update_of_nothing(TaskFields(title=" ")), BLANK),
        (lambda: update_of_nothing(TaskFields(title="x" * 6)), LONG_TITLE),
        (lambda: update_of_nothing(TaskFields(description="y" * 8)), LONG_DESCRIPTION),
        (lambda: run_now(service().list("ann", TaskQuery(Status.DELETED))), NO_TRASH),
        (lambda: run_now(service().count("ann", TaskQuery(Status.DELETED))), NO_TRASH),
        (lambda: clean_title("\u200b", 9), BLANK),
        (lambda: clean_title("a\tb", 9), control("title")),
        (lambda: clean_title("\x1ca", 9), control("title")),
        (lambda: clean_title("\ud800", 9), half("title")),
        (lambda: clean_description("a\rb", 9), control("description")),
        (lambda: clean_description("a\x1f", 9), control("description")),
        (lambda: clean_description("\udfff", 9), half("description")),
        (lambda: clean_search("q", "\x00"), control("q")),
        (lambda: clean_search("q", "\ud800"), half("q")),
        (lambda: clean_search("q", "x" * 201), ("q", "too_long", "The q must have at most 200 characters.")),
        (lambda: raised(not_unicode("")), half("", "body")),
    ],
)
def test_a_refusal_names_the_field_the_reason_and_the_rule(
    refused: Callable[[], object], told: tuple[str, str, str]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        refused()
    assert (refusal.value.field, refusal.value.reason, refusal.value.detail) == told
    assert str(refusal.value) == told[2]


def test_what_is_as_long_as_the_policy_allows_is_taken() -> None:
    longest = TaskFields(title="x" * 5, description="y" * 7)
    created = run_now(service().create("ann", longest)).task
    assert (created.title, created.description) == (longest.title, longest.description)
    assert clean_search("q", "x" * 200) == "x" * 200
