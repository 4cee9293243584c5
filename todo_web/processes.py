"""The process that serves an address, or several of them."""

import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


def serve(config: uvicorn.Config, when_bound: Callable[[], None] | None = None) -> None:
    """Serve with as many processes as the settings of the server say; replace those of several that end.

    Calls ``when_bound`` when the address is this service's.
    """
    when_bound = when_bound or _say_nothing
    if config.workers == 1:
        server = _Server(config, when_bound)
        with suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
    else:
        bound = _socket(config)
        when_bound()
        Multiprocess(config, sockets=[bound]).run()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, when_bound: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_bound = when_bound

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_bound()


def _say_nothing() -> None:
    pass


class _OwnSocket(socket.socket):
    """A bound socket that becomes another one on the same address in every process that it is sent to.

    Of several sockets on one address the kernel gives each its share of the connections. Of one socket on which several
    processes listen, the first to wake takes all the connections that wait. The price: while a process is stopped, its
    share of the new connections waits, until it is replaced 5 seconds later.
    """

    def __reduce__(self) -> tuple[object, ...]:
        return _bound, (self.family, self.getsockname())


def _socket(config: uvicorn.Config) -> socket.socket:
    # Says that the address is served now, or that another program serves it already.
    shared = config.bind_socket()
    if sys.platform != "linux":  # others give all connections to one of the sockets
        return shared
    with shared:
        place = shared.family, shared.getsockname()
    return _bound(*place)


def _bound(family: int, address: tuple[object, ...]) -> _OwnSocket:
    own = _OwnSocket(family)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.bind(address)
    return own
