"""Files that somebody made to do harm, or that broke on their way: what is wrong is named, and nothing else happens."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Todo
from todo_cli.exit_codes import Misuse
from todo_cli.export_file import write_into

DEEPLY_NESTED = {
    "taskwarrior": '{"uuid": "1", "status": "pending", "description": "Milk", "tags": %s}',
    "google-tasks": '{"kind": "tasks#task", "status": "needsAction", "title": "Milk", "links": %s}',
    "microsoft-todo": '{"status": "notStarted", "title": "Milk", "categories": %s}',
}

COMPLETED = (
    '{"status": "completed", "title": "Milk", "completedDateTime": {"dateTime": "2026-01-03", "timeZone": "%s"}}'
)
TODO = (
    "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Milk\n%s\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:Bread\nEND:VTODO\nEND:VCALENDAR\n"
)


def saved(todo: Todo, text: str) -> Path:
    path = todo.folder / "tasks"
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("form", DEEPLY_NESTED)
@pytest.mark.parametrize("depth", [300, 600, 900])
def test_what_is_nested_deeply_is_a_task_or_is_told(todo: Todo, form: str, depth: int) -> None:
    file = saved(todo, DEEPLY_NESTED[form] % ("[" * depth + "]" * depth))
    result = todo("import", str(file), "--format", form)
    # How deep a program may go is Python's to say, and differs between versions.
    assert result.code == 0 or result.err.startswith(f"todo: Nothing was imported from {file}: line 1: "), result


@pytest.mark.parametrize("zone", ["America", "x" * 5000])
def test_a_zone_that_is_no_file_is_an_unknown_zone(todo: Todo, zone: str) -> None:
    file = saved(todo, COMPLETED % zone)
    assert todo.ok("import", str(file), "--format", "microsoft-todo", "-q").out == "1\n"


def test_a_calendars_zone_that_can_be_no_file_spoils_its_task_only(todo: Todo) -> None:
    file = saved(todo, TODO % f"DUE;TZID={'x' * 5000}:20260103T000000")
    assert "line 2: " in todo("import", str(file), "--format", "icalendar").err
    assert todo.ok("import", str(file), "--format", "icalendar", "--skip-invalid", "-q").out == "1\n"


def test_a_to_do_of_a_calendar_is_no_longer_than_other_tasks(todo: Todo) -> None:
    file = saved(todo, TODO % "\n".join(["X-LONG:" + "x" * 60] * 5000))
    assert "line 2: This is longer than" in todo("import", str(file), "--format", "icalendar").err
    assert todo.ok("import", str(file), "--format", "icalendar", "--skip-invalid", "-q").out == "1\n"


def test_what_is_attached_to_a_to_do_may_be_long(todo: Todo) -> None:
    attached = "ATTACH;ENCODING=BASE64;VALUE=BINARY:\n" + "\n".join([f" {'QUJD' * 15}"] * 5000)
    file = saved(todo, TODO % f"{attached}\nDESCRIPTION:two\n  bottles")
    todo.ok("import", str(file), "--format", "icalendar")
    assert "two bottles" in todo.ok("show", "1").out


@pytest.mark.parametrize("separator", ['"', "\r"])
def test_what_cannot_stand_between_fields_is_no_separator(todo: Todo, separator: str) -> None:
    file = saved(todo, f"sep={separator}\ntitle\nMilk\n")
    assert "line 1: The first line must name the columns" in todo("import", str(file), "--format", "csv").err


@pytest.mark.parametrize("title", ["=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)"])
def test_no_text_of_a_safe_export_is_a_formula(todo: Todo, title: str) -> None:
    """Spreadsheets of East Asian languages take the wide signs for the others (OWASP, CSV injection)."""
    todo.ok("add", "--", title)
    assert f",'{title}," in todo.ok("export", "-f", "csv", "--safe").out


def test_nobody_else_reads_an_export_while_a_private_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "tasks.jsonl"
    target.touch(mode=0o600)
    met: list[int] = []

    def lines() -> Iterator[str]:
        met.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path != target)
        yield "Buy milk"

    write_into(target, lines(), force=True)
    assert met == [0o600]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_file_that_appears_during_an_export_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "tasks.jsonl"

    def lines() -> Iterator[str]:
        yield "Buy milk"
        target.write_text("somebody else's")

    with pytest.raises(Misuse, match="exists already"):
        write_into(target, lines(), force=False)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["somebody else's"]
