"""Contracts of a deployment's own: what a file may say, and which contracts are served then."""

import json
import re
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.documented_contracts import OWN_CONTRACTS, PAGE
from tests.support.secrecy import SECRET
from tests.support.service import settings
from todo_core.policy import TaskPolicy
from todo_core.task import PUBLISHED_FIELDS
from todo_web.command_line import main
from todo_web.contracts import CONTRACTS, Contract, ListEnvelope, choose_contracts, read_contracts
from todo_web.contracts.choice import one_request_fits
from todo_web.contracts.toml_schema import MAY_BE, ContractTable

EXTENDS = 'extends = "fastapi-backend-crud"'
FIVE = ", ".join(contract.name for contract in CONTRACTS)


def read(folder: Path, text: str) -> tuple[Contract, ...]:
    file = folder / "contract.toml"
    file.write_text(text, encoding="utf-8")
    return read_contracts(file)


EVERYTHING = """
[my-front-end]
extends = "backend-api"
title = "My front end"
base_path = "/api/v1/{user_id}/todos"
completion = "done"
completion_marks = false
page_size = "all"
invalid_input_status = 422
token_lifetime = "12h"
list_envelope = { tasks = "data.tasks", total = "data.page.total" }
task_envelope = "data.task"
field_names = { id = "_id", title = "name", completed = "status" }
completed_values = ["to do", "erledigt"]
deleted_answer = "task"
title_limit = 100
description_limit = 1000
title_generated = true
deletion_permanent = false
stranger_forbidden = true
"""


def test_every_field_of_the_contract_and_of_its_policy_can_be_set(tmp_path: Path) -> None:
    assert read(tmp_path, EVERYTHING) == (
        Contract(
            name="my-front-end",
            title="My front end",
            base_path="/api/v1/{user_id}/todos",
            completion="done",
            completion_marks=False,
            page_size=None,
            invalid_input_status=422,
            token_lifetime=timedelta(hours=12),
            list_envelope=ListEnvelope("data.tasks", "data.page.total"),
            task_envelope="data.task",
            field_names={"id": "_id", "title": "name", "completed": "status"},
            completed_values=("to do", "erledigt"),
            deleted_answer="task",
            policy=TaskPolicy(
                title_limit=100,
                description_limit=1000,
                title_generated=True,
                deletion_permanent=False,
                stranger_forbidden=True,
            ),
        ),
    )


def test_a_field_that_no_key_sets_does_not_exist() -> None:
    """A field that is added to the value is missing in the file until it stands there too, and in the documentation."""
    settable = {field.name for field in fields(Contract)} - {"name", "policy"} | {*TaskPolicy._fields}
    assert set(ContractTable.model_fields) == settable | {"extends"}
    assert {field.name for field in fields(ListEnvelope)} == {"tasks", "total"}
    assert [key.split(".")[1] for key in MAY_BE if key.startswith("field_names.")] == list(PUBLISHED_FIELDS)
    documented = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {key for row in documented for key in re.findall(r"\w+", row)} == set(ContractTable.model_fields)


@pytest.mark.parametrize("base", CONTRACTS, ids=lambda base: base.name)
def test_what_is_not_named_is_as_in_the_contract_that_is_extended(tmp_path: Path, base: Contract) -> None:
    (own,) = read(tmp_path, f'[own]\nextends = "{base.name}"')
    values = [[getattr(one, field.name) for field in fields(Contract)][1:] for one in (own, base)]
    assert values[0] == values[1]


@pytest.mark.parametrize("base", CONTRACTS, ids=lambda base: base.name)
def test_a_published_contract_keeps_the_rules_for_files(tmp_path: Path, base: Contract) -> None:
    """Also those for single keys: their words, their limits, what the service itself answers."""
    values = {field.name: getattr(base, field.name) for field in fields(Contract)} | base.policy._asdict()
    values |= {"page_size": base.page_size or "all"}
    lines = [
        f"{key} = {json.dumps(value)}"
        for key, value in values.items()
        if key != "name" and isinstance(value, str | int)
    ]
    assert read(tmp_path, "\n".join(["[own]", f'extends = "{base.name}"', *lines])) == (replace(base, name="own"),)
    assert {"base_path", "completion", "completion_marks", *TaskPolicy._fields} <= {line.split()[0] for line in lines}


FILES = {
    "": ": contains no contract; write a table such as [my-front-end]",
    "[x": ": is not valid TOML: Expected ']' at the end of a table declaration (at end of document)",
    'extends = "backend-api"': ": extends stands outside of a table; write a name such as [my-front-end] above it",
    "x = 1": ": x stands outside of a table; write a name such as [my-front-end] above it",
    "[[x]]": ": x stands outside of a table",
    f"[backend-api]\n{EXTENDS}": ": [backend-api] must be a name of its own, of small letters and digits with hyphens",
    f"[My_Own]\n{EXTENDS}": ": [My_Own] must be a name of its own, of small letters and digits with hyphens between",
    f'["a\\nb"]\n{EXTENDS}': ": […] must be a name of its own",
    "[x]": f": [x] extends: is missing; it must be one of {FIVE}",
    '[x]\nextends = "x"': f": [x] extends: must be one of {FIVE}",
}
KEYS = {
    "pages = 20": "pages: is not known here; the keys are extends, title, base_path, completion, ",
    "name = 'y'": "name: is not known here",
    'title = ""': "title: must be a text of 1 to 200 characters",
    'base_path = "tasks"': "base_path: must be a path such as /api/v1/tasks or /api/{user_id}/tasks",
    'base_path = "/tasks/"': "base_path: must be a path such as",
    'base_path = "/a/../tasks"': "base_path: must be a path such as",
    'base_path = "/{user_id}/{user_id}"': "base_path: must be a path such as",
    'base_path = "/api/{id}/tasks"': "base_path: must be a path such as",
    'base_path = "/docs/tasks"': "base_path: must not begin with one of /.well-known, /docs, /health, /mcp, /op",
    'base_path = "/health"': "base_path: must not begin with one of",
    'base_path = "/mcp"': "base_path: must not begin with one of",
    'base_path = "/openapi.json"': "base_path: must not begin with one of",
    'base_path = "/{user_id}"': "base_path: must not begin with one of",
    'base_path = "/{user_id}/live"': "base_path: must not begin with one of",
    'base_path = "/.well-known/tasks"': "base_path: must be a path such as",
    'completion = "a/b"': "completion: must be one segment of a path",
    'completion = "restore"': "completion: must not be restore, which does something else on every contract",
    'completion = "uncomplete"': "completion: must not be uncomplete",
    'completion = "toggle"\ncompletion_marks = true': "completion_marks: must be false where completion is toggle",
    "completion_marks = 1": "completion_marks: must be true or false",
    "page_size = 0": 'page_size: must be a number from 1 to 1000, or "all"',
    "page_size = 1001": 'page_size: must be a number from 1 to 1000, or "all"',
    "page_size = '20'": 'page_size: must be a number from 1 to 1000, or "all"',
    "invalid_input_status = 404": "invalid_input_status: must be 400 or 422",
    'token_lifetime = "0s"': 'token_lifetime: must be a length of time such as "24h" or "7d", or "any"',
    "token_lifetime = 24": "token_lifetime: must be a length of time",
    'list_envelope = "tasks"': 'list_envelope: must be a table such as { tasks = "tasks", total = "total" }',
    "list_envelope = {}": "list_envelope.tasks: is missing; it must be a name of letters, digits, _ and -",
    'list_envelope = { taks = "x" }': "list_envelope.taks: is not known here; the keys are tasks, total",
    'list_envelope = { tasks = "a..b" }': "list_envelope.tasks: must be a name of letters, digits, _ and -",
    'list_envelope = { tasks = "a", total = "a" }': "list_envelope: tasks and total must stand apart",
    'list_envelope = { tasks = "a.b", total = "a" }': "list_envelope: tasks and total must stand apart",
    'list_envelope = { tasks = "a", total = "a.b" }': "list_envelope: tasks and total must stand apart",
    'task_envelope = ""': "task_envelope: must be a name of letters, digits, _ and -",
    'field_names = "x"': 'field_names: must be a table such as { completed = "is_completed" }',
    'field_names = { completd = "x" }': "field_names.completd: is not known here; the keys are id, user_id, title, ",
    'field_names = { completed = "is completed" }': "field_names.completed: must be a name of letters, digits, _ and -",
    'field_names = { completed = "title" }': "field_names: title must name one field only",
    'field_names = { id = "x", title = "x" }': "field_names: x must name one field only",
    'completed_values = ["x"]': 'completed_values: must be two texts, for false and true, such as ["pending", ',
    'completed_values = ["x", 1]': "completed_values: must be two texts",
    'completed_values = ["x", "X"]': "completed_values: must be two texts that differ in more than the case",
    'completed_values = ["x", "ALL"]': "completed_values: must not have ALL for completed tasks",
    'completed_values = ["completed", "pending"]': "completed_values: must not have completed for pending tasks",
    'completed_values = ["True", "false"]': "completed_values: must not have True for pending tasks",
    'completed_values = ["open", "Active"]': "completed_values: must not have Active for completed tasks",
    'completed_values = ["x", " y"]': "completed_values: must be texts of 1 to 64 printable characters without outer",
    'deleted_answer = "204"': 'deleted_answer: must be "nothing" or "task"',
    "title_limit = 501": "title_limit: must be a number from 13 to 500",
    "title_limit = 1": "title_limit: must be a number from 13 to 500",
    "description_limit = 1001": "description_limit: must be a number from 1 to 1000",
    'title_generated = "yes"': "title_generated: must be true or false",
}


MISTAKES = FILES | {f"[my-front-end]\n{EXTENDS}\n{line}": f": [my-front-end] {told}" for line, told in KEYS.items()}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_file_table_key_and_what_it_may_be(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(MISTAKES[text])) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'contract.toml'}: ")
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.toml: cannot be read: No such file or directory"):
        read_contracts(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(ValueError, match=r"latin\.toml: is not valid TOML"):
        read_contracts(tmp_path / "latin.toml")


def test_a_file_may_begin_as_editors_on_windows_begin_it(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_text(f"[own]\r\n{EXTENDS}\r\n", encoding="utf-8-sig", newline="")
    assert [contract.name for contract in read_contracts(tmp_path / "bom.toml")] == ["own"]


def test_a_mistake_is_a_refusal_to_start_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "contract.toml"
    file.write_text(f"[my-front-end]\n{EXTENDS}\npage_size = 0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CONTRACT_FILE": "contract.toml"}
    for names in ("", "my-front-end", "nobody"):
        outcome = CliRunner(env={**values, "TODO_CONTRACTS": names}).invoke(main)
        told = 'contract.toml: [my-front-end] page_size: must be a number from 1 to 1000, or "all"'
        assert (outcome.exit_code, outcome.stderr) == (2, f"Error: TODO_CONTRACT_FILE: {told}\n")


def test_contracts_that_cannot_be_served_together_are_a_refusal_to_start_as_well(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text(f"[one]\n{EXTENDS}\n[two]\n{EXTENDS}\n", encoding="utf-8")
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://", "TODO_CONTRACT_FILE": str(file)}
    for names in ("", "one,two"):
        outcome = CliRunner(env={**values, "TODO_CONTRACTS": names}).invoke(main)
        told = "one and two both serve /api/{user_id}/tasks; choose one of them"
        assert (outcome.exit_code, outcome.stderr) == (2, f"Error: TODO_CONTRACTS: {told}\n")


def test_the_file_alone_is_served_unless_contracts_are_chosen(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text(f'[one]\n{EXTENDS}\n[two]\n{EXTENDS}\nbase_path = "/todos"\n', encoding="utf-8")

    def served(**values: str) -> list[str]:
        return [contract.name for contract in settings(TODO_CONTRACT_FILE=str(file), **values).contracts]

    assert served() == ["one", "two"]
    assert served(TODO_CONTRACTS="two, fastapi-todo-backend") == ["two", "fastapi-todo-backend"]
    assert served(TODO_CONTRACTS="backend-todo-api") == ["backend-todo-api"]
    with pytest.raises(ValueError, match=r"unknown contract 'three'; choose from .*, one, two"):
        served(TODO_CONTRACTS="three")


COLLISIONS = [
    ("/tasks", "/tasks"),
    ("/api/v1/tasks", "/api/{user_id}/tasks"),
    ("/api/tasks", "/api/tasks/{user_id}"),
    ("/api/{user_id}/tasks", "/api/me/{user_id}"),
    ("/x/{user_id}/tasks", "/x/tasks"),
    ("/tasks", "/tasks/1/complete"),
    ("/{user_id}/tasks", "/api/tasks"),
]


def own(folder: Path, *paths: str) -> tuple[Contract, ...]:
    return read(folder, "".join(f'[own{n}]\n{EXTENDS}\nbase_path = "{path}"\n' for n, path in enumerate(paths)))


@pytest.mark.parametrize("paths", COLLISIONS, ids=" ".join)
def test_paths_that_one_request_could_mean_twice_are_refused(tmp_path: Path, paths: tuple[str, str]) -> None:
    for ordered in (paths, paths[::-1]):
        with pytest.raises(ValueError, match=r"own0 and own1 (both serve|collide: one request can mean)"):
            choose_contracts(None, own(tmp_path, *ordered))


def test_paths_that_no_request_could_mean_twice_are_served_together(tmp_path: Path) -> None:
    paths = ("/api/tasks", "/api/{user_id}/tasks", "/tasks", "/todos", "/v1/tasks", "/v2/{user_id}/tasks", "/a/b/c/d")
    assert len(choose_contracts(None, own(tmp_path, *paths))) == len(paths)


def test_templates_meet_where_a_path_fits_both() -> None:
    assert one_request_fits("/a/{x}", "/{y}/b")
    assert one_request_fits("/a", "/a")
    assert not one_request_fits("/a/{x}", "/a")
    assert not one_request_fits("/a/{x}", "/b/{x}")


def test_the_documented_files_are_contracts() -> None:
    assert [contract.name for contract in OWN_CONTRACTS] == ["counted-list", "camel-case", "words-for-states"]
