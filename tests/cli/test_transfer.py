"""Import and export: four formats, streamed, all or nothing, safe to repeat."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Todo
from todo_cli.formats import OWN


@pytest.mark.parametrize("name", OWN)
def test_a_list_goes_out_and_comes_in_once(todo: Todo, name: str) -> None:
    todo.ok("add", "Buy milk", "-d", "two\nbottles: 100 %")
    todo.clock.advance(days=1)
    todo.ok("add", "Père Noël 🎅", "--done")
    todo.ok("rm", todo.ok("add", "-q", "In the trash").out.strip())
    file = todo.folder / "tasks"
    todo.ok("export", str(file), "--format", name)
    other = ["--user", "bob"]
    assert todo.ok("import", str(file), "-f", name, *other).err == "Imported 2 tasks; 0 were there already.\n"
    assert todo.ok("import", str(file), "-f", name, *other).err == "Imported 0 tasks; 2 were there already.\n"
    kept = ["title", "description", "completed"]
    if name in {"jsonl", "csv"}:
        kept += ["completed_at", "created_at", "updated_at"]
    mine, theirs = todo.tasks(), todo.tasks(*other)
    assert [[task[field] for field in kept] for task in theirs] == [[task[field] for field in kept] for task in mine]


def imported(todo: Todo, name: str, text: str) -> list[dict[str, object]]:
    todo.ok("import", "-", "-f", name, stdin=text)
    return [{key: task[key] for key in ("title", "description", "completed")} for task in todo.tasks()]


def test_a_checklist_written_by_hand(todo: Todo) -> None:
    text = (
        "# Shopping\n\nfor Sunday\n\n- [ ] Milk\n  two bottles\n\n    of it\n* [X] Bread\n  - [ ] Rolls\n    fresh\n"
        "\nsome prose\n- plain item\n"
    )
    assert imported(todo, "markdown", text) == [
        {"title": "Milk", "description": "two bottles\n\n  of it", "completed": False},
        {"title": "Bread", "description": None, "completed": True},
        {"title": "Rolls", "description": "fresh", "completed": False},
    ]


def test_todo_txt_written_by_hand(todo: Todo) -> None:
    text = "(A) Call Mum +family @phone\nx 2026-01-02 2025-12-24 Buy presents\nx xylophone lesson\n\n2026-01-01 Sleep\n"
    assert [(task["title"], task["completed"]) for task in imported(todo, "todotxt", text)] == [
        ("Buy presents", True),
        ("Sleep", False),
        ("(A) Call Mum +family @phone", False),
        ("xylophone lesson", True),
    ]
    assert todo.tasks()[0]["completed_at"] == "2026-01-02T00:00:00Z"


def test_csv_from_a_spreadsheet(todo: Todo) -> None:
    text = '\ufeffTitle,Completed\r\n"Buy ""good"" milk, two",yes\r\nSleep,\r\n'
    assert [(task["title"], task["completed"]) for task in imported(todo, "csv", text)] == [
        ('Buy "good" milk, two', True),
        ("Sleep", False),
    ]


def test_equal_lines_of_one_file_are_tasks_of_their_own(todo: Todo) -> None:
    for _ in range(2):
        todo.ok("import", "-", "-f", "todotxt", stdin="Buy milk\nBuy milk\n")
    assert len(todo.tasks()) == 2


def test_a_grown_source_adds_only_what_is_new(todo: Todo) -> None:
    file = todo.folder / "list.md"
    file.write_text("- [ ] Milk\n- [ ] Bread\n")
    todo.ok("import", str(file))
    file.write_text("- [ ] Rolls\n- [x] Milk\n- [ ] Bread\n")
    assert todo.ok("import", str(file), "--json").json == {"added": 1, "known": 2, "dry_run": False}


def test_a_dry_run_counts_and_stores_nothing(todo: Todo) -> None:
    file = todo.folder / "list.txt"
    file.write_text("Milk\nBread\n")
    assert todo.ok("import", str(file), "-n", "--json").json == {"added": 2, "known": 0, "dry_run": True}
    assert todo.tasks() == []
    todo.ok("import", str(file))
    assert todo.ok("import", str(file), "-n").err == "Would import 0 tasks; 2 were there already.\n"


def test_an_import_is_undone_as_a_whole(todo: Todo) -> None:
    assert todo.ok("import", "-", "-f", "todotxt", "-q", stdin="Milk\nBread\n").out == "1\n2\n"
    todo.ok("undo")
    assert todo.tasks() == []
    todo.ok("redo")
    assert len(todo.tasks()) == 2


def test_an_import_from_a_clock_that_is_ahead_is_undone_too(todo: Todo) -> None:
    todo.ok("import", "-", "-f", "jsonl", stdin='{"title": "Later", "created_at": "2027-01-01T00:00:00Z"}')
    todo.ok("done", "1")
    todo.ok("undo")
    todo.ok("undo")
    todo.ok("redo")
    assert [task["completed"] for task in todo.tasks()] == [False]


def test_imported_times_are_kept(todo: Todo) -> None:
    line = {"title": "Old", "created_at": "2001-02-03T04:05:06+02:00", "completed_at": "2002-01-01T00:00:00Z"}
    todo.ok("import", "-", "-f", "jsonl", stdin=json.dumps(line))
    (task,) = todo.tasks()
    assert task["created_at"] == "2001-02-03T02:05:06Z"
    assert (task["completed"], task["completed_at"]) == (True, "2002-01-01T00:00:00Z")
    assert task["updated_at"] == "2002-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("jsonl", '{"title": "a"}\n\n{"title": 1}\n', 3, "title has the wrong type"),
        ("jsonl", '{"title": "a"}\nnope\n', 2, "not JSON"),
        ("jsonl", "[" * 100_000, 1, "not JSON"),
        ("jsonl", '["a"]\n', 1, "not a JSON object"),
        ("jsonl", '{"title": "a", "colour": "red"}\n', 1, "Members must be among"),
        ("jsonl", '{"description": "a"}\n', 1, "title is required"),
        ("jsonl", '{"title": " "}\n', 1, "must not be blank"),
        ("jsonl", '{"title": "\\ud800"}\n', 1, "lone surrogates"),
        ("jsonl", '{"title": "a", "completed": 1}\n', 1, "completed has the wrong type"),
        (
            "jsonl",
            '{"title": "a", "completed": false, "completed_at": "2001-01-01T00:00:00Z"}\n',
            1,
            "must be completed",
        ),
        ("jsonl", '{"title": "a", "created_at": "yesterday"}\n', 1, "created_at must be a time"),
        ("jsonl", '{"title": "a", "created_at": "2001-01-01T00:00:00"}\n', 1, "offset"),
        ("jsonl", '{"title": "a", "created_at": "0001-01-01T00:00:00+10:00"}\n', 1, "created_at must be a time"),
        ("csv", "name\nx\n", 1, "title among them"),
        ("csv", "title,colour\nx,red\n", 1, "columns must be among"),
        ("csv", 'title,description\na,"b\nc"\nd\n', 4, "There must be 2 fields, not 1"),
        ("csv", "title,completed\na,perhaps\n", 2, "true or false"),
        ("csv", 'title\n"a\n', 2, "not CSV"),
        ("markdown", "- [ ] a\n- [ ]\n", 2, "must not be blank"),
        ("todotxt", f"a\n{'x' * 201}\n", 2, "at most 200 characters"),
        ("todotxt", "x 2026-02-30 a\n", 1, "no such date"),
    ],
)
def test_a_line_that_is_no_task_is_named_and_nothing_is_stored(
    todo: Todo, name: str, text: str, line: int, said: str
) -> None:
    result = todo("import", "-", "-f", name, stdin=text)
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)
    assert result.err.startswith(f"todo: Nothing was imported from standard input: line {line}: ")
    assert said in result.err
    assert todo.tasks() == []


def test_every_bad_line_is_named_up_to_ten(todo: Todo) -> None:
    result = todo("import", "-", "-f", "jsonl", stdin='{"title": "fine"}\n' + "bad\n" * 20)
    lines = result.err.splitlines()
    assert lines[0] == (
        "todo: Nothing was imported from standard input: 20 of its tasks cannot be. --skip-invalid imports the others."
    )
    assert [text.split(":")[0].strip() for text in lines[1:]] == [f"line {n}" for n in range(2, 12)] + ["and 10 more"]
    problem = todo("import", "-", "-f", "jsonl", "--json", stdin="bad\nbad\n").problem
    assert [error["detail"] for error in problem["errors"]] == [
        "line 1: This is not JSON.",
        "line 2: This is not JSON.",
    ]


@pytest.mark.parametrize("name", OWN)
def test_a_binary_file_is_refused_in_one_line(todo: Todo, name: str) -> None:
    file = todo.folder / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100)
    result = todo("import", str(file), "-f", name)
    assert (result.code, result.err) == (
        1,
        f"todo: Nothing was imported from {file}: line 1: This is not UTF-8 text.\n",
    )


@pytest.mark.parametrize("name", OWN)
def test_zeros_and_endless_lines_are_refused(todo: Todo, name: str) -> None:
    for content in (bytes(1000), b"- [ ] " + b"x" * 10_000_000):
        file = todo.folder / "file"
        file.write_bytes(content)
        result = todo("import", str(file), "-f", name)
        assert (result.code, result.err.count("\n")) == (1, 1) or name == "markdown"
        assert todo.tasks() == []


def test_a_title_of_ten_megabytes_is_refused(todo: Todo) -> None:
    result = todo("import", "-", "-f", "jsonl", stdin=json.dumps({"title": "x" * 10_000_000}))
    assert (result.code, "longer than 262144 characters" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "missing.csv"], 1, "No such file"),
        (["import", "."], 1, "Is a directory"),
        (["import", ".", "-f", "csv"], 1, "Is a directory"),
        (["import", "tasks.db"], 2, "--format"),
        (["import", "-"], 2, "--format"),
        (["export", "tasks.xls"], 2, "--format"),
        (["export", "missing/tasks.csv"], 1, "No such file"),
        (["export", ".", "-f", "csv", "--force"], 2, "is not a file"),
    ],
)
def test_files_that_cannot_be_used_are_said_in_one_line(
    todo: Todo, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(todo.folder)
    result = todo(*arguments)
    assert (result.code, result.out, result.err.count("\n")) == (code, "", 1)
    assert said in result.err


def test_an_export_replaces_a_file_only_when_told_to(todo: Todo) -> None:
    file = todo.folder / "tasks.csv"
    file.write_text("precious")
    refused = todo("export", str(file))
    assert (refused.code, "--force" in refused.err, file.read_text()) == (2, True, "precious")
    todo.ok("add", "Buy milk")
    todo.ok("export", str(file), "--force")
    assert "Buy milk" in file.read_text()
    assert sorted(path.name for path in todo.folder.glob("*")) == ["data", "tasks.csv", "tasks.db"]


def test_an_export_to_standard_output_is_json_lines(todo: Todo) -> None:
    todo.ok("add", "Buy milk")
    todo.ok("add", "--done", "Write")
    assert [json.loads(text) for text in todo.ok("export").out.splitlines()] == todo.tasks()
    assert todo.ok("export", "-f", "markdown", "--completed").out == "- [x] Write\n"
    assert todo.ok("export", "-f", "todotxt", "--pending").out == "2026-01-02 Buy milk\n"


def test_more_than_a_page_is_exported_in_order(todo: Todo, tmp_path: Path) -> None:
    file = tmp_path / "many.txt"
    file.write_text("".join(f"task {n}\n" for n in range(2345)))
    todo.ok("import", str(file))
    out = todo.ok("export", "-f", "todotxt").out
    assert [line.split(" ", 1)[1] for line in out.splitlines()] == [f"task {n}" for n in range(2345)]


def test_the_bar_is_for_terminals_only(todo: Todo) -> None:
    """Its colours and cursor movements stay out of pipes; on a terminal it leaves no trace but an empty line."""
    file = todo.folder / "list.txt"
    file.write_text("Milk\n")
    assert "\r" not in todo.ok("import", str(file)).err
    assert todo.ok("import", str(file), terminal=True).err.endswith("\r\x1b[KImported 0 tasks; 1 were there already.\n")
