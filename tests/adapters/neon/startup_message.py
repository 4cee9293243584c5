"""A server that hears who wants to connect and to what, and refuses as Neon does when it knows no such endpoint."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.support.threaded_server import serving_in_thread

_REFUSAL = b"SERROR\0VERROR\0CXX000\0MThe requested endpoint could not be found, or you don't have access to it.\0\0"


class First:
    """The first message of whoever connected last."""

    def __init__(self) -> None:
        self.port = 0
        self.message = b""


@contextmanager
def listening() -> Iterator[First]:
    """Listen while the block runs (https://www.postgresql.org/docs/current/protocol-message-formats.html)."""
    first = First()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!i", self._read(4))
            first.message = self._read(length - 4)
            self.request.sendall(b"E" + struct.pack("!i", len(_REFUSAL) + 4) + _REFUSAL)

        def _read(self, size: int) -> bytes:
            data = b""
            while len(data) < size and (more := self.request.recv(size - len(data))):
                data += more
            return data

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    first.port = server.server_address[1]
    with serving_in_thread(server):
        yield first
