"""The six tools, by the official client in the same process."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp.shared.exceptions import MCPError
from mcp_types import TextContent

from tests.web.mcp.client import Assistant, Era, eras, in_memory, run
from todo_adapters.clock import SystemClock
from todo_adapters.memory import MemoryTaskRepository
from todo_core import errors
from todo_core.errors import TodoError
from todo_core.ports import TaskRepository
from todo_core.task import NewTask, Task
from todo_web.mcp.tool_errors import NEXT, tool_error
from todo_web.mcp.tool_results import fitting
from todo_web.mcp.tools import PAGE


@eras
def test_a_task_lives_its_whole_life(era: Era) -> None:
    async def play() -> None:
        async with in_memory(era) as ann:
            added = await ann.done("add_task", title=" Buy milk ", description="two litres")
            assert added == {"task_id": 1, "status": "created", "title": "Buy milk"}
            page = await ann.done("list_tasks")
            (task,) = page["tasks"]
            assert page["next_cursor"] is None
            assert (task["id"], task["description"], task["completed"]) == (1, "two litres", False)
            steps: list[tuple[str, dict[str, object], str, str]] = [
                ("complete_task", {}, "completed", "Buy milk"),
                ("complete_task", {"completed": True}, "completed", "Buy milk"),
                ("complete_task", {"completed": False}, "reopened", "Buy milk"),
                ("update_task", {"title": "Buy oat milk"}, "updated", "Buy oat milk"),
                ("delete_task", {}, "deleted", "Buy oat milk"),
                ("restore_task", {}, "restored", "Buy oat milk"),
            ]
            for tool, arguments, status, title in steps:
                answer = await ann.done(tool, task_id=1, **arguments)
                assert answer == {"task_id": 1, "status": status, "title": title}
            assert [one["description"] for one in (await ann.done("list_tasks"))["tasks"]] == ["two litres"]

    run(play)


@eras
def test_there_are_six_tools_that_tell_the_truth_about_themselves(era: Era) -> None:
    async def play() -> dict[str, tuple[bool | None, ...]]:
        async with in_memory(era) as ann:
            tools = (await ann.client.list_tools()).tools
            for tool in tools:
                assert tool.output_schema is not None
                assert tool.output_schema["type"] == "object"
                assert tool.input_schema["additionalProperties"] is False
                assert tool.description
                assert "user_id" not in tool.input_schema.get("required", [])
            hints = [(tool.name, tool.annotations) for tool in tools]
            return {
                name: (hint.read_only_hint, hint.destructive_hint, hint.idempotent_hint, hint.open_world_hint)
                for name, hint in hints
                if hint is not None
            }

    assert run(play) == {
        "add_task": (False, False, False, False),
        "list_tasks": (True, False, True, False),
        "complete_task": (False, False, True, False),
        "update_task": (False, True, True, False),
        "delete_task": (False, False, True, False),
        "restore_task": (False, False, True, False),
    }


@eras
def test_a_call_that_is_sent_again_makes_no_second_task_and_is_answered_as_before(era: Era) -> None:
    async def play() -> None:
        async with in_memory(era) as ann:
            call = {"title": " Buy milk ", "request_id": "first"}
            first = await ann.done("add_task", **call)
            await ann.done("update_task", task_id=1, title="Buy oat milk")
            await ann.done("complete_task", task_id=1)
            assert await ann.done("add_task", **call) == first
            assert len((await ann.done("list_tasks"))["tasks"]) == 1
            assert await ann.refused("add_task", title="Another", request_id="first") == "idempotency_key_reused"
            await ann.done("delete_task", task_id=1)
            assert await ann.refused("add_task", **call) == "idempotency_key_in_trash"

    run(play)


@eras
def test_two_calls_at_once_with_one_request_id_make_one_task(era: Era) -> None:
    async def play() -> None:
        async with in_memory(era) as ann:
            calls = [ann.done("add_task", title="Buy milk", request_id="same") for _ in range(20)]
            answers = await asyncio.gather(*calls)
            assert answers == [{"task_id": 1, "status": "created", "title": "Buy milk"}] * 20
            assert len((await ann.done("list_tasks"))["tasks"]) == 1

    run(play)


@eras
def test_what_is_not_sent_stays_and_null_removes(era: Era) -> None:
    async def play() -> list[object]:
        async with in_memory(era) as ann:
            await ann.done("add_task", title="a", description="first")
            await ann.done("update_task", task_id=1, title="b")
            seen = [(await ann.done("list_tasks", task_id=1))["tasks"][0]["description"]]
            await ann.done("update_task", task_id=1, description=None)
            return [*seen, (await ann.done("list_tasks", task_id=1))["tasks"][0]["description"]]

    assert run(play) == ["first", None]


@eras
def test_no_default_in_a_schema_would_change_a_task(era: Era) -> None:
    """There are clients that send every default of a schema, and some that cannot read a type with alternatives."""

    async def play() -> dict[str, Any]:
        async with in_memory(era) as ann:
            tools = {tool.name: tool for tool in (await ann.client.list_tools()).tools}
            properties: dict[str, Any] = tools["update_task"].input_schema["properties"]
            others = [schema for tool in tools.values() for schema in tool.input_schema["properties"].values()]
            assert [schema for schema in others if "anyOf" in schema or "$ref" in schema] == [properties["description"]]
            return {name: schema["default"] for name, schema in properties.items() if "default" in schema}

    assert run(play) == {}


@eras
def test_nobody_acts_for_another_user(era: Era, caplog: pytest.LogCaptureFixture) -> None:
    """A user id in the arguments is accepted if it is the caller's; strangers' tasks read as missing."""
    repository = MemoryTaskRepository()

    async def play() -> None:
        async with in_memory(era, "bob", repository) as bob:
            await bob.done("add_task", title="Bob's")
        async with in_memory(era, "ann", repository) as ann:
            assert (await ann.done("list_tasks", user_id="ann"))["tasks"] == []
            for tool, arguments in CALLS.items():
                assert await ann.refused(tool, user_id="bob", **arguments) == "user_forbidden"
            for tool in ("complete_task", "update_task", "delete_task", "restore_task"):
                foreign = await ann.call(tool, **CALLS[tool] | {"task_id": 1})
                missing = await ann.call(tool, **CALLS[tool] | {"task_id": 99})
                assert foreign == missing
                assert foreign.is_error
            assert await ann.refused("list_tasks", task_id=1) == "task_not_found"
        async with in_memory(era, "bob", repository) as bob:
            assert [task["title"] for task in (await bob.done("list_tasks"))["tasks"]] == ["Bob's"]

    run(play)
    reasons = [record.__dict__["reason"] for record in caplog.records if record.name == "todo.audit"]
    assert reasons == ["foreign_user"] * 6 + ["foreign_task"] * 5


CALLS: dict[str, dict[str, object]] = {
    "add_task": {"title": "x"},
    "list_tasks": {},
    "complete_task": {"task_id": 1},
    "update_task": {"task_id": 1, "title": "x"},
    "delete_task": {"task_id": 1},
    "restore_task": {"task_id": 1},
}


@eras
@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("add_task", {}, "invalid_arguments"),
        ("add_task", {"title": None}, "invalid_arguments"),
        ("add_task", {"title": 7}, "invalid_arguments"),
        ("add_task", {"title": ["a"]}, "invalid_arguments"),
        ("add_task", {"title": '["a"]', "description": 1}, "invalid_arguments"),
        ("add_task", {"title": "a", "priority": "high"}, "invalid_arguments"),
        ("add_task", {"title": "a", "request_id": ""}, "malformed"),
        ("add_task", {"title": "a", "request_id": "two words"}, "malformed"),
        ("add_task", {"title": "a", "request_id": "x" * 256}, "malformed"),
        ("add_task", {"title": " \u200b"}, "blank"),
        ("add_task", {"title": "a\nb"}, "control_character"),
        ("add_task", {"title": "x" * 201}, "too_long"),
        ("add_task", {"title": "x" * 10_000_000}, "too_long"),
        ("add_task", {"title": "a", "description": "x" * 1001}, "too_long"),
        ("complete_task", {"task_id": "1"}, "invalid_arguments"),
        ("complete_task", {"task_id": True}, "invalid_arguments"),
        ("complete_task", {"task_id": 1.5}, "invalid_arguments"),
        ("complete_task", {"task_id": None}, "invalid_arguments"),
        ("complete_task", {"task_id": 1, "completed": "false"}, "invalid_arguments"),
        ("complete_task", {"task_id": 0}, "task_not_found"),
        ("complete_task", {"task_id": -1}, "task_not_found"),
        ("complete_task", {"task_id": 2**63}, "task_not_found"),
        ("complete_task", {"task_id": 10**300}, "task_not_found"),
        ("update_task", {"task_id": 1}, "nothing_to_change"),
        ("update_task", {"task_id": 1, "title": None}, "invalid_arguments"),
        ("update_task", {"task_id": 1, "title": ""}, "blank"),
        ("delete_task", {}, "invalid_arguments"),
        ("list_tasks", {"status": "done"}, "invalid_arguments"),
        ("list_tasks", {"cursor": "x"}, "not_accepted"),
        ("list_tasks", {"cursor": "x" * 10_000}, "not_accepted"),
        ("list_tasks", {"task_id": 1, "cursor": "x"}, "contradiction"),
        ("list_tasks", {"user_id": 1}, "invalid_arguments"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_bad_input_is_an_error_that_a_model_can_act_on(
    era: Era, tool: str, arguments: dict[str, object], code: str
) -> None:
    """It names the argument and repeats no value."""

    async def play() -> None:
        async with in_memory(era) as ann:
            await ann.done("add_task", title="kept")
            assert await ann.refused(tool, **arguments) == code
            assert [task["title"] for task in (await ann.done("list_tasks"))["tasks"]] == ["kept"]

    run(play)


@eras
def test_a_tool_that_does_not_exist_is_an_error_of_the_protocol(era: Era) -> None:
    async def play() -> None:
        async with in_memory(era) as ann:
            with pytest.raises(MCPError, match="no such tool"):
                await ann.call("drop_table")
            assert (await ann.done("list_tasks"))["tasks"] == []

    run(play)


@eras
def test_absent_and_null_are_one_where_there_is_nothing_to_remove(era: Era) -> None:
    """There are clients that send null for all that a model left out."""

    async def play() -> None:
        async with in_memory(era) as ann:
            await ann.done("add_task", title="a", description=None, request_id=None, user_id=None)
            page = await ann.done("list_tasks", status=None, cursor=None, task_id=None, user_id=None)
            assert [task["title"] for task in page["tasks"]] == ["a"]

    run(play)


@eras
def test_a_list_shows_what_its_status_says(era: Era) -> None:
    async def play() -> dict[str, list[str]]:
        async with in_memory(era) as ann:
            for title in ("open", "done", "gone"):
                await ann.done("add_task", title=title)
            await ann.done("complete_task", task_id=2)
            await ann.done("delete_task", task_id=3)
            statuses = ("all", "pending", "completed", "deleted")
            pages = {status: await ann.done("list_tasks", status=status) for status in statuses}
            return {status: [task["title"] for task in page["tasks"]] for status, page in pages.items()}

    assert run(play) == {"all": ["open", "done"], "pending": ["open"], "completed": ["done"], "deleted": ["gone"]}


@eras
def test_pages_go_on_until_all_was_shown_once(era: Era) -> None:
    """A cursor of another list, or of another user, is refused."""
    repository = MemoryTaskRepository()

    async def play() -> None:
        async with in_memory(era, "ann", repository) as ann:
            for number in range(120):
                await ann.done("add_task", title=f"{number}", description="y" * 500)
            pages = await all_pages(ann)
            assert [len(page) for page in pages] == [50, 50, 20]
            shown = [task for page in pages for task in page]
            assert [task["title"] for task in shown] == [f"{number}" for number in range(120)]
            assert {task["description"] for task in shown} == {"y" * 199 + "…"}
            whole = await ann.done("list_tasks", task_id=7)
            assert [task["description"] for task in whole["tasks"]] == ["y" * 500]
            cursor = (await ann.done("list_tasks"))["next_cursor"]
            assert await ann.refused("list_tasks", cursor=cursor, status="pending") == "not_accepted"
        async with in_memory(era, "bob", repository) as bob:
            assert await bob.refused("list_tasks", cursor=cursor) == "not_accepted"

    run(play)


async def all_pages(assistant: Assistant) -> list[list[dict[str, Any]]]:
    pages, cursor = [], None
    while True:
        page = await assistant.done("list_tasks", cursor=cursor)
        pages.append(page["tasks"])
        cursor = page["next_cursor"]
        if cursor is None:
            return pages


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=500), st.none() | st.text(max_size=1000)), min_size=1))
def test_one_task_at_least_fits_into_an_answer_and_those_that_fit_are_the_first(
    written: list[tuple[str, str | None]],
) -> None:
    """Whatever is stored, under other contracts too: a page that held nothing would never go on."""
    tasks = [task_of(number, title, description) for number, (title, description) in enumerate(written, 1)]
    shown = fitting(tasks[:PAGE])
    assert [task.id for task in shown] == [task.id for task in tasks[: len(shown)]]
    assert shown


def task_of(number: int, title: str, description: str | None) -> Task:
    now = SystemClock().now()
    return NewTask("ann", title, description, None, now, now).with_id(number)


@dataclass
class BrokenStore(MemoryTaskRepository):
    """A store that fails in some way."""

    fault: Exception

    def __post_init__(self) -> None:
        super().__init__()

    async def add(self, new: NewTask) -> Task | None:
        raise self.fault


def broken(fault: Exception) -> TaskRepository:
    return BrokenStore(fault)


@eras
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (errors.StorageUnavailable("host db.internal refused"), "storage_unavailable"),
        (errors.StorageUnusable("/var/lib/tasks.db is full"), "storage_unavailable"),
        (RuntimeError("SELECT * FROM tasks"), "unexpected_error"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fault_is_told_without_its_details(era: Era, fault: Exception, code: str) -> None:
    async def play() -> None:
        async with in_memory(era, repository=broken(fault)) as ann:
            answer = await ann.call("add_task", title="x")
            assert answer.is_error
            assert await ann.refused("add_task", title="x") == code
            assert str(fault) not in str(answer)

    run(play)


def test_each_error_that_a_tool_may_meet_says_what_to_do_next() -> None:
    """Those left out are raised with a version that a caller states, where strangers are told, or before a call."""
    never = (errors.TokenError, errors.TaskForbidden, errors.VersionConflict)
    for kind in _kinds(TodoError):
        if not issubclass(kind, never) and kind not in {TodoError, errors.IdempotencyError}:
            assert any(base in NEXT for base in kind.__mro__), kind


def test_an_error_that_no_tool_should_meet_is_told_all_the_same() -> None:
    (told,) = tool_error(errors.VersionConflict(7, 2)).content
    assert isinstance(told, TextContent)
    assert told.text == "version_conflict: The task was changed since; fetch it again. Tell the user."


def _kinds(kind: type[TodoError]) -> list[type[TodoError]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in _kinds(sub))]
