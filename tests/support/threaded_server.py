"""A server of the standard library beside a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from threading import Thread


@contextmanager
def serving_in_thread(server: BaseServer) -> Iterator[None]:
    """Let a server serve in a thread while the block runs, and close it then."""
    with server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
