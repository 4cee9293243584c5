"""The assistant on one's own machine: the protocol over standard streams, on a store, as one user."""

import json
import sys
from collections.abc import AsyncIterator
from io import TextIOWrapper

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared._stream_protocols import WriteStream
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, ErrorData, JSONRPCError, jsonrpc_message_adapter
from pydantic import ValidationError

from todo_adapters.clock import SystemClock
from todo_core.policy import DEFAULT_POLICY
from todo_core.service import TaskService
from todo_web.composition import open_storage, storage_of
from todo_web.mcp.caller import LocalCaller
from todo_web.mcp.server import assistant_server
from todo_web.settings import StorageSettings


async def serve_streams(settings: StorageSettings, user_id: str) -> None:
    """Serve until standard input ends. Raises StorageError if the store cannot be opened."""
    lines = StandardInput()
    async with open_storage(storage_of(settings)) as repository:
        caller = LocalCaller(user_id, repository, settings.storage_deadline)
        server = assistant_server(TaskService(repository, SystemClock(), DEFAULT_POLICY), lambda _: caller)
        async with stdio_server(stdin=lines) as (incoming, outgoing):  # type: ignore[arg-type]  # it only iterates
            lines.outgoing = outgoing
            await server.run(incoming, outgoing, server.create_initialization_options())


class StandardInput:
    """The lines of standard input that hold messages.

    Other lines are answered here, because the SDK drops them, and their sender would wait for ever.
    """

    outgoing: WriteStream[SessionMessage]

    async def __aiter__(self) -> AsyncIterator[str]:
        """Read until the input ends."""
        async for line in anyio.wrap_file(TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")):
            try:
                jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValidationError:
                await self._refuse(line)
            else:
                yield line

    async def _refuse(self, line: str) -> None:
        if line.isspace():
            return
        said = "A line must hold one message of the protocol: JSON in UTF-8, without lone surrogates."
        error = ErrorData(code=INVALID_REQUEST, message=said)
        await self.outgoing.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=_id_in(line), error=error)))


def _id_in(line: str) -> int | str | None:
    """Return the id of a message that is wrong in something else; None if it has none."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = message.get("id") if isinstance(message, dict) else None
    # An id that could not be written is none either.
    return found if type(found) is int or (isinstance(found, str) and found.isprintable()) else None
