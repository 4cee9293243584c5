"""A proxy that signs in whoever comes, for clients that cannot send a token."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from tests.support.threaded_server import serving_in_thread

OF_ONE_CONNECTION = {"connection", "content-length", "transfer-encoding", "content-encoding"}


class Listener(ThreadingHTTPServer):
    """Says nothing of clients that go away."""

    def handle_error(self, *_: object) -> None:
        """Go on."""


@contextmanager
def signing_in(port: int, target: str, token: dict[str, str]) -> Iterator[None]:
    """Pass requests on, with the headers that sign in and under the host that the client named."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            sent = _kept(self.headers.items()) | token
            answer = httpx2.request(self.command, f"{target}{self.path}", content=body, headers=sent, timeout=60)
            self.send_response(answer.status_code)
            for name, value in _kept(answer.headers.items()).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Print nothing."""

    with serving_in_thread(Listener(("localhost", port), Handler)):
        yield


def _kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in OF_ONE_CONNECTION}
