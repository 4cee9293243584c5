"""Fetches a key set over HTTP."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from todo_adapters.http_body import AS_IT_IS, BodyRefused, read_body
from todo_adapters.tokens.jwks_cache import FetchFailed

TIMEOUT = 3.0
"""Seconds for a whole answer."""

SIZE_LIMIT = 64 * 1024


class JwksClient:
    """Asks one address for its key set: no redirect is followed, no cookie kept, nothing unpacked."""

    def __init__(self, client: httpx2.AsyncClient, url: str, seconds: float) -> None:
        self._client = client
        self._url = url
        self._seconds = seconds

    async def fetch(self) -> bytes:
        """Return what the address answers. Raises FetchFailed, after ``seconds`` in all at the latest."""
        try:
            async with asyncio.timeout(self._seconds), self._client.stream("GET", self._url) as response:
                if response.status_code != httpx2.codes.OK:
                    raise FetchFailed(f"status {response.status_code}")
                return await read_body(response, SIZE_LIMIT)
        except BodyRefused as error:
            raise FetchFailed(str(error)) from None
        except TimeoutError:
            raise FetchFailed(f"no whole answer within {self._seconds:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise FetchFailed(_reason(error)) from None


@asynccontextmanager
async def open_jwks_client(url: str, seconds: float = TIMEOUT) -> AsyncIterator[JwksClient]:
    """Open a client for one address; ``seconds`` is how long a whole answer may take."""
    headers = {"Accept": "application/jwk-set+json, application/json", **AS_IT_IS}
    async with httpx2.AsyncClient(
        headers=headers,
        timeout=seconds,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        limits=httpx2.Limits(max_keepalive_connections=0),
    ) as client:
        yield JwksClient(client, url, seconds)


def _reason(error: BaseException) -> str:
    """Return what went wrong without the library's message, which may hold the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, socket.gaierror):
            return f"the host is not known: {cause.strerror}"
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
