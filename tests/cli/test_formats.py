"""Export and import are each other's inverse, for every format and every task that the core accepts."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from todo_cli.export_file import without_controls
from todo_cli.formats import OWN
from todo_cli.formats.detection import detect_format
from todo_cli.formats.record import Record
from todo_cli.formats.text_file import TextFile
from todo_core.errors import InvalidInput
from todo_core.policy import TaskPolicy
from todo_core.task import Task
from todo_core.text import clean_description, clean_title

POLICY = TaskPolicy()
MARKS = [
    *"-*+>#[]()x \\`'\"=~_|:;,.1\u2028\ufeff\xa0\u200b",
    *(
        "- [ ] ",
        "- [x] ",
        "1. [ ] ",
        "> - [X] a",
        "-\n  [ ] a",
        "- - - - - - - - - ",
        "\\- [ ] a",
        "\\\\> [ ] a",
        "[ ] ",
    ),
    *("```", "~~~", "<!--", "-->", "<div>", "===", "---", "[a]: b", "    ", "  ", "\t"),
    *("(A) ", "x ", "2020-01-01 ", "note:", "note:%20", " note:abc", "sep=;", "'", "=1+1", "{", '"title":'),
]
TEXT = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(MARKS)
BREAKS = st.sampled_from(["\n", "\r\n", "\t", "\n\n", "\n  ", "\n    "])


@st.composite
def titles(draw: st.DrawFn) -> str:
    text = "".join(draw(st.lists(TEXT, min_size=1, max_size=15))).replace("\n", "").replace("\t", "")
    try:
        return clean_title(text, POLICY.title_limit)
    except InvalidInput:
        return "Buy milk"


@st.composite
def descriptions(draw: st.DrawFn) -> str | None:
    text = "".join(draw(st.lists(TEXT | BREAKS, max_size=30)))
    return clean_description(text[: POLICY.description_limit], POLICY.description_limit)


TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  given beside it


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    completed_at = draw(st.none() | TIMES)
    return Task(
        id=draw(st.integers(1, 99)),
        user_id="ann",
        title=draw(titles()),
        description=draw(descriptions()),
        completed_at=completed_at,
        created_at=draw(TIMES),
        updated_at=draw(TIMES),
        deleted_at=None,
        version=1,
    )


def task(title: str, description: str | None = None, *, completed: bool = False) -> Task:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Task(1, "ann", title, description, now if completed else None, now, now, None, 1)


def as_file(name: str, exported: Iterable[Task]) -> TextFile:
    text = "".join(f"{line}\n" for line in OWN[name].writer().write(exported))
    return TextFile(io.BytesIO(text.encode()))


def read(name: str, file: TextFile) -> list[tuple[object, ...]]:
    """Return what an import would store, as far as the format can hold it."""
    found = [entry.value for entry in OWN[name].reader().read(file)]
    assert all(isinstance(record, Record) for record in found), found
    return [stored(name, record) for record in found if isinstance(record, Record)]


def stored(name: str, record: Record | Task) -> tuple[object, ...]:
    title = clean_title(record.title, POLICY.title_limit)
    description = clean_description(record.description, POLICY.description_limit)
    said = (title, description, record.completed)
    if name == "markdown":
        return said  # It holds no times.
    if name == "todotxt":
        days = (record.completed_at, record.created_at)
        return *said, *(day and datetime.combine(day, time(), UTC) for day in days)  # Nor does it hold their hours.
    return *said, record.completed_at, record.created_at, record.updated_at


TRAPS = [
    task("[x] a", "- [ ] b\n\n\\- [ ] c\r\n```\n- [ ] d"),
    task("note:abc"),
    task("(A)  two blanks", completed=True),
    task("(A) 2020-01-01 call"),
    task("2020-01-01 2020-01-01 x"),
    task("\ufeff=1+1", "<!--\nopen"),
    task("a", "- " * 200 + "deep\n" + ">" * 300),
    task("a", "===\n---\n***\n    code\n\tcode\n1. one\n   - [x] two\r\n\r\n> - [ ] three"),
]


@pytest.mark.parametrize("name", OWN)
@settings(max_examples=100, deadline=None)
@given(exported=st.lists(tasks(), min_size=1, max_size=4))
@example(exported=TRAPS)
def test_what_is_exported_comes_back(name: str, exported: Sequence[Task]) -> None:
    assert read(name, as_file(name, exported)) == [stored(name, one) for one in exported]


@pytest.mark.parametrize("name", OWN)
@settings(max_examples=30, deadline=None)
@given(exported=st.lists(tasks(), min_size=1, max_size=2))
@example(exported=TRAPS)
@example(exported=[task("(A) 0", completed=True)])
def test_an_exported_file_is_recognised_by_its_content(name: str, exported: Sequence[Task]) -> None:
    head = as_file(name, exported).head()
    for file_name in ("-", "list.txt", "list.md", "list.json", "list.csv"):
        if (name, file_name) not in {("todotxt", "list.md"), ("todotxt", "list.json"), ("todotxt", "list.csv")}:
            assert detect_format(head, file_name) == name


@pytest.mark.parametrize(
    ("file_name", "text", "form"),
    [
        ("n.md", "Title, description, due date\n\n- [ ] one\n", "markdown"),
        ("n.txt", "Title, id, and more\n2026-01-01 call\n", "todotxt"),
        ("n.csv", "Title, description, due date\na,b,c\n", "csv"),
        ("-", "title,completed,assignee\na,true,Ann\n", "csv"),
        ("n.md", "title,description,completed\na,b,true\n", "csv"),
    ],
)
def test_a_line_of_text_with_known_words_is_a_table_only_where_a_table_is_expected(
    file_name: str, text: str, form: str
) -> None:
    assert detect_format(text, file_name) == form


@given(exported=tasks())
def test_what_the_core_accepts_is_not_changed_for_terminals(exported: Task) -> None:
    assert without_controls(exported) == exported
