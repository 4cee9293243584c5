"""The OpenAPI document says what the service does, no more and no less."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.clocks import FrozenClock
from tests.support.documented_contracts import OWN_CONTRACTS
from tests.support.service import bearer
from tests.web.conftest import Start
from tests.web.test_service import serve
from todo_core.errors import StorageUnavailable
from todo_core.synchronous import run_now
from todo_web.body import BODY_LIMIT
from todo_web.contracts import CONTRACTS, Contract

every_contract = pytest.mark.parametrize("contract", [*CONTRACTS, *OWN_CONTRACTS], ids=lambda contract: contract.name)

Document = dict[str, Any]
Operation = dict[str, Any]

OF_THE_WIRE = {"400", "408", "431", "505"}
"""What only a server answers; tests/web/test_wire.py shows that it does."""

JSON = {"Content-Type": "application/json"}
REQUESTS: dict[str, dict[str, Any]] = {
    "no token": {"headers": {"Authorization": ""}},
    "a bad token": {"headers": {"Authorization": "Bearer malformed"}},
    "another user's path": {"headers": bearer("bob")},
    "another user's task": {"task": "foreign"},
    "no such task": {"task": "missing"},
    "another type": {"content": b"x", "headers": {"Content-Type": "text/plain"}},
    "a large body": {"content": b" " * (BODY_LIMIT + 1), "headers": JSON},
    "malformed JSON": {"content": b"{", "headers": JSON},
    "a wrong value": {"content": b'{"completed": 1}', "headers": JSON},
    "a bad parameter": {"params": {"limit": "0"}},
    "another version": {"headers": {"If-Match": '"99"'}},
    "a known version": {"headers": {"If-None-Match": "*"}},
    "a used key": {"headers": {"Idempotency-Key": "used"}},
    "a key in the trash": {"headers": {"Idempotency-Key": "trashed"}},
    "a page": {"params": {"limit": "1"}},
    "nothing special": {},
}


def operations(document: Document) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(document: Document, value: Any) -> Any:  # noqa: ANN401  any part of the document
    """Follow a reference, if it is one."""
    while "$ref" in value:
        kind, name = value["$ref"].removeprefix("#/components/").split("/")
        value = document["components"][kind][name]
    return value


def is_valid(document: Document, schema: dict[str, Any], value: object) -> bool:
    return Draft202012Validator({**schema, "components": document["components"]}).is_valid(value)


@every_contract
def test_the_document_is_valid(start: Start, contract: Contract) -> None:
    document = serve(start, contract).get("/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1.")


def test_the_document_tells_the_version_of_the_service(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["info"]["version"] == version("todo-service")


@every_contract
def test_operations_have_the_names_that_generated_code_calls(start: Start, contract: Contract) -> None:
    """A change here breaks every client that was generated before."""
    document = serve(start, contract).get("/openapi.json").json()
    names = ["list_tasks", "create_task", "get_task", "update_task_put", "update_task_patch", "delete_task"]
    names += ["complete_task"] if contract.policy.deletion_permanent else ["complete_task", "restore_task"]
    own = {f"{contract.name.replace('-', '_')}_{name}" for name in names}
    found = {operation["operationId"]: operation["tags"] for _, _, operation in operations(document)}
    assert found == {name: [contract.name] for name in own} | {"health_live": ["health"], "health_ready": ["health"]}
    assert {tag["name"] for tag in document["tags"]} == {contract.name, "health"}
    body = "".join(word.capitalize() for word in contract.name.split("-"))
    own_fields = contract.field_names or contract.completed_values
    shared = {f"{body}TaskCompletion", f"{body}StoredTask"} if own_fields else {"Completion", "Task"}
    schemas = {f"{body}NewTask", f"{body}TaskChanges", "Problem", "InvalidValue", "Health", *shared}
    assert set(document["components"]["schemas"]) == schemas


@every_contract
def test_every_documented_answer_occurs_and_no_other(
    start: Start, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request of the table goes to each operation; each answer has the described form, headers and code."""
    client = serve(start, contract)
    document = client.get("/openapi.json").json()
    client.post(contract.base_path.format(user_id="ann"), json={"title": "x"}, headers={"Idempotency-Key": "used"})
    put_key_into_trash(client, contract)
    seen: dict[str, set[str]] = defaultdict(set)
    for method, path, operation in operations(document):
        answers = [send(client, contract, method, path, request) for request in REQUESTS.values()]
        for fault in (StorageUnavailable("x"), RuntimeError("x")):
            with failing(client, monkeypatch, fault):
                answers.append(send(client, contract, method, path, {"task": "foreign"}))
        for answer in answers:
            seen[operation["operationId"]].add(str(answer.status_code))
            check(document, operation, answer)
    expected = {operation["operationId"]: set(operation["responses"]) for *_, operation in operations(document)}
    expected["health_live"].discard("500")  # it does nothing that could fail
    for name, statuses in expected.items():
        statuses.difference_update(OF_THE_WIRE - seen[name])
    assert seen == expected


def put_key_into_trash(client: TestClient, contract: Contract) -> None:
    """As another contract over the same store may have done."""
    path = contract.base_path.format(user_id="ann")
    made = client.post(path, json={"title": "y"}, headers={"Idempotency-Key": "trashed"})
    repository = client.app.state.container.storage.repository()  # type: ignore[attr-defined]
    task = run_now(repository.get("ann", id_of(made)))
    assert run_now(repository.replace(task, task.delete(FrozenClock().now())))


@contextmanager
def failing(client: TestClient, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> Iterator[None]:
    """Let the store fail while the block runs."""
    repository = client.app.state.container.storage.repository()  # type: ignore[attr-defined]

    async def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as context:
        for name in ("add", "get", "find", "check"):
            context.setattr(repository, name, fail)
        yield


def send(client: TestClient, contract: Contract, method: str, path: str, request: dict[str, Any]) -> Response:
    """Send a request of the table, with a body that fits where it has none."""
    request = dict(request)
    task = request.pop("task", "own")
    task_id = {"own": 0, "foreign": 0, "missing": 99_999}[task]
    if "task_id" in path and not task_id:
        task_id = make_task(client, contract, "ann" if task == "own" else "bob")
    if method in {"POST", "PUT", "PATCH"} and "content" not in request and not path.endswith(("complete", "toggle")):
        request |= {"content": b'{"title": "y"}', "headers": JSON | request.get("headers", {})}
    return client.request(method, path.format(user_id="ann", task_id=task_id), **request)


def make_task(client: TestClient, contract: Contract, user_id: str) -> int:
    made = client.post(contract.base_path.format(user_id=user_id), json={"title": "x"}, headers=bearer(user_id))
    return id_of(made)


def id_of(created: Response) -> int:
    """Return the id of a new task, wherever its contract puts that in the body; one of no task if none was made."""
    return int(created.headers.get("location", "/99999").rpartition("/")[2])


def check(document: Document, operation: Operation, answer: Response) -> None:
    described = resolved(document, operation["responses"].get(str(answer.status_code), {}))
    assert described, f"{operation['operationId']} answers {answer.status_code}"
    for name, reference in described["headers"].items():
        header = resolved(document, reference)
        assert name in answer.headers or not header.get("required"), name
    if "content" not in described:
        assert answer.content == b""
        return
    ((media_type, content),) = described["content"].items()
    assert answer.headers["content-type"] == media_type
    assert is_valid(document, content["schema"], answer.json())
    if answer.status_code >= 400:
        codes = {example["value"]["code"] for example in content["examples"].values()}
        assert answer.json()["code"] in codes or ("errors" in answer.json() and "blank" in codes)


@every_contract
def test_examples_obey_their_own_schemas(start: Start, contract: Contract) -> None:
    document = serve(start, contract).get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    examples = [(schema, example) for schema in schemas.values() for example in schema.get("examples", [])]
    for answer in document["components"]["responses"].values():
        ((_, content),) = answer["content"].items()
        examples += [(content["schema"], example["value"]) for example in content["examples"].values()]
    assert len(examples) > 15
    for schema, example in examples:
        assert is_valid(document, schema, example), example


def test_the_document_keeps_every_null_of_its_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["Task"]["examples"][0]["completed_at"] is None
    assert json.dumps(document).count("HTTPValidationError") == 0
