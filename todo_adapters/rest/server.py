"""Which server, as one URL says it (``TODO_SERVER``, ``--server``)."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from todo_adapters.address import ServerAddress
from todo_core.errors import StorageUnusable


def parse_server(url: str) -> ServerAddress:
    """Return the server that a URL names. Raises StorageUnusable, which never repeats the URL.

    A token is as good as a password while it is valid, so without TLS only this machine is talked to.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _not_understood() from None
    if parts.scheme not in {"http", "https"} or not host or not _is_plain(parts):
        raise _not_understood()
    local = _is_loopback(host)
    if parts.scheme == "http" and not local:
        raise StorageUnusable("A token is sent in the clear over http; use https, or http on this machine only.")
    name = f"[{host}]" if ":" in host else host
    return ServerAddress(f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path.rstrip('/')}", local=local)


def _is_plain(parts: SplitResult) -> bool:
    """Whether there is nothing but host, port and path: a credential or a query is not for an address."""
    text = f"{parts.netloc}{parts.path}"
    return not (parts.query or parts.fragment or "@" in parts.netloc) and text.isascii() and text.isprintable()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_understood() -> StorageUnusable:
    return StorageUnusable("The server's address is not understood; use https://host or http://localhost:8000.")
