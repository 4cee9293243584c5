"""Files of the shapes that people have, each with what it holds; on a store, on PostgreSQL and on a server alike."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Todo
from tests.cli.test_server import remote
from tests.support.postgres import Server

__all__ = ["remote"]

FILES = Path(__file__).parent / "files"

Seen = tuple[str, str | None, bool]

TASKS: dict[str, list[Seen]] = {
    "answer.json": [("Buy milk", None, True), ("Write", None, False)],
    "excel.csv": [("Milk; oats", "two\r\nbottles", True), ("Sleep", None, False)],
    "google-tasks.json": [("Renew passport", "photos first\nthen the form", False), ("Take photos", None, True)],
    "list.json": [("Buy milk", None, False), ("Write", "a letter", True)],
    "microsoft-todo.json": [("Book the train", "window seat\r\nnot on a Friday", False), ("Pack", None, True)],
    "old-mac.csv": [("Milk", None, True), ("Bread", None, False)],
    "ordered.md": [
        ("Call the landlord", None, False),
        ("Order boxes", "twenty of them", True),
        ("Pack", None, False),
        ("Label", "on every side", False),
        ("Read the meters", "gas and power", False),
        ("Tell the bank", None, True),
        ("Empty it", None, False),
        ("Sell the bike", None, False),
    ],
    "plain.md": [],
    "priorities.txt": [
        ("(A) call", None, False),
        ("(B) paid", None, True),
        ("(C) shelves", None, True),
        ("post +home @town due:2021-02-01", None, True),
        ("xylophone", None, True),
        ("a title", "two words", False),
        ("(b) no priority", None, False),
    ],
    "reminders.ics": [
        ("Post the parcel, insured", "counter two\nask for a receipt", False),
        ("Buy stamps", None, True),
    ],
    "sep.csv": [("Milk, oats", None, False)],
    "taskwarrior.data": [("Pay rent", None, False), ("Old bill", None, True)],
    "taskwarrior.json": [
        ("Pay rent", "by transfer\nnot cash", False),
        ("Old bill", None, True),
        ("Water plants", None, False),
    ],
    "todoist.csv": [
        ("Plan the party @home", "for Ann, at ours", False),
        ("Buy candles", "The long ones\nTwenty\r\nat least", False),
        ("Clean up", None, False),
    ],
    "windows.md": [("Milk", "two bottles\nof it", False), ("Bread", "from the corner\n\nor not", True)],
}

TIMES: dict[str, dict[str, tuple[str, str | None]]] = {
    "google-tasks.json": {"Take photos": ("2026-01-01T10:00:00Z", "2026-01-03T10:00:00Z")},
    "list.json": {"Write": ("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z")},
    "microsoft-todo.json": {
        "Book the train": ("2026-01-01T10:00:00.123456Z", None),
        "Pack": ("2026-01-01T10:00:00Z", "2026-01-03T11:00:00Z"),
    },
    "priorities.txt": {
        "(A) call": ("2019-12-31T00:00:00Z", None),
        "(B) paid": ("2020-12-20T00:00:00Z", "2020-12-27T00:00:00Z"),
        "(C) shelves": ("2018-05-15T00:00:00Z", "2018-05-17T00:00:00Z"),
        "post +home @town due:2021-02-01": ("2021-01-01T00:00:00Z", "2021-01-02T00:00:00Z"),
    },
    "reminders.ics": {"Buy stamps": ("2026-01-01T08:00:00Z", "2026-01-03T08:00:00Z")},
    "sep.csv": {"Milk, oats": ("2026-01-02T03:04:05Z", None)},
    "taskwarrior.json": {"Old bill": ("2026-01-01T08:00:00Z", "2026-01-03T09:00:00Z")},
}
"""When tasks were made and completed, where their file says so."""

NOT_TAKEN: dict[str, dict[str, dict[str, int]]] = {
    "google-tasks.json": {
        "left_out": {"deleted": 1, "empty": 1},
        "rest": {"due": 1, "parent": 1, "links": 1, "list": 2},
    },
    "microsoft-todo.json": {"rest": {"importance": 1, "status": 1, "categories": 1, "due": 1, "checklistItems": 1}},
    "ordered.md": {"left_out": {"without a checkbox": 3}},
    "plain.md": {"left_out": {"without a checkbox": 1}},
    "reminders.ics": {"left_out": {"cancelled": 1}, "rest": {"due": 1, "priority": 1, "alarm": 1, "list": 2}},
    "taskwarrior.data": {"rest": {"wait": 1, "waiting": 1}},
    "taskwarrior.json": {
        "left_out": {"deleted": 1, "recurrence": 1},
        "rest": {"due": 2, "priority": 1, "project": 1, "tags": 1, "parent": 1, "recur": 1},
    },
    "todoist.csv": {"rest": {"author": 3, "due": 2, "priority": 1, "parent": 1, "section": 1}},
}
"""What has no home here, or is no task any more."""

KEPT = {
    "google-tasks.json": (1, "parent: YQ\nlinks: Studio\nlist: My Tasks"),
    "microsoft-todo.json": (
        0,
        "\n".join(
            [
                "window seat\r\nnot on a Friday",
                *("importance: high", "categories: Travel, Blue", "due: 2026-02-01T00:00:00.0000000"),
                *("checklistItems: compare prices", "status: inProgress"),
            ]
        ),
    ),
    "reminders.ics": (
        0,
        "counter two\nask for a receipt\ndue: 20260201T120000\npriority: 1\nalarm: yes\nlist: Errands",
    ),
    "taskwarrior.json": (
        0,
        "by transfer\nnot cash\ndue: 20260201T000000Z\npriority: H\nproject: Home\ntags: money, monthly",
    ),
    "todoist.csv": (1, "The long ones\nTwenty\r\nat least\nauthor: Kim (1)\nparent: Plan the party @home"),
}
"""The description of one of the tasks with --keep-rest."""


def seen(todo: Todo) -> list[Seen]:
    """Return the tasks in the order of the file."""
    tasks = sorted(todo.tasks(), key=lambda task: task["id"])
    return [(task["title"], task["description"], task["completed"]) for task in tasks]


def counted(todo: Todo, name: str, *arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = todo.ok("import", str(FILES / name), "--json", *arguments).json
    return answer


@pytest.mark.parametrize("name", TASKS)
def test_a_file_holds_what_it_says(todo: Todo, name: str) -> None:
    """A dry run tells the same counts, and a second import adds nothing."""
    counts: dict[str, Any] = {"added": len(TASKS[name]), "known": 0, **NOT_TAKEN.get(name, {})}
    assert counted(todo, name, "-n") == counts | {"dry_run": True}
    assert todo.tasks() == []
    assert counted(todo, name) == counts | {"dry_run": False}
    assert seen(todo) == TASKS[name]
    times = {task["title"]: (task["created_at"], task["completed_at"]) for task in todo.tasks()}
    assert times.items() >= TIMES.get(name, {}).items()
    for arguments in (["-n"], []):
        again = counted(todo, name, *arguments)
        assert (again["added"], again["known"]) == (0, len(TASKS[name]))
    assert seen(todo) == TASKS[name]


@pytest.mark.parametrize("name", KEPT)
def test_what_has_no_home_is_kept_when_asked_for(todo: Todo, name: str) -> None:
    """With and without it they are the same tasks."""
    counted(todo, name, "--keep-rest")
    place, description = KEPT[name]
    assert seen(todo)[place][1] == description
    assert counted(todo, name)["added"] == 0


@pytest.fixture(params=["postgresql", "server"])
def elsewhere(request: pytest.FixtureRequest) -> Todo:
    if request.param == "server":
        remote: Todo = request.getfixturevalue("remote")
        return remote
    todo: Todo = request.getfixturevalue("todo")
    postgres: Server = request.getfixturevalue("postgres")
    postgres.empty()
    todo.environ["DATABASE_URL"] = postgres.url()
    return todo


def test_files_are_read_alike_elsewhere(elsewhere: Todo) -> None:
    everything = []
    for name, tasks in TASKS.items():
        everything += tasks
        assert counted(elsewhere, name)["added"] == len(tasks), name
        assert seen(elsewhere) == everything
        assert counted(elsewhere, name)["added"] == 0


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_a_list_imported_into_itself_adds_nothing(todo: Todo, name: str) -> None:
    assert_known(todo, name, counts_before=True)


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_a_list_imported_into_itself_adds_nothing_elsewhere(elsewhere: Todo, name: str) -> None:
    assert_known(elsewhere, name, counts_before=not elsewhere.environ.get("TODO_SERVER"))


def assert_known(todo: Todo, name: str, *, counts_before: bool) -> None:
    """Find that a task is there too that was changed, or moved to the trash, since it was exported is there too."""
    for title in ("A", "B", "C"):
        todo.ok("add", title)
    file = str(todo.folder / "own")
    todo.ok("export", file, "-f", name)
    todo.ok("edit", "1", "-t", "changed")
    todo.ok("rm", "2")
    if counts_before:
        assert counted(todo, file, "-n") == {"added": 0, "known": 3, "dry_run": True}
    assert counted(todo, file) == {"added": 0, "known": 3, "dry_run": False}
    assert [task["title"] for task in todo.tasks()] == ["changed", "C"]


def test_the_same_task_twice_in_a_file_is_one(todo: Todo) -> None:
    line = '{"id": 1, "user_id": "bob", "title": "A", "created_at": "2026-01-01T00:00:00Z"}\n'
    file = todo.folder / "twice.jsonl"
    file.write_text(line * 2)
    for arguments in (["-n"], []):
        answer = counted(todo, str(file), *arguments)
        assert (answer["added"], answer["known"]) == (1, 1)


def test_a_program_is_named_with_what_makes_its_file(todo: Todo) -> None:
    text = todo.ok("import", "--help").out
    assert "task export > tasks.json" in text
    for program in ("Todoist", "takeout.google.com", "Microsoft Graph", "Apple Reminders"):
        assert program in text
