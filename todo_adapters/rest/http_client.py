"""Requests to one server: repeated where that does no harm, and limited in time and in size."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import Lock

import httpx2

from todo_adapters.address import ServerAddress
from todo_adapters.http_body import AS_IT_IS, BodyRefused, read_body
from todo_adapters.rest.response import Response
from todo_core.errors import StorageUnavailable, StorageUnusable

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 15.0
"""How long a server may say nothing; the service gives its store five seconds."""

SECONDS = 60.0
"""How long a request may take in all, its further tries and the whole of the answer included."""

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer, of which a long list needs a few hundred for each task."""

PAUSES = (0.2, 0.6)
"""Seconds before the second and the third try; there is no fourth."""

PATIENCE = 5.0
"""The longest pause that is waited for (Retry-After); a server that asks for more gets no further request."""

_BUSY = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that does no harm when it arrives twice.

    It only reads, or it has an idempotency key, or it names the version that it changes.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


class HttpClient:
    """Sends requests to one server, one at a time. May be used from several threads, but from no event loop."""

    def __init__(
        self, client: httpx2.AsyncClient, runner: asyncio.Runner, wait: Callable[[float], None], seconds: float
    ) -> None:
        # An event loop, because nothing else can end the wait for an answer in the middle of its head.
        self._client = client
        self._runner = runner
        self._lock = Lock()
        self._wait = wait
        self._seconds = seconds

    def send(self, request: Request, token: str | None = None) -> Response:
        """Return the answer, whatever its status.

        Raises StorageUnavailable when none comes in time, and StorageUnusable for one that is too large.
        """
        headers = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        end = time.monotonic() + self._seconds
        repeated = False
        for pause in (*PAUSES, None):
            try:
                with self._lock:
                    answer = self._runner.run(self._ask(request, headers, end - time.monotonic()))
            except BodyRefused as error:
                raise StorageUnusable(f"The server's answer was not read: {error}; ask for less.") from None
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                if pause is None:
                    raise _unreachable() from None  # The library's message may hold the address.
                repeated |= not isinstance(error, _NEVER_SENT)
                self._wait(pause)
                continue
            delay = _delay(answer, pause)
            if delay is None:
                return replace(answer, repeated=repeated)
            repeated = True
            self._wait(delay)
        raise _unreachable()

    async def _ask(self, request: Request, headers: Mapping[str, str], seconds: float) -> Response:
        asking = self._client.stream(
            request.method, request.path, headers=headers, params=request.parameters, json=request.body
        )
        async with asyncio.timeout(seconds), asking as response:
            return Response(response.status_code, response.headers, await read_body(response, SIZE_LIMIT))


@contextmanager
def open_client(
    address: ServerAddress, wait: Callable[[float], None] = time.sleep, seconds: float = SECONDS
) -> Iterator[HttpClient]:
    """Open a client for one server; its connection is kept for further requests.

    The token goes to that address alone: no redirect is followed, and a server on this machine is asked without a
    proxy.
    """
    client = httpx2.AsyncClient(
        base_url=address.url,
        headers={"Accept": "application/json", **AS_IT_IS},
        timeout=httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        trust_env=not address.local,
    )
    with asyncio.Runner() as runner:
        try:
            yield HttpClient(client, runner, wait, seconds)
        finally:
            runner.run(client.aclose())


def _delay(answer: Response, pause: float | None) -> float | None:
    """Return how long to wait before the next try; None if this is the answer."""
    if pause is None or answer.status not in _BUSY:
        return None
    asked = answer.headers.get("Retry-After", "")
    if not asked.isascii() or not asked.isdecimal():
        return pause
    seconds = float(asked)
    return seconds if seconds <= PATIENCE else None


def _unreachable() -> StorageUnavailable:
    return StorageUnavailable("The server cannot be reached or does not answer; check its address and try again.")
