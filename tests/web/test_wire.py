"""The service on the wire: heads without an end, bodies in pieces, bytes that no client library sends."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.processes import Server, serving
from tests.web.conftest import SECRET, bearer
from todo_web.protocol import HEAD_LIMIT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("wire")
    with serving({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{folder / 'tasks.db'}"}) as running:
        yield running


def exchange(server: Server, *pieces: bytes) -> bytes:
    """Send bytes as they are, and return all that comes back until the service closes."""
    url = httpx2.URL(server.url)
    with socket.create_connection((url.host, url.port or 0), timeout=20) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("head", [b"GET /", b"GET / HTTP/1.1\r\nX-Long: "])
def test_a_head_without_an_end_is_refused_early(server: Server, head: bytes) -> None:
    answer = exchange(server, head, *([b"x" * 16_384] * (HEAD_LIMIT // 16_384 + 1)))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert httpx2.get(f"{server.url}/health/live").status_code == 200


def test_a_long_head_that_ends_is_read(server: Server) -> None:
    headers = bearer() | {"X-Long": "x" * (HEAD_LIMIT // 2)}
    assert httpx2.get(f"{server.url}/tasks", headers=headers).status_code == 200


def test_a_large_body_is_no_large_head(server: Server) -> None:
    with httpx2.Client(base_url=server.url, headers=bearer()) as client:
        for _ in range(3):
            body = {"title": "x", "description": "y" * 60_000}
            assert client.post("/tasks", json=body).status_code == 422
            assert client.post("/tasks", json={"title": "x"}).status_code == 201


def test_a_completion_without_a_body_may_come_in_chunks(server: Server) -> None:
    httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=bearer("chunk"))
    task = httpx2.get(f"{server.url}/tasks", headers=bearer("chunk")).json()[0]
    head = (
        f"PATCH /tasks/{task['id']}/toggle HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: {bearer('chunk')['Authorization']}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    assert exchange(server, head.encode(), b"0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
