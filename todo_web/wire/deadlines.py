"""How long a connection may keep the server waiting."""

from dataclasses import dataclass

LINGER = 2.0
"""Seconds for a client to read the last answer of a connection before it is cut (RFC 9112, section 9.6)."""


@dataclass(frozen=True)
class Deadlines:
    """Seconds. A connection between two requests has the server's own limit."""

    request: float = 15
    """From the first byte of a request, or of a new connection, to the last byte of the body."""

    answer: float = 30
    """For which no byte of an unsent answer leaves."""


DEADLINES = Deadlines()
