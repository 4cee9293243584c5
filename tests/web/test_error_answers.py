"""What becomes of a request that raises an error, whatever the client and the event loop do meanwhile."""

import asyncio

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo_core.errors import StorageUnavailable, TodoError, TokenRefused
from todo_web.error_answers import ErrorAnswers


@pytest.fixture
def scope() -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": "/tasks/1",
        "raw_path": b"/tasks/1",
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "client": ("192.0.2.1", 50000),
        "state": {"request_id": "some-id", "status": None},
    }


def raising(error: TodoError, *, after: Message | None = None) -> ASGIApp:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if after:
            scope["state"]["status"] = after["status"]
            await send(after)
        raise error

    return app


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def sent(_message: Message) -> None:
    """Take a message."""


async def cut(_message: Message) -> None:
    raise asyncio.CancelledError


def test_a_refused_token_is_in_the_audit_log_also_if_the_answer_is_cut_off(
    scope: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    answers = ErrorAnswers(raising(TokenRefused("bad_signature")))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(answers(scope, nothing, cut))
    assert [(event.name, event.getMessage()) for event in caplog.records] == [("todo.audit", "authentication_failure")]


def test_a_store_that_fails_within_an_answer_is_told_by_its_reason(
    scope: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    begun: Message = {"type": "http.response.start", "status": 200, "headers": []}
    answers = ErrorAnswers(raising(StorageUnavailable("the disk is gone"), after=begun))
    with pytest.raises(StorageUnavailable):
        asyncio.run(answers(scope, nothing, sent))
    assert [(event.getMessage(), vars(event)["reason"]) for event in caplog.records] == [
        ("storage_error", "the disk is gone")
    ]


def test_what_start_up_raises_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    answers = ErrorAnswers(raising(StorageUnavailable("the disk is gone")))
    with pytest.raises(StorageUnavailable):
        asyncio.run(answers({"type": "lifespan"}, nothing, sent))
    assert caplog.records == []
