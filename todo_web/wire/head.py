"""What the head of a request must be before the application sees it."""

import re
from collections.abc import Iterable, Iterator

from todo_web.header_fields import HeaderField
from todo_web.problems import Problem

HEAD_LIMIT = 64 * 1024
"""Bytes of a request before its body: its first line and all its fields. As many may follow a body as trailers."""

FIELD_LIMIT = 200
"""Fields of a head. As many may follow a body as trailers."""

_VERSIONS = {"1.0", "1.1"}

_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]*[ \t]*")
_CHUNKED = re.compile(rb"chunked[ \t]*", re.IGNORECASE)


def head_too_large() -> Problem:
    """Return the answer to a head, or to trailers, that are too long (RFC 6585, section 5)."""
    return Problem(
        431, "head_too_large", f"The head of a request must have at most {HEAD_LIMIT} bytes and {FIELD_LIMIT} fields."
    )


def http_version_not_supported() -> Problem:
    """Return the answer to a request of another version than the server speaks (RFC 9110, section 15.6.6)."""
    return Problem(505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are supported.")


def check_version(version: str) -> None:
    """Refuse a version that the server does not speak. Raises Problem."""
    if version not in _VERSIONS:
        raise http_version_not_supported()


def check_framing(fields: Iterable[HeaderField], version: str) -> None:
    """Refuse a head that others on the way may read as another request than this server does. Raises Problem.

    One Host, which only HTTP/1.0 may lack (RFC 9112, section 3.2); no transfer coding but a single ``chunked``, and
    none before HTTP/1.1 (section 6.1). The parser itself refuses a second coding, and a length beside one.
    """
    hosts = 0
    for name, value in fields:
        if name == b"host":
            hosts += 1
            if not _HOST.fullmatch(value):
                raise invalid_host()
        elif name == b"transfer-encoding" and (not _CHUNKED.fullmatch(value) or version < "1.1"):
            raise invalid_transfer_encoding()
    if hosts > 1 or (hosts == 0 and version >= "1.1"):
        raise invalid_host()


def without_offer(method: bytes, target: bytes, version: str, fields: Iterable[HeaderField]) -> bytes:
    """Write a head anew without its offer to upgrade, which a server may ignore (RFC 9110, section 7.8)."""
    lines = [b"%b %b HTTP/%b" % (method, target, version.encode())]
    lines += [b"%b: %b" % field for field in _kept(fields)]
    return b"\r\n".join([*lines, b"", b""])


def _kept(fields: Iterable[HeaderField]) -> Iterator[HeaderField]:
    for name, value in fields:
        if name == b"connection":
            options = [option.strip() for option in value.split(b",")]
            yield name, b", ".join(option for option in options if option.lower() != b"upgrade")
        elif name != b"upgrade":
            yield name, value


def invalid_host() -> Problem:
    """Return the answer to a request for no host, or for several."""
    return Problem(400, "invalid_host", "A request must have one Host header that names a host.")


def invalid_transfer_encoding() -> Problem:
    """Return the answer to a body that is coded in another way than in chunks."""
    return Problem(400, "invalid_transfer_encoding", "The only transfer coding that is supported is a single chunked.")
