"""Which server, as one URL says it (``TODO_SERVER``, ``--server``)."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from todo_adapters.address import ServerAddress
from todo_core.errors import StorageUnusable

_LABEL = "[a-z0-9_-]{1,63}"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
"""A host as DNS has it; a name in other letters must be in its ASCII form (``xn--…``)."""

_PATH = re.compile(r"[A-Za-z0-9/._~-]*")


def parse_server(url: str) -> ServerAddress:
    """Return the server that a URL names. Raises StorageUnusable, which never repeats the URL.

    A valid token is as good as a password, so a server without TLS must be on this machine.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _not_understood() from None
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or not _is_plain(parts, host):
        raise _not_understood()
    local = _is_loopback(host)
    if parts.scheme == "http" and not local:
        raise StorageUnusable("Over http a token would be sent unencrypted; use https, or http to this machine only.")
    name = f"[{host}]" if ":" in host else host
    return ServerAddress(f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path.rstrip('/')}", local=local)


def _is_plain(parts: SplitResult, host: str) -> bool:
    """Whether a URL holds nothing but host, port and path, so neither a credential nor a query."""
    if parts.query or parts.fragment or set("@%") & set(parts.netloc) or not _PATH.fullmatch(parts.path):
        return False
    return _is_ip_address(host) if "[" in parts.netloc else bool(_HOST.fullmatch(host))


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip_address(host) and ipaddress.ip_address(host).is_loopback)


def _not_understood() -> StorageUnusable:
    return StorageUnusable("The server's address is not understood; use https://host or http://localhost:8000.")
