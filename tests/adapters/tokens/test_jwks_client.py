"""The client that fetches key sets, against real sockets that misbehave."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.support.issuer import Issuer
from tests.support.token_forge import ISSUER, SECRET, token
from todo_adapters.clock import SystemClock
from todo_adapters.tokens.jwks_cache import FetchFailed
from todo_adapters.tokens.jwks_client import SIZE_LIMIT, open_jwks_client
from todo_adapters.tokens.open_verifier import TokenSettings, open_verifier
from todo_core.errors import KeysUnavailable


class Server:
    """Answers every request with the same bytes, whole or not, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer = b""
        self.hang = False
        self.requests: list[bytes] = []
        self.open: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        if not self.hang:
            writer.close()


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    here = Server()
    listening = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/api/auth/jwks"
    async with listening:
        yield here
        for writer in here.open:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def ok(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers, b"", body))


def test_the_body_is_returned_as_it_is() -> None:
    async def story() -> None:
        async with server() as here, open_jwks_client(here.url) as client:
            here.answer = ok(b'{"keys":[]}', b"Set-Cookie: a=b")
            assert [await client.fetch() for _ in range(2)] == [b'{"keys":[]}'] * 2
            assert here.requests[0].startswith(b"GET /api/auth/jwks HTTP/1.1\r\n")
            assert b"cookie" not in here.requests[1].lower()
            here.answer = ok(b"x" * SIZE_LIMIT)
            assert len(await client.fetch()) == SIZE_LIMIT

    asyncio.run(story())


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "RemoteProtocolError"),
        (b"nonsense\r\n\r\n", "RemoteProtocolError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "RemoteProtocolError"),
        (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "status 302"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status 404"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "status 500"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "status 204"),
        (ok(b"x" * (SIZE_LIMIT + 1)), "larger than 65536"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, "larger than 65536"),
        (ok(gzip.compress(b"x" * 10_000_000), b"Content-Encoding: gzip"), "compressed"),
    ],
)
def test_a_bad_answer_is_a_failure_that_names_no_address(answer: bytes, reason: str) -> None:
    async def story() -> None:
        async with server() as here, open_jwks_client(here.url) as client:
            here.answer = answer
            with pytest.raises(FetchFailed, match=reason) as caught:
                await client.fetch()
            assert "127.0.0.1" not in str(caught.value)
            assert len(here.requests) == 1

    asyncio.run(story())


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsh"])
def test_an_answer_that_never_ends_is_given_up(answer: bytes) -> None:
    async def story() -> None:
        async with server() as here, open_jwks_client(here.url, seconds=0.05) as client:
            here.answer, here.hang = answer, True
            with pytest.raises(FetchFailed):
                await client.fetch()

    asyncio.run(story())


def test_an_answer_in_drops_is_given_up() -> None:
    """Each drop comes in time; the whole would not."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b" ")
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1000), 0.01)
        writer.close()
        gone.set()

    async def story() -> None:
        listening = await asyncio.start_server(drip, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        async with listening, open_jwks_client(url, seconds=0.2) as client:
            with pytest.raises(FetchFailed, match="no whole answer"):
                await client.fetch()
            await gone.wait()

    gone = asyncio.Event()
    asyncio.run(story())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/jwks", "Connection refused"),
        ("http://ann:geheim@nothing.invalid/jwks", "the host is not known"),
        ("http://", "UnsupportedProtocol"),
        ("no address", "UnsupportedProtocol"),
        ("ftp://localhost/jwks", "UnsupportedProtocol"),
    ],
)
def test_an_address_where_nobody_answers_is_a_failure_that_says_why(url: str, reason: str) -> None:
    async def story() -> None:
        async with open_jwks_client(url) as client:
            with pytest.raises(FetchFailed, match=reason) as caught:
                await client.fetch()
            assert "geheim" not in str(caught.value)

    asyncio.run(story())


def claims(user: str) -> dict[str, object]:
    return {"sub": user, "iss": ISSUER, "aud": ISSUER, "exp": SystemClock().now().timestamp() + 60}


@pytest.mark.parametrize("mode", ["hs256", "jwks", "both"])
def test_each_mode_opens_with_the_verifiers_that_it_needs(mode: str) -> None:
    async def story() -> None:
        issuer = Issuer()
        issuer.add("one", "ES256")
        async with server() as here:
            here.answer = ok(issuer.key_set())
            secret = "" if mode == "jwks" else SECRET
            settings = TokenSettings(mode, ISSUER, ISSUER, secret, here.url)  # type: ignore[arg-type]  # a parameter
            assert SECRET not in repr(settings)
            async with open_verifier(settings, SystemClock()) as verifier:
                if mode != "jwks":
                    assert await verifier.verify(token(claims("bob"))) == "bob"
                if mode != "hs256":
                    assert await verifier.verify(issuer.token("one", claims("alice"))) == "alice"
            assert len(here.requests) == (mode != "hs256")
            assert asyncio.all_tasks() - {asyncio.current_task()} == set()

    asyncio.run(story())


def test_it_opens_while_the_issuer_is_down() -> None:
    async def story() -> None:
        issuer = Issuer()
        issuer.add("one", "ES256")
        settings = TokenSettings("jwks", ISSUER, ISSUER, jwks_url="http://127.0.0.1:1/jwks")
        async with open_verifier(settings, SystemClock()) as verifier:
            with pytest.raises(KeysUnavailable):
                await verifier.verify(issuer.token("one", claims("alice")))

    asyncio.run(story())
