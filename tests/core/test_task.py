"""The rules of a task."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from todo_core.errors import InvalidInput
from todo_core.policy import TaskPolicy
from todo_core.task import ABSENT, PUBLISHED_FIELDS, UNTITLED, Absent, NewTask, Task, TaskFields, TaskState, Times

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
POLICY = TaskPolicy()
GENERATING = TaskPolicy(title_generated=True)


def task(**fields: object) -> Task:
    new = NewTask.draft("ann", TaskFields(title="Buy milk"), POLICY, NOW).with_id(7)
    return new._replace(**fields)  # type: ignore[arg-type]


def test_a_new_task_is_open_and_at_its_first_version() -> None:
    assert task() == Task(7, "ann", "Buy milk", None, None, NOW, NOW, None, 1)


def test_a_task_made_as_done_records_when() -> None:
    done = NewTask.draft("ann", TaskFields(title="x", completed=True), POLICY, NOW).with_id(1)
    assert (done.completed, done.completed_at) == (True, NOW)


def test_a_new_task_keeps_all_that_was_sent() -> None:
    sent = TaskFields(title="x", description="y")
    new = NewTask.draft("ann", sent, POLICY, NOW)
    assert (new.title, new.description, new.deleted_at) == ("x", "y", None)
    kept = new._replace(deleted_at=LATER).with_id(1)
    assert (kept.title, kept.description, kept.deleted_at) == ("x", "y", LATER)


@pytest.mark.parametrize("fields", [TaskFields(), TaskFields(title=None)])
def test_a_title_is_required_unless_the_policy_makes_one(fields: TaskFields) -> None:
    with pytest.raises(InvalidInput) as refused:
        NewTask.draft("ann", fields, POLICY, NOW)
    assert (refused.value.field, refused.value.reason) == ("title", "required")
    assert NewTask.draft("ann", fields, GENERATING, NOW).title == UNTITLED


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("Call Bob\nabout the car", "Call Bob"),
        ("Call\tBob", "Call Bob"),
        ("Call Bob\r\nnow", "Call Bob"),
        ("Call Bob\nabout\nthe car", "Call Bob"),
        ("x" * 300, "x" * 200),
        ("y" * 199 + " z", "y" * 199),
        (None, UNTITLED),
        ("\u200b", UNTITLED),
        ("\u200b\nvisible", UNTITLED),
    ],
)
def test_a_generated_title_is_the_first_line_of_the_description(description: str | None, title: str) -> None:
    policy = TaskPolicy(title_generated=True)
    assert NewTask.draft("ann", TaskFields(description=description), policy, NOW).title == title


def test_a_blank_title_is_refused_even_where_titles_are_made() -> None:
    with pytest.raises(InvalidInput):
        NewTask.draft("ann", TaskFields(title=" "), GENERATING, NOW)


def test_an_edit_changes_what_was_sent_and_nothing_else() -> None:
    old = task(description="two litres")
    new = old.edit(TaskFields(title=" Buy oat milk "), POLICY, LATER)
    assert new == old._replace(title="Buy oat milk", updated_at=LATER, version=2)
    assert new.edit(TaskFields(description=None), POLICY, LATER).description is None
    assert new.edit(TaskFields(completed=True), POLICY, LATER).completed_at == LATER


@pytest.mark.parametrize(
    "changes",
    [
        TaskFields(),
        TaskFields(title="Buy milk"),
        TaskFields(title="  Buy milk"),
        TaskFields(description=None, completed=False),
        TaskFields(description="  "),
    ],
)
def test_a_change_of_nothing_is_no_change(changes: TaskFields) -> None:
    old = task()
    assert old.edit(changes, POLICY, LATER) is old


def test_a_null_title_is_refused() -> None:
    with pytest.raises(InvalidInput):
        task().edit(TaskFields(title=None), GENERATING, LATER)


def test_what_a_wider_policy_stored_can_be_sent_back_under_a_narrower_one() -> None:
    """Sending back what was received always works."""
    long = task(title="x" * 500, description="y" * 1000)
    narrow = TaskPolicy(description_limit=500)
    same = TaskFields(title="x" * 500, description="y" * 1000, completed=True)
    assert long.edit(same, narrow, LATER).completed
    with pytest.raises(InvalidInput):
        long.edit(TaskFields(title="x" * 499), narrow, LATER)


def test_completing_twice_keeps_the_first_time() -> None:
    done = task().complete(NOW)
    assert done.complete(LATER) is done
    assert done.edit(TaskFields(completed=True, title="x"), POLICY, LATER).completed_at == NOW
    undone = done.edit(TaskFields(completed=False), POLICY, LATER)
    assert (undone.completed, undone.completed_at) == (False, None)
    reopened = done.reopen(LATER)
    assert (reopened.completed, reopened.completed_at, reopened.version) == (False, None, 3)
    assert reopened.reopen(LATER) is reopened


def test_deleting_and_restoring_keep_everything_else() -> None:
    trashed = task().delete(LATER)
    assert (trashed.deleted_at, trashed.version) == (LATER, 2)
    assert trashed.delete(LATER) is trashed
    assert trashed.restore(LATER) == task()._replace(updated_at=LATER, version=3)
    assert task().restore(LATER) == task()


def test_putting_back_a_title_leaves_completion_as_it_is() -> None:
    done = task().complete(NOW)
    back = done.put_back(TaskState(title="Buy bread"), LATER)
    assert back == done._replace(title="Buy bread", updated_at=LATER, version=3)
    assert done.put_back(TaskState(title="Buy milk"), LATER) is done


def test_a_clock_set_back_never_makes_a_change_look_older() -> None:
    assert task(updated_at=LATER).toggle(NOW).updated_at == LATER


@given(st.lists(st.sampled_from([Task.toggle, Task.complete, Task.reopen, Task.delete, Task.restore])))
def test_every_change_counts_once_and_completion_agrees_with_its_time(changes: list[object]) -> None:
    current = task()
    for change in changes:
        before, current = current, change(current, LATER)  # type: ignore[operator]
        assert current.version == before.version + (current is not before)
        assert current.completed == (current.completed_at is not None)


@pytest.mark.parametrize(
    ("completed", "times", "expected"),
    [
        (ABSENT, Times(None, None, None), (LATER, LATER, None)),
        (True, Times(None, None, None), (LATER, LATER, LATER)),
        (True, Times(NOW, None, None), (NOW, LATER, LATER)),
        (True, Times(None, NOW, None), (LATER, NOW, NOW)),
        (True, Times(LATER, None, NOW), (LATER, LATER, NOW)),
        (ABSENT, Times(NOW, None, LATER), (NOW, LATER, LATER)),
        (False, Times(NOW, LATER, None), (NOW, LATER, None)),
    ],
)
def test_a_task_from_elsewhere_keeps_the_times_that_are_known(
    *, completed: bool | Absent, times: Times, expected: tuple[datetime, datetime, datetime | None]
) -> None:
    new = NewTask.imported("ann", TaskFields("Buy milk", completed=completed), POLICY, LATER, times)
    assert (new.user_id, new.title) == ("ann", "Buy milk")
    assert (new.created_at, new.updated_at, new.completed_at) == expected


def test_an_open_task_from_elsewhere_has_no_time_of_completion() -> None:
    with pytest.raises(InvalidInput) as refused:
        NewTask.imported("ann", TaskFields("x", completed=False), POLICY, LATER, Times(None, None, NOW))
    told = ("completed_at", "contradiction", "A task with a completed_at must be completed.")
    assert (refused.value.field, refused.value.reason, refused.value.detail) == told


def test_an_absent_field_differs_from_null() -> None:
    assert TaskFields().title is ABSENT
    assert TaskFields() != TaskFields(title=None)


def test_what_is_published_has_every_field_but_those_of_the_store() -> None:
    made = task()
    assert made.published() == tuple(getattr(made, name) for name in PUBLISHED_FIELDS)
    assert {*Task._fields} - {*PUBLISHED_FIELDS} == {"deleted_at", "version"}
