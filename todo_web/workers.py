"""Serve an address with one process, or with several workers."""

import multiprocessing
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from threading import Thread

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

APPLICATION = "todo_web.workers:served_app"
DEVELOPMENT_APPLICATION = "todo_web.workers:served_development_app"
"""Where each process finds the factory of its application."""

EVERY_ADDRESS = "::"
"""The host that means every address of the machine, those of IPv4 included."""


def served_development_app() -> ASGIApp:
    """Return the application of ``todo-web --dev``; otherwise like ``served_app``."""
    return served_app(development=True)


def served_app(*, development: bool = False) -> ASGIApp:
    """Return the application of this process, which ends when its supervisor does, however that was ended."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        Thread(target=_end_after, args=(supervisor,), daemon=True).start()
    from todo_web.app import create_app  # noqa: PLC0415  slow to import: a worker tells first that it lives

    return create_app(development=development)


def _end_after(supervisor: BaseProcess) -> None:
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)


def check_address(host: str, port: int) -> None:
    """Raise OSError for an address that this process cannot listen on, before the server says so in its own words."""
    for family, kind, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            probe = socket.socket(family, kind)
        except OSError:  # a family that this machine does not have; the server leaves it out as well
            continue
        with probe:
            if family == socket.AF_INET6:  # as the server does: else the same port of IPv4 is another one
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != EVERY_ADDRESS)
            if sys.platform != "win32":  # as the server does; there it would allow a second program
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)


def serve(config: uvicorn.Config, when_bound: Callable[[], None] | None = None) -> None:
    """Serve with as many processes as the settings of the server say; replace those of several that end.

    Calls ``when_bound`` once the address is bound.
    """
    if config.workers == 1:
        server = _Server(config, when_bound)
        with suppress(KeyboardInterrupt):
            server.run([_every_address(config)] if config.host == EVERY_ADDRESS else None)
        if not server.started:
            sys.exit(STARTUP_FAILURE)
        return
    shared = config.bind_socket()  # says that the address is served now, or that another program serves it already
    if when_bound:
        when_bound()
    if sys.platform == "linux":
        _Supervisor(config, shared).run()
    else:  # other systems give all connections to one of several sockets
        Multiprocess(config, [shared]).run()


def _every_address(config: uvicorn.Config) -> socket.socket:
    """Return a socket that listens for IPv4 as well; asyncio would listen for IPv6 alone (Kludex/uvicorn#2945).

    It listens from now on, because ``bind_socket`` says that the address is served.
    """
    both = config.bind_socket()
    both.listen(config.backlog)
    return both


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, when_bound: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_bound = when_bound

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        if self._when_bound:
            self._when_bound()


class _Supervisor(Multiprocess):
    """Gives every worker a socket of its own, which listens before the first worker begins.

    Among several sockets on one address the kernel shares out the connections. If several processes listen on one
    socket, the first to wake takes all connections that wait. The price: while a process is stopped, its share of the
    new connections waits until it is replaced 5 seconds later.
    """

    def __init__(self, config: uvicorn.Config, place: socket.socket) -> None:
        self._own = _OwnSockets(config, place)
        super().__init__(config, [self._own])

    def keep_subprocess_alive(self) -> None:
        """Close the sockets that the workers have received, and replace workers that have died.

        No socket may listen without its worker.
        """
        self._own.close_given()
        super().keep_subprocess_alive()


class _OwnSockets(socket.socket):
    """A socket that becomes another listening one in each process that it is sent to."""

    def __init__(self, config: uvicorn.Config, place: socket.socket) -> None:
        super().__init__(place.family)
        self._address = place.getsockname()
        self._backlog = config.backlog
        place.close()
        self._ready = deque(self._listening() for _ in range(config.workers))
        self._given: list[socket.socket] = []

    def close_given(self) -> None:
        """Close the sockets that were sent."""
        while self._given:
            self._given.pop().close()

    def __reduce__(self) -> tuple[object, ...]:
        self._given.append(self._ready.popleft() if self._ready else self._listening())
        return _itself, (self._given[-1],)

    def _listening(self) -> socket.socket:
        own = socket.socket(self.family)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        own.bind(self._address)
        own.listen(self._backlog)
        return own


def _itself(own: socket.socket) -> socket.socket:
    return own
