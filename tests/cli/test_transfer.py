"""Import and export: four formats, streamed, all or nothing, safe to repeat."""

import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Todo
from todo_cli.formats import OWN

PROGRAM = str(Path(sys.executable).with_name("todo"))
MOUNTING = ["unshare", "--map-root-user", "--mount"]
needs_mounts = pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run([*MOUNTING, "true"], capture_output=True, check=False).returncode != 0,
    reason="no namespace for mounts here",
)


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
        ("jsonl", '{"description": "a"}\n', 1, "title is required"),
        ("jsonl", '{"title": " "}\n', 1, "must not be blank"),
        ("jsonl", '{"title": "\\ud800"}\n', 1, "lone surrogate"),
        ("jsonl", '{"title": "a", "completed": 2}\n', 1, "completed has the wrong type"),
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
        ("csv", "title,colour,Colour\nx,red,red\n", 1, "Two columns have the same name"),
        ("csv", 'title,description\na,"b\nc"\nd,e,f\n', 4, "There must be 2 fields, not 3"),
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
        (["export", "tasks.json"], 2, "--format"),
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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", "Title,Priority,colour\nMilk,high,\nBread,,\nTea,2,1\n"),
        (
            "list.jsonl",
            '[{"title": "Milk", "priority": "high"}, {"title": "Bread"}, {"title": "Tea", "priority": 2, "colour": 1}]',
        ),
    ],
)
def test_what_has_no_home_here_does_not_stop_an_import(todo: Todo, name: str, text: str) -> None:
    """Other programs' tables have columns of their own; as with their other files, these are counted or kept."""
    file = todo.folder / name
    file.write_text(text)
    said = todo.ok("import", str(file)).err
    assert said.endswith(
        "\nNot imported: priority of 2 tasks, colour of 1 task; --keep-rest puts them into the descriptions.\n"
    )
    todo.ok("undo")
    todo.ok("trash", "--empty", "--yes")
    assert todo.ok("import", str(file), "--keep-rest", "--json").json["rest"] == {"priority": 2, "colour": 1}
    assert [task["description"] for task in todo.tasks()] == ["priority: high", None, "priority: 2\ncolour: 1"]


def test_items_without_a_checkbox_are_counted(todo: Todo) -> None:
    """Those in a description belong to it."""
    text = "# List\n\n- milk\n- [ ] bread\n  - brown\n  - sliced\n1. tea\n   - [x] green\n- - rice\n\nThe end\n"
    said = todo.ok("import", "-", "-f", "markdown", stdin=text).err
    assert said == "Imported 2 tasks; 0 were there already.\nLeft out: 3 without a checkbox.\n"
    assert [task["description"] for task in todo.tasks()] == ["- brown\n- sliced", None]
    assert todo.ok("import", "-", "-f", "markdown", "-n", stdin="- milk\n").err.endswith(
        "Left out: 1 without a checkbox.\n"
    )


def test_the_bar_is_for_terminals_only(todo: Todo) -> None:
    """Its cursor movements stay out of pipes; where a file is short, nobody would see it move."""
    file = todo.folder / "list.txt"
    file.write_text("Milk\n")
    assert todo.ok("import", str(file), terminal=True).err == "Imported 1 task; 0 were there already.\n"
    file.write_text("Milk\n" + "\n" * 600_000)
    assert todo.ok("import", str(file)).err == "Imported 0 tasks; 1 was there already.\n"
    shown = todo.ok("import", str(file), terminal=True).err
    assert re.search(
        r"\rChecking  \[#+-+\] +\d+%.*\rImporting  \[#+\] +100%", shown.replace("\x1b[?25l", ""), re.DOTALL
    )
    assert shown.endswith("\x1b[?25h\nImported 0 tasks; 1 was there already.\n")


def shell(environment: Mapping[str, str], folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash that calls the program as ``todo``."""
    function = f'todo() {{ {PROGRAM} "$@"; }}'
    return subprocess.run(  # noqa: S602  the test's own
        f"{function}; {script}",
        shell=True,
        executable="/bin/bash",
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "script",
    [
        "todo import <(echo '- [ ] Milk')",
        "mkfifo list.md; (echo '- [ ] Milk' > list.md &); todo import list.md",
        "echo '- [ ] Milk' | todo import /dev/stdin",
        "echo '- [ ] Milk' | todo import -",
    ],
)
def test_a_pipe_is_read_and_recognised(process_environment: Mapping[str, str], todo: Todo, script: str) -> None:
    done = shell(process_environment, todo.folder, script)
    assert (done.returncode, done.stderr) == (0, "Imported 1 task; 0 were there already.\n")


@pytest.mark.parametrize(
    "script",
    [
        "todo export /dev/stdout -f todotxt --force",
        "todo export /dev/stdout -f todotxt | cat",
        "mkfifo pipe; (todo export pipe -f todotxt &); cat pipe",
        "mkfifo pipe; (todo export pipe -f todotxt --force &); cat pipe",
        "echo old > real; ln -s real list.txt; todo export list.txt --force; test -L list.txt && cat real",
        "ln -s real list.txt; todo export list.txt; test -L list.txt && cat real",
        "echo first > all; todo export /dev/stdout -f todotxt >> all; sed 1d all",
    ],
)
def test_an_export_goes_where_the_name_leads(process_environment: Mapping[str, str], todo: Todo, script: str) -> None:
    todo.ok("add", "Buy milk")
    done = shell(process_environment, todo.folder, script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2026-01-02 Buy milk\n", "")


def test_an_export_keeps_the_mode_of_a_file_and_a_new_one_follows_the_umask(
    process_environment: Mapping[str, str], todo: Todo
) -> None:
    old = todo.folder / "old.txt"
    old.write_text("old")
    old.chmod(0o604)
    shell(process_environment, todo.folder, "umask 027; todo export old.txt --force; todo export new.txt")
    modes = [stat.S_IMODE((todo.folder / name).stat().st_mode) for name in ("old.txt", "new.txt")]
    assert modes == [0o604, 0o640]


def test_an_export_that_fails_keeps_the_old_file(todo: Todo) -> None:
    """Nothing is left beside it."""
    todo.ok("add", "Buy milk")
    file = todo.folder / "tasks.csv"
    file.write_text("precious")
    todo.database.write_bytes(b"not a database any more" * 100)
    assert todo("export", str(file), "--force").code == 1
    assert (file.read_text(), [path.name for path in todo.folder.glob(".todo*")]) == ("precious", [])


def test_an_export_that_finds_no_folder_names_the_file(todo: Todo) -> None:
    file = todo.folder / "missing" / "tasks.csv"
    assert todo("export", str(file)).err == f"todo: No such file or directory: {file}\n"


@needs_mounts
def test_an_export_into_a_mounted_file_is_written_through(process_environment: Mapping[str, str], todo: Todo) -> None:
    """No other file can take its place, as where a container is given a single file."""
    todo.ok("add", "Buy milk")
    file, outside = todo.folder / "tasks.md", todo.folder / "outside.md"
    file.touch()
    outside.write_text("something longer than what comes\n" * 10)
    command = f"mount --bind {outside} {file} && {PROGRAM} export {file} --force"
    done = subprocess.run(
        [*MOUNTING, "sh", "-c", command], env=process_environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert outside.read_text() == "- [ ] Buy milk\n"
    assert [left.name for left in todo.folder.iterdir() if left.name.startswith(".todo-")] == []


def test_csv_for_spreadsheets(todo: Todo) -> None:
    """A formula stays exact unless it is asked to be safe; both come back as what they are written as."""
    todo.ok("add", "=1+1", "-d", "@SUM(A1)")
    todo.ok("add", "--", "-5 degrees")
    plain = todo.ok("export", "-f", "csv").out
    assert ",=1+1,@SUM(A1)," in plain
    safe = todo.ok("export", "-f", "csv", "--safe", "--bom").out
    assert safe.startswith("\ufeffid,user_id,")
    assert ",'=1+1,'@SUM(A1)," in safe
    assert ",'-5 degrees," in safe
    assert todo.ok("import", "-", "--user", "bob", "--json", stdin=safe).json["added"] == 2
    for option in ("--bom", "--safe"):
        assert "are for csv" in todo("export", option).err


def test_what_cannot_be_a_task_is_left_out_when_asked_for(todo: Todo) -> None:
    text = f"- [ ] a\n- [ ]\n- [x] {'x' * 201}\n- [ ] b\n"
    refused = todo("import", "-", stdin=text)
    assert refused.err.splitlines() == [
        "todo: Nothing was imported from standard input: 2 of its tasks cannot be. --skip-invalid imports the others.",
        "  line 2: The title must not be blank.",
        "  line 3: The title must have at most 200 characters.",
    ]
    assert todo.tasks() == []
    for options in (["-n"], []):
        answer = todo.ok("import", "-", "--skip-invalid", "--json", *options, stdin=text).json
        assert (answer["added"], len(answer["invalid"])) == (2, 2)
    assert [task["title"] for task in todo.tasks()] == ["a", "b"]
    said = todo.ok("import", "-", "--skip-invalid", stdin=text).err
    assert "Left out, because they cannot be tasks: 2.\n  line 2: The title must not be blank.\n" in said


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("jsonl", '[{"title": "a"},\n{"title": b},\n{"title": "c"}]', "line 2: This is not JSON."),
        ("csv", 'title\na\n"b\nc\n', "line 3: This is not CSV"),
        ("icalendar", "BEGIN:VTODO\nSUMMARY:a\n", "line 1: The file ends in the middle"),
    ],
)
def test_a_file_that_cannot_be_read_on_is_refused_all_the_same(todo: Todo, name: str, text: str, said: str) -> None:
    """Nobody could say how much of it was left out."""
    result = todo("import", "-", "--skip-invalid", "-f", name, stdin=text)
    assert (result.code, said in result.err) == (1, True)
    assert todo.tasks() == []


def test_a_zone_that_evolution_names_in_its_own_way_is_read_without_a_word(todo: Todo) -> None:
    due = "DUE;TZID=/freeassociation.sourceforge.net/Europe/Paris:20220101T100000"
    text = f"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:test\n{due}\nEND:VTODO\nEND:VCALENDAR\n"
    assert todo.ok("import", "-", "--keep-rest", "-q", stdin=text).err == ""
    assert todo.tasks()[0]["description"] == "due: 20220101T100000"


def test_a_bad_line_in_a_long_file_is_named_alone(todo: Todo) -> None:
    line = json.dumps({"title": "Milk", "description": "x" * 500}) + "\n"
    text = f"{line * 2000}{{nope\n{line * 2000}nope\n{line}"
    refused = todo("import", "-", stdin=text)
    assert refused.err.splitlines()[1:] == ["  line 2001: This is not JSON.", "  line 4002: This is not JSON."]
    assert todo.ok("import", "-", "--skip-invalid", "-n", "--json", stdin=text).json["added"] == 4001


def test_a_file_without_a_checkbox_says_so(todo: Todo) -> None:
    file = todo.folder / "notes.md"
    file.write_text("# Notes\n\n- a list\n")
    assert todo.ok("import", str(file)).err == "Imported 0 tasks: no checkbox found.\nLeft out: 1 without a checkbox.\n"


def test_the_format_that_is_named_counts(todo: Todo) -> None:
    todo.ok("import", "-", "-f", "todotxt", stdin="- [ ] literally\n")
    assert todo.tasks()[0]["title"] == "- [ ] literally"


def test_a_part_of_a_long_checklist_is_read_as_the_whole(todo: Todo) -> None:
    """Where the parser's parts end, blocks and items do not: code, quotes, items with items below."""
    block = "- [ ] one\n  text\n\n  ```\n  - [ ] no\n  ```\n  - [x] two\n\n> quote\n> - [ ] three\n\n"
    file = todo.folder / "long.md"
    file.write_text(f"{block}```\n{'- [ ] code' * 10}\n```\n\n" * 700)
    assert todo.ok("import", str(file), "-n", "--json").json["added"] == 3 * 700


def test_lists_in_lists_without_end_are_refused(todo: Todo) -> None:
    result = todo("import", "-", "-f", "markdown", stdin="> " * 20_000 + "- [ ] deep\n")
    assert (result.code, "nested too deeply" in result.err) == (1, True)


@pytest.mark.parametrize("name", ["csv", "markdown", "todotxt", "jsonl"])
def test_an_export_holds_no_escape_characters(todo: Todo, name: str) -> None:
    """Another program may have put into the file what this one refuses."""
    todo.ok("add", "Buy milk", "-d", "soon")
    with closing(sqlite3.connect(todo.database)) as db, db:
        db.execute("UPDATE tasks SET title = 'red \x1b[31m', description = 'bell\x07' || char(10) || 'and \x9b'")
    out = todo.ok("export", "-f", name).out
    assert not set(out) & {"\x1b", "\x07", "\x9b"}
    imported = todo.ok("import", "-", "-f", name, "--json", stdin=out)
    assert imported.json["added"] + imported.json["known"] == 1
