"""Messages of the protocol as they are written, for tests that look at the bytes."""

from typing import Any

import httpx2

from tests.web.mcp.client import Era

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
MODERN = "2026-07-28"


def headers(era: Era, tool: str = "") -> dict[str, str]:
    """Return the header fields of a call, but for the token."""
    named = {"Mcp-Method": "tools/call", "Mcp-Name": tool}
    return HEADERS | ({"MCP-Protocol-Version": MODERN} | named if era == MODERN else {})


def call(era: Era, tool: str, **arguments: object) -> dict[str, Any]:
    """Return the message that calls a tool."""
    params: dict[str, object] = {"name": tool, "arguments": arguments}
    if era == MODERN:
        prefix = "io.modelcontextprotocol"
        params["_meta"] = {f"{prefix}/protocolVersion": MODERN, f"{prefix}/clientCapabilities": {}}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def outcome(answer: httpx2.Response) -> dict[str, Any]:
    """Return the structured content of an answer to a call that succeeded."""
    result = answer.json()["result"]
    assert not result.get("isError"), result
    found: dict[str, Any] = result["structuredContent"]
    return found
