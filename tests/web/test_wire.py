"""The service on the wire: what may be sent to it, in bytes that no client library sends."""

import json
import re
import select
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.processes import Server, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from todo_web.wire.head import FIELD_LIMIT, HEAD_LIMIT
from todo_web.wire.unsent_answer import UnsentAnswer

MIB = 1024 * 1024
TASK = b'{"title": "x"}'


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    file: Path = tmp_path_factory.mktemp("wire") / "tasks.db"
    return {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{file}"}


@pytest.fixture(scope="module")
def server(values: dict[str, str]) -> Iterator[Server]:
    with serving(values) as running:
        yield running


@pytest.fixture(scope="module")
def impatient(values: dict[str, str]) -> Iterator[Server]:
    """Serve the same tasks with short deadlines."""
    with serving(values | {"TODO_REQUEST_DEADLINE": "2", "TODO_ANSWER_DEADLINE": "1"}) as running:
        yield running


@dataclass(frozen=True)
class Answer:
    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.fields["content-type"] == "application/problem+json"
        found: dict[str, Any] = json.loads(self.body)
        return found


@contextmanager
def connected(server: Server, *, window: int | None = None) -> Iterator[socket.socket]:
    """Connect; ``window`` is about how many bytes of an answer arrive before they are read."""
    url = httpx2.URL(server.url)
    with socket.socket() as connection:
        if window is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, window)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # pieces go out as they are cut
        connection.settimeout(30)
        connection.connect((url.host, url.port or 0))
        yield connection


def exchange(server: Server, *pieces: bytes) -> list[Answer]:
    """Send bytes as they are, and return all answers that come until the service closes."""
    with connected(server) as connection:
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
        return answers(received(connection))


def received(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def answers(raw: bytes) -> list[Answer]:
    found = []
    while raw:
        head, _, raw = raw.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(fields.get("content-length", "0"))
        found.append(Answer(int(status.split()[1]), fields, raw[:length]))
        raw = raw[length:]
    return found


def head(method: str, target: str, *fields: str, version: str = "1.1", host: str | None = "Host: x") -> bytes:
    first = [f"{method} {target} HTTP/{version}", *([host] if host else [])]
    return "\r\n".join([*first, *fields, "", ""]).encode()


def token(user: str) -> str:
    return f"Authorization: {bearer(user)['Authorization']}"


def posted(user: str, *fields: str, body: bytes = TASK, signed: bool = True) -> bytes:
    """Return a request that makes a task."""
    own = [token(user)] if signed else []
    length = [] if any("Transfer-Encoding" in field for field in fields) else [f"Content-Length: {len(body)}"]
    return head("POST", "/tasks", "Content-Type: application/json", *own, *length, *fields) + body


def chunked(body: bytes, *trailers: str) -> bytes:
    return b"%x\r\n%b\r\n0\r\n" % (len(body), body) + "\r\n".join([*trailers, "", ""]).encode()


LIVE = head("GET", "/health/live")
LAST = head("GET", "/health/live", "Connection: close")
CHUNKED = "Transfer-Encoding: chunked"


def statuses(found: list[Answer]) -> list[int]:
    return [answer.status for answer in found]


def titles(server: Server, user: str) -> list[str]:
    tasks = httpx2.get(f"{server.url}/tasks", headers=bearer(user)).json()
    return [task["title"] for task in tasks]


# Heads


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX-Long: "])
def test_a_head_without_an_end_is_refused_early(server: Server, start: bytes) -> None:
    [answer] = exchange(server, start, *([b"x" * 16_384] * (HEAD_LIMIT // 16_384 + 1)))
    assert answer.status == 431
    assert answer.problem["code"] == "head_too_large"


@pytest.mark.parametrize("size", [1, 1000, 70_000, 100_000])
def test_a_head_of_100_000_bytes_is_refused_however_it_is_cut(server: Server, size: int) -> None:
    sent = head("GET", "/health/live", *[f"X-{number}: {'x' * 990}" for number in range(100)], "Connection: close")
    pieces = [sent[start : start + size] for start in range(0, len(sent), size)]
    assert statuses(exchange(server, *pieces)) == [431]


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("before", [b"", LIVE])
def test_a_request_may_be_cut_inside_the_blank_line(server: Server, cut: int, before: bytes) -> None:
    """Its head and its body are each below the limit, though not together."""
    body = json.dumps({"title": "x", "description": "y" * 60_000}).encode()
    start = head(
        "POST",
        "/tasks",
        "Connection: close",
        "Content-Type: application/json",
        token("cut"),
        f"X-Long: {'x' * 60_000}",
        f"Content-Length: {len(body)}",
    )
    found = exchange(server, before + start[:-cut], start[-cut:] + body)
    assert found[-1].status == 422
    assert found[-1].problem["errors"][0]["pointer"] == "/description"


def test_a_long_head_that_ends_is_read(server: Server) -> None:
    headers = bearer() | {"X-Long": "x" * (HEAD_LIMIT - 2000)}
    assert httpx2.get(f"{server.url}/tasks", headers=headers).status_code == 200


def test_a_head_has_at_most_200_fields(server: Server) -> None:
    most = [f"{number}: " for number in range(FIELD_LIMIT - 2)]
    assert statuses(exchange(server, head("GET", "/health/live", "Connection: close", *most))) == [200]
    [answer] = exchange(server, head("GET", "/health/live", "Connection: close", *most, "one: more"))
    assert answer.status == 431
    assert statuses(exchange(server, head("GET", "/health/live", *["a:"] * 16_000))) == [431]


@pytest.mark.parametrize(
    "host",
    [None, "Host: x\r\nHost: x", "Host: x\r\nhost: y", "Host: x, y", "Host: a/b", "Host: x\r\nHost:"],
)
def test_a_request_has_one_host(server: Server, host: str | None) -> None:
    [answer] = exchange(server, head("GET", "/health/live", host=host) + LAST)
    assert answer.status == 400
    assert answer.problem["code"] == "invalid_host"


@pytest.mark.parametrize("host", ["Host: x", "Host: [::1]:8000", "Host: a.example:80  ", "Host:"])
def test_a_host_may_be_any_address(server: Server, host: str) -> None:
    assert statuses(exchange(server, head("GET", "/health/live", "Connection: close", host=host))) == [200]


def test_http_1_0_may_lack_a_host(server: Server) -> None:
    assert statuses(exchange(server, head("GET", "/health/live", version="1.0", host=None))) == [200]
    assert statuses(exchange(server, head("GET", "/health/live", version="1.0", host="Host: x\r\nHost: y"))) == [400]


@pytest.mark.parametrize(
    "codings",
    [
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: x",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ],
)
def test_a_body_has_one_coding_at_most(server: Server, codings: str) -> None:
    """Whatever else it may be, it is refused, and what follows is not read as a request."""
    [answer] = exchange(server, posted("coding", codings, body=chunked(TASK)) + LAST)
    assert answer.status == 400
    assert answer.problem["code"] in {"invalid_transfer_encoding", "malformed_request"}
    assert titles(server, "coding") == []


def test_http_1_0_knows_no_coding(server: Server) -> None:
    sent = posted("coding", CHUNKED, body=chunked(TASK)).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert statuses(exchange(server, sent)) == [400]


@pytest.mark.parametrize("coding", [CHUNKED, "Transfer-Encoding: CHUNKED  "])
def test_a_body_may_come_in_chunks(server: Server, coding: str) -> None:
    assert statuses(exchange(server, posted("chunks", "Connection: close", coding, body=chunked(TASK)))) == [201]


def test_a_completion_without_a_body_may_come_in_chunks(server: Server) -> None:
    httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=bearer("chunk"))
    task = httpx2.get(f"{server.url}/tasks", headers=bearer("chunk")).json()[0]
    start = head("PATCH", f"/tasks/{task['id']}/toggle", "Connection: close", token("chunk"), CHUNKED)
    assert statuses(exchange(server, start, b"0\r\n\r\n")) == [200]


def test_a_large_body_is_no_large_head(server: Server) -> None:
    with httpx2.Client(base_url=server.url, headers=bearer()) as client:
        for _ in range(3):
            body = {"title": "x", "description": "y" * 60_000}
            assert client.post("/tasks", json=body).status_code == 422
            assert client.post("/tasks", json={"title": "x"}).status_code == 201


# Trailers


def test_a_trailer_does_not_sign_a_request(server: Server) -> None:
    sent = posted("trailer", "Connection: close", CHUNKED, body=chunked(TASK, token("trailer")), signed=False)
    assert statuses(exchange(server, sent)) == [401]
    assert titles(server, "trailer") == []


def test_a_trailer_does_not_state_a_version(server: Server) -> None:
    made = httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=bearer("version"))
    target = f"/tasks/{made.json()['id']}"
    fields = ("Content-Type: application/json", "Connection: close", token("version"), CHUNKED)
    change, same = chunked(b'{"title": "y"}', 'If-Match: "1"'), chunked(b'{"title": "y"}', 'If-Match: "99"')
    assert statuses(exchange(server, head("PATCH", target, 'If-Match: "99"', *fields) + change)) == [412]
    assert statuses(exchange(server, head("PATCH", target, *fields) + same)) == [200]


def test_a_trailer_does_not_tell_where_a_request_came_from(server: Server) -> None:
    body = chunked(TASK, "X-Forwarded-For: 203.0.113.9")
    fields = ("Connection: close", CHUNKED, "X-Request-ID: forged")
    assert statuses(exchange(server, posted("forged", *fields, body=body, signed=False))) == [401]
    server.wait_for_lines('"request_id": "forged"', 1)
    assert "203.0.113.9" not in "".join(server.lines)


@pytest.mark.parametrize(
    "trailers",
    [b"X: " + b"x" * MIB, b"X: y\r\n" * 200_000, b"a:\r\n" * (FIELD_LIMIT + 1) + b"\r\n"],
    ids=["a line", "many", "201"],
)
def test_trailers_without_an_end_are_refused(server: Server, trailers: bytes) -> None:
    start = posted("endless", CHUNKED, body=chunked(TASK)[:-2])
    assert statuses(exchange(server, start + trailers)) == [431]
    assert titles(server, "endless") == []


def test_a_chunk_extension_without_an_end_is_refused(server: Server) -> None:
    assert statuses(exchange(server, posted("x", CHUNKED, body=b"1;" + b"x" * MIB))) == [431]


# Offers to upgrade


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.3"])
@pytest.mark.parametrize("coding", ["", CHUNKED])
def test_an_offer_to_upgrade_is_ignored(server: Server, protocol: str, coding: str) -> None:
    """As Java's HttpClient sends it, all at once or the body later; and the next request is the next one."""
    user = f"{protocol}{coding}"
    body = chunked(TASK) if coding else TASK
    offer = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}", "HTTP2-Settings: AAEAAEAA")
    sent = posted(user, *offer, *([coding] if coding else []), body=body)
    assert statuses(exchange(server, sent + LAST)) == [201, 200]
    assert statuses(exchange(server, sent[: -len(body)], body, LAST)) == [201, 200]
    assert statuses(exchange(server, *[sent[at : at + 1] for at in range(len(sent))], LAST)) == [201, 200]
    assert titles(server, user) == ["x", "x", "x"]


def test_a_body_after_an_offer_is_never_a_request(server: Server) -> None:
    smuggled = posted("smuggler")
    sent = posted("smuggler", "Connection: close, upgrade", "Upgrade: h2c", body=smuggled)
    assert statuses(exchange(server, sent)) == [422]
    assert titles(server, "smuggler") == []


def test_a_tunnel_is_refused(server: Server) -> None:
    assert statuses(exchange(server, head("CONNECT", "x:80") + LAST)) == [400]


# Pipelines


def peak_mib(server: Server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def flood(connection: socket.socket, content: bytes, done: Event) -> None:
    with suppress(OSError):
        connection.sendall(content)
        done.set()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
def test_a_pipeline_takes_bounded_memory(server: Server) -> None:
    """11 MiB of requests without a token, whose answers nobody reads: they are not read either."""
    httpx2.get(f"{server.url}/tasks", headers=bearer())
    before, done = peak_mib(server), Event()
    content = head("GET", "/tasks") * (11 * MIB // len(head("GET", "/tasks")))
    with connected(server, window=16_384) as connection:
        sender = Thread(target=flood, args=(connection, content, done))
        sender.start()
        for _ in range(50):
            assert httpx2.get(f"{server.url}/tasks", headers=bearer()).status_code == 200
        connection.shutdown(socket.SHUT_RDWR)
        sender.join()
    assert not done.is_set()
    assert peak_mib(server) - before <= 48


def test_every_request_of_a_pipeline_is_answered_in_its_turn(server: Server) -> None:
    """Far more than may wait, some of them with a body, in one delivery and in many."""
    sent = b"".join(posted("pipeline", body=b'{"title": "%d"}' % number) + LIVE for number in range(100)) + LAST
    assert statuses(exchange(server, sent)) == [201, 200] * 100 + [200]
    assert statuses(exchange(server, *[sent[at : at + 1500] for at in range(0, len(sent), 1500)])) == [
        *[201, 200] * 100,
        200,
    ]
    assert titles(server, "pipeline") == [str(number) for number in range(100)] * 2


OFFER = ("Connection: Upgrade", "Upgrade: h2c")
KINDS = {
    LIVE: 200,
    head("GET", "/nowhere", *OFFER): 404,
    posted("any"): 201,
    posted("any", *OFFER): 201,
    posted("any", *OFFER, CHUNKED, body=chunked(TASK, token("any"))): 201,
    posted("any", CHUNKED, body=chunked(TASK, "X: y"), signed=False): 401,
    b"\r\n" + posted("any", body=b"{" * 1500): 422,
}
"""Requests, and the status of their answer."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(KINDS)), max_size=20), st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_answers_do_not_depend_on_how_requests_are_cut(server: Server, sent: list[bytes], sizes: list[int]) -> None:
    raw, pieces = b"".join([*sent, LAST]), []
    for size in cycle(sizes):
        pieces.append(raw[:size])
        raw = raw[size:]
        if not raw:
            break
    assert statuses(exchange(server, *pieces)) == [*(KINDS[request] for request in sent), 200]


def test_large_requests_wait_in_a_pipeline_too(server: Server) -> None:
    body = json.dumps({"title": "x", "description": "y" * 60_000}).encode()
    assert statuses(exchange(server, posted("large", body=body) * 40 + LAST)) == [422] * 40 + [200]


# What cannot be a request


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00", b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n"]
)
def test_what_is_no_request_is_a_problem(server: Server, garbage: bytes) -> None:
    [answer] = exchange(server, garbage)
    assert answer.status == 400
    assert answer.fields["connection"] == "close"
    problem = answer.problem
    assert problem["type"] == "urn:todo:problem:malformed_request"
    assert (problem["title"], problem["status"], problem["code"]) == ("Bad Request", 400, "malformed_request")
    assert problem["detail"]
    assert problem["request_id"] == answer.fields["x-request-id"]
    assert answer.fields["x-content-type-options"] == "nosniff"
    assert answer.fields["cache-control"] == "no-store"


def test_a_problem_of_the_wire_names_its_request(server: Server) -> None:
    """The path, without the query, and the client's own id."""
    [answer] = exchange(server, head("GET", "/a>b?secret=1", "X-Request-ID: mine", host=None))
    assert (answer.problem["instance"], answer.problem["request_id"]) == ("/a%3Eb", "mine")


def test_a_problem_of_the_wire_names_its_request_as_clients_see_it(values: dict[str, str]) -> None:
    """Under a prefix: that of the setting, or one of a proxy on this machine, which is trusted."""
    sent = head("GET", "/tasks", "X-Forwarded-Prefix: /of-proxy", host=None)
    with serving(values) as server:
        [answer] = exchange(server, sent)
        assert answer.problem["instance"] == "/of-proxy/tasks"
    with serving(values | {"TODO_ROOT_PATH": "/todo"}) as server:
        [answer] = exchange(server, sent)
        assert answer.problem["instance"] == "/todo/tasks"


ALLOWED = "http://localhost:3000"
"""The origin of the pages that may call, as the settings say nothing."""

BROKEN_BY_PAGES = {
    "a head that is too large": head("GET", "/tasks", f"Origin: {ALLOWED}", *["a: b"] * FIELD_LIMIT),
    "another version": head("GET", "/tasks", f"Origin: {ALLOWED}", version="2.0"),
    "two hosts": head("GET", "/tasks", f"Origin: {ALLOWED}", "Host: y"),
    "a broken field": head("GET", "/tasks", f"Origin: {ALLOWED}", "Accept: */*", "no colon"),
    "a broken body": head("POST", "/tasks", f"Origin: {ALLOWED}", CHUNKED) + b"5\r\nabcdeX",
    "a body that does not arrive": head("POST", "/tasks", f"Origin: {ALLOWED}", "Content-Length: 9"),
}


def told_to_pages(answer: Answer) -> dict[str, str]:
    """Return what the browser reads of an answer before it gives it to a page."""
    return {name: value for name, value in answer.fields.items() if name == "vary" or name.startswith("access-control")}


@pytest.mark.parametrize("sent", BROKEN_BY_PAGES.values(), ids=BROKEN_BY_PAGES.keys())
def test_a_page_may_read_a_problem_of_the_wire_as_it_may_any_answer(impatient: Server, sent: bytes) -> None:
    """Else its developer sees an error of CORS in the browser, and never the problem."""
    whole = LAST.replace(b"\r\n\r\n", f"\r\nOrigin: {ALLOWED}\r\n\r\n".encode())
    [refused] = exchange(impatient, sent)
    [usual] = exchange(impatient, whole)
    assert refused.status >= 400
    assert told_to_pages(refused) == told_to_pages(usual)
    assert refused.fields["access-control-allow-origin"] == ALLOWED
    [foreign] = exchange(impatient, sent.replace(ALLOWED.encode(), b"https://evil.example"))
    assert (foreign.status, told_to_pages(foreign)) == (refused.status, {"vary": "Origin"})


def test_without_a_head_no_page_may_read_a_problem(server: Server) -> None:
    [answer] = exchange(server, b"\x16\x03\x01\x02\x00")
    assert told_to_pages(answer) == {"vary": "Origin"}


@pytest.mark.parametrize("version", ["0.9", "2.0"])
@pytest.mark.parametrize("fields", [[], [OFFER[0], OFFER[1]]], ids=["plain", "with an offer"])
def test_another_version_is_refused(server: Server, version: str, fields: list[str]) -> None:
    """A proxy may read what follows differently."""
    [answer] = exchange(server, head("GET", "/health/live", *fields, version=version) + LAST)
    assert (answer.status, answer.problem["code"]) == (505, "http_version_not_supported")


def test_what_the_wire_answers_is_documented(impatient: Server) -> None:
    """For every operation, as the server answers before it knows which is meant."""
    document = httpx2.get(f"{impatient.url}/openapi.json").json()
    whole = head("GET", "/tasks", "Connection: close")
    seen: dict[str, set[str]] = defaultdict(set)
    for sent in (
        b"garbage\r\n\r\n",
        whole.replace(b"Host: x\r\n", b""),
        whole.replace(b"Host", b"Transfer-Encoding: x\r\nHost"),
        whole.replace(b"Host", b"a:\r\n" * (FIELD_LIMIT + 1) + b"Host"),
        whole.replace(b"/1.1", b"/2.0"),
        whole[:-2],
    ):
        with connected(impatient) as connection:
            connection.sendall(sent)
            [answer] = answers(received(connection))
        seen[str(answer.status)].add(answer.problem["code"])
    for path in document["paths"].values():
        for operation in path.values():
            for status, codes in seen.items():
                described = document["components"]["responses"][operation["responses"][status]["$ref"].split("/")[-1]]
                assert codes <= {*described["content"]["application/problem+json"]["examples"]}
    assert {*seen} == {"400", "408", "431", "505"}


def test_a_problem_of_the_wire_waits_for_its_turn(server: Server) -> None:
    found = exchange(server, posted("turn") + LIVE + b"garbage\r\n\r\n" + posted("turn"))
    assert statuses(found) == [201, 200, 400]
    assert titles(server, "turn") == ["x"]


def test_a_broken_body_has_one_answer(server: Server) -> None:
    """Of the server, if the application has not answered before; never of both."""
    broken = b"5\r\nabcdeX"
    assert statuses(exchange(server, posted("broken", CHUNKED, body=broken) + LAST)) == [400]
    start = head("GET", "/health/live", CHUNKED)
    with connected(server) as connection:
        connection.sendall(start)
        early = connection.recv(65536)
        connection.sendall(broken)
        assert statuses(answers(early + received(connection))) == [200]
    assert statuses(exchange(server, LIVE + posted("broken", CHUNKED, body=broken) + LAST)) == [200, 400]
    assert titles(server, "broken") == []


def test_a_refused_head_request_has_no_body(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(head("HEAD", "/health/live", host=None))
        assert received(connection).endswith(b"\r\n\r\n")


# Clients that keep the server waiting


def test_a_silent_connection_is_closed_without_a_word(impatient: Server) -> None:
    with connected(impatient) as connection:
        assert received(connection) == b""


def test_an_idle_connection_is_closed_without_a_word(impatient: Server) -> None:
    assert statuses(exchange(impatient, LIVE)) == [200]


SLOW = {
    "a line": (b"GET /", b"x"),
    "a field": (b"GET / HTTP/1.1\r\nHost: x\r\nX", b"x"),
    "a body": (posted("slow", body=b" " * 1000)[:-900], b" "),
    "a chunk": (posted("slow", CHUNKED, body=b"400\r\n  "), b" "),
}
"""Requests that have begun, and what may come next."""


@pytest.mark.parametrize("part", SLOW)
@pytest.mark.parametrize("before", [b"", LIVE], ids=["first", "second"])
def test_a_request_that_does_not_arrive_times_out(impatient: Server, part: str, before: bytes) -> None:
    found = exchange(impatient, before + SLOW[part][0])
    assert statuses(found) == [*([200] if before else []), 408]
    assert found[-1].problem["code"] == "request_timeout"


@pytest.mark.parametrize("part", SLOW)
def test_a_byte_now_and_then_is_not_enough(impatient: Server, part: str) -> None:
    start, drop = SLOW[part]
    with connected(impatient) as connection:
        connection.sendall(start)
        while not select.select([connection], [], [], 0.3)[0]:
            connection.sendall(drop)
        assert statuses(answers(received(connection))) == [408]


def test_a_body_that_nobody_waits_for_ends_its_connection(impatient: Server) -> None:
    """The request is answered already, so there is no second answer."""
    start = posted("late", body=b"", signed=False).replace(b"Length: 0", b"Length: 9")
    assert statuses(exchange(impatient, start)) == [401]


def test_an_answer_that_is_not_read_is_given_up(server: Server, impatient: Server) -> None:
    with httpx2.Client(base_url=server.url, headers=bearer("many")) as client:
        for _ in range(300):
            client.post("/tasks", json={"title": "x", "description": "y" * 1000})
    with connected(impatient, window=4096) as connection:
        connection.sendall(head("GET", "/tasks", token("many")) * 30)
        impatient.wait_for_lines("answer_given_up", 1)
        assert httpx2.get(f"{impatient.url}/health/live").status_code == 200
        assert received(connection).count(b"HTTP/1.1 200 ") < 30


def test_an_answer_that_is_read_slowly_is_not_given_up() -> None:
    unsent = UnsentAnswer()
    assert unsent.seconds_without_progress(0, 100) == 0
    assert unsent.seconds_without_progress(5000, 120) == 0
    assert unsent.seconds_without_progress(5000, 149) == 29
    assert unsent.seconds_without_progress(4000, 150) == 0
    assert unsent.seconds_without_progress(4000, 179) == 29
    unsent.moves()  # and as much was written again
    assert unsent.seconds_without_progress(4000, 180) == 0
    assert unsent.seconds_without_progress(0, 300) == 0
