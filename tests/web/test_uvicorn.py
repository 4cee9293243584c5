"""What uvicorn and httptools still lack, so that the service has a protocol of its own.

A test that fails here is good news: the part that it names can go (docs/decisions/wire-protocol.md).
"""

import asyncio
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tests.support.processes import Server, free_port, serving
from tests.support.secrecy import SECRET
from tests.web import test_wire as wire
from todo_web.wire.http_protocol import PIPELINE_LIMIT

UVICORN = (
    sys.executable,
    "-m",
    "uvicorn",
    "todo_web.app:create_app",
    "--factory",
    "--http",
    "httptools",
    "--ws",
    "none",
)

LACKS: dict[str, Callable[[Server], None]] = {
    "BoundedRequests.read: no limit for heads": lambda server: (
        wire.test_a_head_of_100_000_bytes_is_refused_however_it_is_cut(server, 1000)
    ),
    "BoundedRequests.on_header: no limit for fields": wire.test_a_head_has_at_most_200_fields,
    "BoundedRequests.on_header: trailers are fields of the head": wire.test_a_trailer_does_not_sign_a_request,
    "BoundedRequests.read: no limit for trailers": lambda server: wire.test_trailers_without_an_end_are_refused(
        server, b"X: " + b"x" * 100_000 + b"\r\n\r\n"
    ),
    "check_framing: no Host": lambda server: wire.test_a_request_has_one_host(server, None),
    "check_framing: two Hosts": lambda server: wire.test_a_request_has_one_host(server, "Host: x\r\nHost: y"),
    "check_framing: unknown codings": lambda server: wire.test_a_body_has_one_coding_at_most(
        server, "Transfer-Encoding: gzip, chunked"
    ),
    "BoundedRequests._decline_upgrade": lambda server: wire.test_an_offer_to_upgrade_is_ignored(server, "h2c", ""),
    "WireProtocol._refuse: no problem": lambda server: wire.test_what_is_no_request_is_a_problem(
        server, b"NONSENSE\r\n\r\n"
    ),
    "WireProtocol._refuse: not in its turn": wire.test_a_problem_of_the_wire_waits_for_its_turn,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve with uvicorn as it is."""
    file = tmp_path_factory.mktemp("uvicorn") / "tasks.db"
    port = str(free_port())  # uvicorn reads no PORT
    values = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{Path(file)}", "PORT": port}
    with serving(values, "--port", port, "--timeout-keep-alive", "1", program=UVICORN) as running:
        yield running


@pytest.mark.parametrize("part", LACKS)
def test_uvicorn_lacks_it(server: Server, part: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        LACKS[part](server)


def test_uvicorn_reads_any_number_of_requests_ahead() -> None:
    """As long as this holds, WireProtocol._take and HeldReading stay."""

    async def requests_that_wait() -> int:
        called = asyncio.Event()

        async def application(_scope: Scope, _receive: Receive, _send: Send) -> None:
            called.set()
            await asyncio.Event().wait()

        config = uvicorn.Config(application, log_config=None)
        connections: list[HttpToolsProtocol] = []

        def connect() -> HttpToolsProtocol:
            connections.append(HttpToolsProtocol(config, ServerState(), {}))
            return connections[-1]

        listener = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
        async with listener:
            _, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
            writer.write(wire.LIVE * 100)
            await asyncio.wait_for(called.wait(), 30)
            writer.close()
            return len(connections[0].pipeline)

    assert asyncio.run(requests_that_wait()) > PIPELINE_LIMIT


def test_uvicorn_has_no_deadline_for_requests_and_answers() -> None:
    """As long as this holds, WireProtocol._check_deadlines and UnsentAnswer stay."""
    names = {name for name in inspect.signature(uvicorn.Config).parameters if name.startswith("timeout_")}
    assert names == {f"timeout_{what}" for what in ("keep_alive", "notify", "graceful_shutdown", "worker_healthcheck")}
