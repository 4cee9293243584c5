"""Orders of lists, and places in them."""

from datetime import UTC, datetime, timedelta

import pytest

from todo_core.policy import TaskPolicy
from todo_core.query import Position, Sort
from todo_core.task import NewTask, TaskFields
from todo_core.text import fold

CREATED = datetime(2026, 1, 2, tzinfo=UTC)
UPDATED = CREATED + timedelta(hours=1)


@pytest.mark.parametrize(
    ("sort", "value", "descending"),
    [
        (Sort.CREATED, CREATED, False),
        (Sort.CREATED_LATEST, CREATED, True),
        (Sort.UPDATED, UPDATED, False),
        (Sort.UPDATED_LATEST, UPDATED, True),
        (Sort.TITLE, "Buy milk", False),
        (Sort.TITLE_LAST, "Buy milk", True),
    ],
)
def test_a_place_in_a_list_is_what_it_is_sorted_by_and_the_id(
    sort: Sort, value: datetime | str, *, descending: bool
) -> None:
    task = NewTask.draft("ann", TaskFields(title="Buy milk"), TaskPolicy(), CREATED).with_id(7).complete(UPDATED)
    assert sort.position(task) == Position(value, 7)
    assert sort.descending is descending


@pytest.mark.parametrize(
    ("text", "other"),
    [("BUY milk", "buy MILK"), ("ÄPFEL", "äpfel"), ("Cafe\u0301", "CAFÉ"), ("Ǆ", "ǆ")],
)
def test_a_search_knows_no_case_and_no_way_of_writing_an_accent(text: str, other: str) -> None:
    assert fold(text) == fold(other) == fold(fold(text))


@pytest.mark.parametrize("word", ["MILK", "bär", "Ä"])
def test_a_word_is_found_whatever_letters_stand_around_it(word: str) -> None:
    assert fold(word) in fold(f"Bär {word.swapcase()} Ä")


@pytest.mark.parametrize(("text", "other"), [("a", "b"), ("ä", "a"), ("", " ")])
def test_a_search_tells_other_letters_apart(text: str, other: str) -> None:
    assert fold(text) != fold(other)
