"""Read the body of an HTTP answer, uncompressed and up to a limit."""

import httpx2

AS_IT_IS = {"Accept-Encoding": "identity"}
"""Asks for a body that is not compressed: a small one could unpack to any size."""


class BodyRefused(Exception):
    """The body is not read to its end; the message says why."""


async def read_body(response: httpx2.Response, limit: int) -> bytes:
    """Return the body of an answer that is being streamed. Raises BodyRefused for a compressed or a longer one."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise BodyRefused("the answer is compressed, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise BodyRefused(f"the answer is larger than {limit} bytes")
    return bytes(body)
