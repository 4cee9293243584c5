"""The assistant on one's own machine: the protocol over standard streams, on a store, as one user."""

from mcp.server.stdio import stdio_server

from todo_adapters.clock import SystemClock
from todo_core.service import TaskService
from todo_web.container import opened, storage_of
from todo_web.mcp.caller import LocalCaller
from todo_web.mcp.policy import POLICY
from todo_web.mcp.server import assistant_server
from todo_web.settings import StorageSettings


async def serve_streams(settings: StorageSettings, user_id: str) -> None:
    """Serve until standard input ends. Raises StorageError if the store cannot be opened."""
    caller = LocalCaller(user_id, settings.storage_deadline)
    async with opened(storage_of(settings)) as repository:
        server = assistant_server(TaskService(repository, SystemClock(), POLICY), lambda _: caller)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
