"""The answers that the server gives without the application, as problem details; each ends its connection."""

from collections.abc import Iterable
from http import HTTPStatus

from todo_web.paths import reference
from todo_web.problems import INSTANCE_LIMIT, MEDIA_TYPE, NOT_STORED, Problem, represent


def malformed_request() -> Problem:
    """Return the answer to what the parser cannot read."""
    return Problem(400, "malformed_request", "This is not a valid HTTP/1.1 request.")


def request_timeout(seconds: float) -> Problem:
    """Return the answer to a request that does not arrive."""
    return Problem(408, "request_timeout", f"The request did not arrive within {seconds:g} seconds.")


def encode(
    problem: Problem, target: bytes, request_id: bytes, headers: Iterable[tuple[bytes, bytes]], *, with_body: bool
) -> bytes:
    """Return a whole answer as it goes over the wire.

    ``target`` is what has come of the request's target, ``headers`` what every answer has.
    """
    instance = reference(target.partition(b"?")[0])[:INSTANCE_LIMIT]
    body = represent(problem, instance, request_id.decode()).model_dump_json(exclude_none=True).encode()
    fields = [
        *headers,
        *((name.lower().encode(), value.encode()) for name, value in NOT_STORED.items()),
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        (b"x-request-id", request_id),
        (b"x-content-type-options", b"nosniff"),
    ]
    lines = [b"HTTP/1.1 %d %b" % (problem.status, HTTPStatus(problem.status).phrase.encode())]
    lines += [b"%b: %b" % field for field in fields]
    return b"\r\n".join([*lines, b"", body if with_body else b""])
