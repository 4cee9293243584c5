"""An issuer's keys, refreshed in the background, so that requests rarely wait for them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from todo_adapters.tokens.jwks import KeySet, KeySetUnusable, VerificationKey, read_key_set
from todo_adapters.tokens.verifier import KeySource
from todo_core.errors import KeysUnavailable, TokenRefused
from todo_core.override import override
from todo_core.ports import Clock

FRESH = timedelta(seconds=300)
USABLE = timedelta(hours=24)
RETRY = timedelta(seconds=30)
PATIENCE = 3.0
"""Seconds that a request waits for keys, in all."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_LOGGER = logging.getLogger("todo.tokens")


class FetchFailed(Exception):
    """The issuer did not answer with a key set; the message says why and holds no address."""


class KeyCache(KeySource):
    """Holds an issuer's key set, and fetches it anew when that is due, in one task at most.

    Keys are fresh for 300 s. The next request after that starts a refresh and goes on with the known keys. An issuer
    that is down is asked again every 30 s, and its last keys are used for up to 24 h. An unknown key id starts a fetch
    of its own, but not within 30 s of the last such fetch, even if that failed: a flood of invented ids costs the
    issuer no more. ``aclose`` ends the task. Belongs to one event loop.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[bytes]], clock: Clock, *, url: str = "", patience: float = PATIENCE
    ) -> None:
        """``url`` is what the log says of where the keys come from."""
        self._fetch = fetch
        self._clock = clock
        self._url = url
        self._patience = patience
        self._keys: KeySet | None = None
        self._usable_until = self._refresh_at = self._search_at = _NEVER
        self._task: asyncio.Task[None] | None = None

    @override
    def current(self) -> KeySet | None:
        """Return the keys that may be used now; starts a refresh if one is due, and never waits for it."""
        now = self._clock.now()
        if now >= self._refresh_at and self._task is None:
            self._start()
        return self._usable()

    @override
    async def find(self, key_id: str | None) -> tuple[VerificationKey, KeySet]:
        """Return the key of this id and all the keys in use; waits only for a fetch that may find an unknown key.

        Raises TokenRefused if it is unknown still, and KeysUnavailable if no keys may be used.
        """
        if key_id is None:
            raise TokenRefused("missing_key_id")
        keys = await self._keys_for(key_id)
        key = keys.by_id.get(key_id)
        if key is None:
            raise TokenRefused("unknown_key")
        return key, keys

    async def aclose(self) -> None:
        """End the fetch that is under way, if there is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _keys_for(self, key_id: str) -> KeySet:
        under_way = self._task
        keys = self.current()
        if _lacks(keys, key_id):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._look_for(key_id, under_way)
            keys = self._usable()
        if keys is None:
            raise KeysUnavailable
        return keys

    def _usable(self) -> KeySet | None:
        return self._keys if self._clock.now() < self._usable_until else None

    async def _look_for(self, key_id: str, under_way: asyncio.Task[None] | None) -> None:
        # wait() leaves the task alone when a request that waits for it is cancelled.
        if under_way is not None:
            await asyncio.wait([under_way])
        # A fetch that was under way may have missed the newest key, so it does not count as a search for it.
        if _lacks(self._usable(), key_id) and (search := self._search()) is not None:
            await asyncio.wait([search])

    def _search(self) -> asyncio.Task[None] | None:
        """Return the fetch that may find an unknown key id, unless the last such fetch was too short a time ago."""
        if self._task is not None:
            return self._task
        if self._clock.now() < self._search_at:
            return None
        self._search_at = self._clock.now() + RETRY
        return self._start()

    def _start(self) -> asyncio.Task[None]:
        self._refresh_at = self._clock.now() + RETRY
        self._task = asyncio.create_task(self._refresh(), name="refresh of the key set")
        self._task.add_done_callback(self._finished)
        return self._task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.error("keys_not_refreshed", extra={"url": self._url, "reason": type(error).__name__})

    async def _refresh(self) -> None:
        try:
            source = await self._fetch()
            if self._keys is None or self._keys.source != source:
                self._keys = read_key_set(source)
        except (FetchFailed, KeySetUnusable) as error:
            _LOGGER.warning("keys_not_refreshed", extra={"url": self._url, "reason": str(error)})
            return
        now = self._clock.now()
        self._refresh_at = now + FRESH
        self._usable_until = now + USABLE


def _lacks(keys: KeySet | None, key_id: str) -> bool:
    return keys is None or key_id not in keys.by_id
