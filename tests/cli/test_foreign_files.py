"""Files as other programs, spreadsheets and shells really write them, where a standard says otherwise or nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.conftest import Todo

CALENDAR = "BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n"
SHORT = "title,description,completed\r\nMilk,two bottles,yes\r\nBread\r\nTea,green\r\n"


def imported(todo: Todo, name: str, content: bytes) -> tuple[Mapping[str, Any], list[Any]]:
    """Import a file; return what is told of it as JSON, and the tasks."""
    file = todo.folder / name
    file.write_bytes(content)
    return todo.ok("import", str(file), "--json").json, todo.tasks()


def to_dos(todo: Todo, *bodies: str) -> tuple[Mapping[str, Any], list[Any]]:
    """Import to-dos of a calendar, each with a UID of its own."""
    text = (f"BEGIN:VTODO\r\nUID:{number}\r\n{body}\r\nEND:VTODO\r\n" for number, body in enumerate(bodies))
    return imported(todo, "list.ics", (CALENDAR % "".join(text)).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.json", '[\r\n{"title": "Käse"},\r\n{"title": "🎅"}]\r\n'),
        ("list.csv", "title\tcompleted\r\nKäse\t\r\n🎅\t\r\n"),
        ("list.md", "- [ ] Käse\r\n- [ ] 🎅\r\n"),
    ],
)
def test_utf_16_with_a_byte_order_mark_is_text(todo: Todo, name: str, text: str, encoding: str) -> None:
    """As Windows PowerShell writes what is redirected into a file, and Excel its Unicode text."""
    mark = "" if encoding == "utf-16" else "\ufeff"
    _, tasks = imported(todo, name, (mark + text).encode(encoding))
    assert [task["title"] for task in tasks] == ["Käse", "🎅"]


def test_what_breaks_off_in_utf_16_is_named_with_its_line(todo: Todo) -> None:
    file = todo.folder / "list.csv"
    file.write_bytes("\ufefftitle\r\nMilk\r\n\U0001f385".encode("utf-16-le")[:-2])
    result = todo("import", str(file))
    assert (result.code, "line 3: This is not UTF-16 text." in result.err) == (1, True)


@pytest.mark.parametrize("head", ['title;"notes, remarks, and more"', 'title\t"Cost per 1,000;000 items"'])
def test_a_separator_in_quotes_separates_nothing(todo: Todo, head: str) -> None:
    told, tasks = imported(todo, "list.csv", f"{head}\nMilk{head[5]}a, b\n".encode())
    assert ([task["title"] for task in tasks], len(told["rest"])) == (["Milk"], 1)


def test_empty_fields_at_the_end_of_a_row_may_be_missing(todo: Todo) -> None:
    """As spreadsheets, and what converts their files, leave them out."""
    _, tasks = imported(todo, "list.csv", SHORT.encode())
    assert [(task["title"], task["description"], task["completed"]) for task in tasks] == [
        ("Milk", "two bottles", True),
        ("Bread", None, False),
        ("Tea", "green", False),
    ]


def test_a_comment_on_a_whole_project_of_todoist_is_counted(todo: Todo) -> None:
    """It stands before the first task, and belongs to none."""
    text = "TYPE,CONTENT,PRIORITY,INDENT\nnote,about all of it,,\nsection,Home,,\ntask,Milk,4,1\nnote,two bottles,,\n"
    told, tasks = imported(todo, "project.csv", text.encode())
    assert told["left_out"] == {"comment on the project": 1}
    assert [(task["title"], task["description"]) for task in tasks] == [("Milk", "two bottles")]


@pytest.mark.parametrize("entry", ["20260131T093000Z", "2026-01-31T09:30:00Z", "2026-01-31T10:30:00+01:00"])
def test_a_time_for_taskwarrior_may_have_any_form_of_the_standard(todo: Todo, entry: str) -> None:
    task = {"uuid": "1", "description": "Milk", "status": "pending", "entry": entry}
    _, tasks = imported(todo, "tasks.json", json.dumps(task).encode())
    assert tasks[0]["created_at"] == "2026-01-31T09:30:00Z"


def test_a_control_character_in_json_is_not_the_end_of_the_file(todo: Todo) -> None:
    """JSON wants it escaped, and Taskwarrior did not always do so."""
    told = '"description": "two\nlines\tand", "annotations": [{"description": "a\tb"}]'
    text = f'[{{"uuid": "1", "status": "pending", {told}}}]'
    _, tasks = imported(todo, "tasks.json", text.encode())
    assert (tasks[0]["title"], tasks[0]["description"]) == ("two lines and", "a\tb")


def test_a_task_in_json_may_be_named_by_a_text_and_its_owner_by_a_number(todo: Todo) -> None:
    """As in the answers of other services; what is named so is recognised again."""
    task = {"id": "0b1e-44", "user_id": 7, "title": "Milk", "created_at": "2026-01-01T00:00:00Z"}
    assert imported(todo, "list.json", json.dumps([task]).encode())[0]["added"] == 1
    told, tasks = imported(todo, "list.json", json.dumps([task | {"title": "Renamed"}]).encode())
    assert (told["added"], told["known"], len(tasks)) == (0, 1, 1)


@pytest.mark.parametrize(("completed", "done"), [(1, True), (0, False)])
def test_whether_a_task_in_json_is_done_may_be_a_number(todo: Todo, completed: int, *, done: bool) -> None:
    """Databases without a type for it write 0 and 1."""
    _, tasks = imported(todo, "list.json", json.dumps([{"title": "Milk", "completed": completed}]).encode())
    assert tasks[0]["completed"] is done


@pytest.mark.parametrize("name", ["done", "isDone", "is_done", "isCompleted", "is_completed", "checked"])
def test_whether_a_task_is_done_may_have_another_name(todo: Todo, name: str) -> None:
    """A task that is done would come in as pending otherwise."""
    tasks = [{"title": "a", name: True}, {"title": "b", name: False}, {"title": "c", name: True, "completed": False}]
    told, found = imported(todo, "list.json", json.dumps(tasks).encode())
    assert ([task["completed"] for task in found], told["rest"]) == ([True, False, False], {name: 1})
    told, found = imported(todo, "list.csv", f"Title,{name}\nd,TRUE\ne,\nf,x\ng,yesterday\n".encode())
    assert [task["completed"] for task in found[3:]] == [True, False, True, False]
    assert told["rest"] == {name.lower(): 1}


@pytest.mark.parametrize("member", [{"completed": 2}, {"completed": "yes"}, {"id": [1]}, {"id": True}, {"user_id": {}}])
def test_what_a_member_in_json_cannot_be_is_refused(todo: Todo, member: Mapping[str, Any]) -> None:
    result = todo("import", "-", "-f", "jsonl", stdin=json.dumps({"title": "Milk", **member}))
    assert (result.code, f"{next(iter(member))} has the wrong type" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("body", "completed_at"),
    [
        ("COMPLETED;VALUE=DATE:20260105", "2026-01-05T00:00:00Z"),
        ("COMPLETED;VALUE=DATE-TIME:20260105T080000Z", "2026-01-05T08:00:00Z"),
        ("COMPLETED:20260105T080000", "2026-01-05T08:00:00Z"),
        ("COMPLETED:20260105T080000Z\r\nCOMPLETED:20260106T080000Z", "2026-01-05T08:00:00Z"),
        ("STATUS:COMPLETED\r\nSTATUS:NEEDS-ACTION", None),
        ("PERCENT-COMPLETE:100", None),
        ("COMPLETED:yesterday", None),
    ],
)
def test_a_to_do_that_is_done_is_done(todo: Todo, body: str, completed_at: str | None) -> None:
    _, tasks = to_dos(todo, f"SUMMARY:a\r\n{body}")
    assert tasks[0]["completed"]
    assert completed_at is None or tasks[0]["completed_at"] == completed_at


@pytest.mark.parametrize("body", ["COMPLETED:", "PERCENT-COMPLETE:50", "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:100"])
def test_a_to_do_that_is_begun_is_not_done(todo: Todo, body: str) -> None:
    _, tasks = to_dos(todo, f"SUMMARY:a\r\n{body}")
    assert not tasks[0]["completed"]


def test_the_first_counts_where_a_to_do_may_have_one(todo: Todo) -> None:
    _, tasks = to_dos(todo, "SUMMARY:a\r\nSUMMARY:b\r\nDESCRIPTION:c\r\nDESCRIPTION:d\r\nCOMMENT:e\r\nCOMMENT:f")
    assert (tasks[0]["title"], tasks[0]["description"]) == ("a", "c\ne\nf")


@pytest.mark.parametrize("line", ["CREATED;VALUE=DURATION:PT1H", "COMPLETED;VALUE=PERIOD:20260101T000000Z/PT1H"])
def test_a_time_of_another_kind_spoils_no_to_do(todo: Todo, line: str) -> None:
    _, tasks = to_dos(todo, f"SUMMARY:a\r\n{line}")
    assert [task["title"] for task in tasks] == ["a"]


def test_what_cannot_be_read_of_a_to_do_is_counted(todo: Todo) -> None:
    """It is no reason to lose the rest of it."""
    told, tasks = to_dos(
        todo,
        "SUMMARY:a\r\nDUE:soon\r\nDTSTART:\r\nPRIORITY:high\r\nCREATED:00001231T000000Z\r\nSTATUS:IN-PROCESS",
        "SUMMARY:b\r\nPERCENT-COMPLETE:50\r\nDTSTART:20260101T000000Z\r\nDURATION:PT1H\r\nATTACH:https://a.example/",
    )
    assert [task["title"] for task in tasks] == ["a", "b"]
    names = ("due", "priority", "created", "status", "start", "progress", "duration", "attachment")
    assert told["rest"] == dict.fromkeys(names, 1)
