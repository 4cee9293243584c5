"""The official client, in both eras of the protocol, and what it calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.support.service import bearer
from todo_adapters.clock import SystemClock
from todo_adapters.memory import MemoryTaskRepository
from todo_core.policy import TaskPolicy
from todo_core.ports import TaskRepository
from todo_core.service import TaskService
from todo_web.mcp.caller import LocalCaller
from todo_web.mcp.server import assistant_server

Era = Literal["2026-07-28", "legacy"]
eras = pytest.mark.parametrize("era", ["2026-07-28", "legacy"])

Result = TypeVar("Result")


class Assistant:
    """Calls tools by name."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: object) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def done(self, tool: str, **arguments: object) -> dict[str, Any]:
        """Return what a call that succeeds answers; it says the same twice."""
        answer = await self.call(tool, **arguments)
        assert not answer.is_error, text(answer)
        found: dict[str, Any] = answer.structured_content
        assert client_reads(text(answer)) == found
        return found

    async def refused(self, tool: str, **arguments: object) -> str:
        """Return the code of a call that is refused; what to do next is told as well."""
        answer = await self.call(tool, **arguments)
        assert answer.is_error
        assert answer.structured_content is None
        code, _, rest = text(answer).partition(": ")
        assert len(rest.split(". ")) >= 2
        assert "Traceback" not in rest
        return code


def text(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert isinstance(content, TextContent)
    return content.text


def client_reads(content: str) -> Any:  # noqa: ANN401  any JSON
    return httpx2.Response(200, text=content).json()


@asynccontextmanager
async def in_memory(
    era: Era, user_id: str = "ann", repository: TaskRepository | None = None
) -> AsyncIterator[Assistant]:
    """Connect to a server in this process."""
    store = repository or MemoryTaskRepository()
    service = TaskService(store, SystemClock(), TaskPolicy())
    caller = LocalCaller(user_id, store, 5)
    server = assistant_server(service, lambda _: caller)
    async with Client(server, mode=era) as client:
        yield Assistant(client)


@asynccontextmanager
async def over_http(era: Era, url: str, user_id: str = "ann") -> AsyncIterator[Assistant]:
    """Connect to a running service."""
    async with (
        httpx2.AsyncClient(headers=bearer(user_id), timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=era) as client,
    ):
        yield Assistant(client)


def run(play: Callable[[], Awaitable[Result]]) -> Result:
    async def played() -> Result:
        return await play()

    return asyncio.run(played())
