"""Clients that send each request when its time has come, whether those before it are answered or not.

What `wrk` cannot: its connections wait for an answer before they send again, and it drops what is under way at the end.
"""

import gc
import os
import random
import select
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, cycle, takewhile
from math import ceil
from multiprocessing import get_context
from urllib.parse import urlsplit

import httptools

NO_ANSWER = 0
"""The status of a request whose connection was closed, or on which nothing happened for half a minute."""

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, in seconds since the load began."""

    due: float
    """When it ought to have been sent."""

    free: float
    """When its connection had the answer to the last one: later than ``due`` only if no connection was free then."""

    sent: float
    answered: float
    status: int

    @property
    def failed(self) -> bool:
        """Whether it was not answered with what was asked for."""
        return not 200 <= self.status < 300


def arrivals(rate: float, seconds: float, seed: int = 1) -> Iterator[float]:
    """Return random times, so many in a second on average, each independent of all others."""
    chance = random.Random(seed)  # noqa: S311  no secret
    gaps = iter(partial(chance.expovariate, rate), None)
    return takewhile(lambda due: due < seconds, accumulate(gaps))


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the smallest value that so many of a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def send_at_random(
    url: str, requests: Sequence[bytes], connections: int, rate: float, seconds: float
) -> list[Exchange]:
    """Send requests at random times, on whichever connection is free, and wait for all answers."""
    return _elsewhere(url, requests, connections, list(arrivals(rate, seconds)), None)


def send_in_turn(url: str, requests: Sequence[bytes], connections: int, seconds: float) -> list[Exchange]:
    """Let each connection send its next request when it has the answer to the last one; wait for all answers."""
    return _elsewhere(url, requests, connections, (), seconds)


def _elsewhere(
    url: str, requests: Sequence[bytes], connections: int, due: Sequence[float], seconds: float | None
) -> list[Exchange]:
    """Run clients in a process of their own, where no other thread keeps them waiting."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_send, url, requests, connections, due, seconds).result()


def _send(
    url: str, requests: Sequence[bytes], connections: int, due: Sequence[float], seconds: float | None
) -> list[Exchange]:
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # it needs little time, but at once
    links = [_Link(url) for _ in range(connections)]
    gc.disable()
    begun = time.perf_counter()
    times = iter(due) if seconds is None else _until(begun, seconds)
    idle, busy, exchanges = deque(links), set[_Link](), list[Exchange]()
    following, upcoming = cycle(requests), next(times, None)
    while busy or upcoming is not None:
        now = time.perf_counter() - begun
        while upcoming is not None and upcoming <= now and idle:
            link = idle.popleft()
            link.send(next(following), upcoming, now)
            busy.add(link)
            upcoming, now = next(times, None), time.perf_counter() - begun
        pause = max(0.0, upcoming - now) if upcoming is not None and idle else _TIMEOUT_SECONDS
        # Unlike epoll, which wakes at a whole millisecond, select keeps to the microsecond.
        ready = select.select(busy, (), (), pause)[0]
        if not ready and pause == _TIMEOUT_SECONDS:
            for link in busy:
                link.give_up()
            ready = [*busy]
        for link in ready:
            if link.has_ended():
                answered = time.perf_counter() - begun
                exchanges.append(Exchange(link.due, link.free, link.sent, answered, link.status))
                link.free = answered
                busy.remove(link)
                idle.append(link)
    return exchanges


def _until(begun: float, seconds: float) -> Iterator[float]:
    """Yield a time that has come already, until the end."""
    while time.perf_counter() - begun < seconds:
        yield 0.0


class _Link:
    """A connection with at most one request under way; there is a new one when the server has closed it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname, parts.port
        self.due = self.free = self.sent = 0.0
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._parser = httptools.HttpResponseParser(self)
        self._ended = False
        self.status = NO_ANSWER

    def fileno(self) -> int:
        """Return what select waits for."""
        return self._socket.fileno()

    def send(self, request: bytes, due: float, now: float) -> None:
        """Send a request; requests are short enough to go out at once."""
        self.due, self.sent, self._ended = due, now, False
        with suppress(ConnectionError):  # whoever waits for the answer sees it too
            self._socket.sendall(request)

    def has_ended(self) -> bool:
        """Take in what has come, and say whether there is nothing more to wait for."""
        if self._ended:
            return True
        content = b""
        with suppress(ConnectionError):
            content = self._socket.recv(65536)
        if not content:
            self.give_up()
        else:
            self._parser.feed_data(content)
        return self._ended

    def give_up(self) -> None:
        """Take a request for one without an answer."""
        self._socket.close()
        self._open()
        self._ended = True

    def on_message_complete(self) -> None:
        """Hear from the parser that the answer is whole."""
        self.status = self._parser.get_status_code()
        self._ended = True
