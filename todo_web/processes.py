"""The process that serves an address, or several of them."""

import socket
import sys
from contextlib import suppress

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


def serve(config: uvicorn.Config) -> None:
    """Serve with as many processes as the settings of the server say; replace those of several that end."""
    if config.workers == 1:
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
    else:
        Multiprocess(config, sockets=[_socket(config)]).run()


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
