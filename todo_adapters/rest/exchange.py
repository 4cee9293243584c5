"""Requests to a server, sent again where nothing can go wrong by that, and never without bound."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from todo_adapters.address import ServerAddress
from todo_adapters.rest.answer import Answer
from todo_core.errors import StorageUnavailable

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
"""How long each part of an answer may take; the service gives its store five seconds."""

PAUSES = (0.2, 0.6)
"""Seconds before the second and the third try; there is no fourth."""

PATIENCE = 5.0
"""The longest pause that a server may ask for (Retry-After); one that asks for more is not waited for."""

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


class Exchange:
    """Sends requests to one server. May be used from several threads."""

    def __init__(self, client: httpx2.Client, wait: Callable[[float], None]) -> None:
        self._client = client
        self._wait = wait

    def send(self, request: Request, token: str | None = None) -> Answer:
        """Return the answer, whatever its status. Raises StorageUnavailable when none comes."""
        headers = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        repeated = False
        for pause in (*PAUSES, None):
            try:
                response = self._client.request(
                    request.method,
                    request.path,
                    headers=headers,
                    params=request.parameters,
                    json=request.body,
                )
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
                if pause is None:
                    raise _unreachable() from None  # The library's message may hold the address.
                repeated |= not isinstance(error, _NEVER_SENT)
                self._wait(pause)
                continue
            delay = _delay(response, pause)
            if delay is None:
                return Answer(response.status_code, response.headers, response.content, repeated)
            repeated = True
            self._wait(delay)
        raise _unreachable()


@contextmanager
def open_exchange(address: ServerAddress, wait: Callable[[float], None] = time.sleep) -> Iterator[Exchange]:
    """Open the way to a server; the connection is kept for the requests after the first.

    A token is sent to that address alone: no redirect is followed, and no proxy asked about this machine.
    """
    with httpx2.Client(
        base_url=address.url,
        headers={"Accept": "application/json"},
        timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        trust_env=not address.local,
    ) as client:
        yield Exchange(client, wait)


def _delay(response: httpx2.Response, pause: float | None) -> float | None:
    """Return how long to wait before the next try; None if this is the answer."""
    if pause is None or response.status_code not in _BUSY:
        return None
    asked = response.headers.get("Retry-After", "")
    if not asked.isascii() or not asked.isdecimal():
        return pause
    seconds = float(asked)
    return seconds if seconds <= PATIENCE else None


def _unreachable() -> StorageUnavailable:
    return StorageUnavailable("The server cannot be reached or does not answer; check its address and try again.")
