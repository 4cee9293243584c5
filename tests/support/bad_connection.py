"""A bad connection: it stands before a service and loses or spoils what a test says."""

import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.threaded_server import serving_in_thread

_HOP = {"connection", "content-length", "transfer-encoding", "date"}


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that came by."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An answer that the service never gave."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something else happens before the request arrives."""

    happens: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Lost:
    """The request arrives, and the connection breaks before the answer."""


Fate = Spoilt | Meanwhile | Lost

LOST = Lost()
THROUGH = Meanwhile(lambda: None)


@dataclass(slots=True)
class Wire:
    """``plan`` says what becomes of the next requests with a method; those that it does not name go through."""

    behind: str
    url: str = ""
    plan: list[tuple[str, Fate]] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)

    def next(self, method: str) -> Fate:
        """Return what becomes of a request."""
        for entry in self.plan:
            if entry[0] == method:
                self.plan.remove(entry)
                return entry[1]
        return THROUGH

    def sent(self, method: str) -> list[Passed]:
        """Return the requests with a method."""
        return [request for request in self.passed if request.method == method]


@contextmanager
def wire(behind: str) -> Iterator[Wire]:
    """Run a bad connection to a service."""
    state = Wire(behind)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    with serving_in_thread(server):
        yield state


def _handler(state: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            state.passed.append(Passed(self.command, self.path, dict(self.headers)))
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            self.close_connection = True
            match state.next(self.command):
                case Spoilt(status, headers, content):
                    self.answer(status, headers, content)
                case Meanwhile(happens):
                    happens()
                    self.answer(*self.forward(body))
                case Lost():
                    self.forward(body)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  the library's names

        def forward(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
            connection = http.client.HTTPConnection(urlsplit(state.behind).netloc)
            try:
                connection.request(self.command, self.path, body or None, dict(self.headers))
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            finally:
                connection.close()

        def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            if status != http.HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        log_message: Callable[..., None] = staticmethod(lambda *_: None)

    return Handler
