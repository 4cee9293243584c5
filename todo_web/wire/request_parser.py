"""Parse requests: uvicorn's parser with the limits that it lacks."""

from enum import Enum, auto

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from todo_web.problems import Problem
from todo_web.wire.error_responses import malformed_request
from todo_web.wire.head import FIELD_LIMIT, HEAD_LIMIT, check_framing, check_version, head_too_large, without_offer


class Arriving(Enum):
    """The part of a request that the next bytes belong to."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


NOTHING, HEAD, BODY = Arriving


class BoundedRequests(HttpToolsProtocol):
    """Parses requests, and refuses one that is too long or that a proxy may read as a different request."""

    arriving = NOTHING
    _bytes_without_progress = 0
    _trailers = 0
    _offers_upgrade = False

    def read(self, piece: bytes) -> None:
        """Give the parser a piece of what came. Raises Problem, after which nothing more can be read."""
        self._bytes_without_progress += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            self._decline_upgrade(piece[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            # The parser wraps what its callbacks below raise.
            raise (error.__context__ if isinstance(error.__context__, Problem) else malformed_request()) from None
        if self._bytes_without_progress > HEAD_LIMIT:
            raise head_too_large()

    def _decline_upgrade(self, rest: bytes) -> None:
        """Read the request as if nothing had been offered; the parser would take its body for another protocol."""
        method, version = self.parser.get_method(), self.parser.get_http_version()
        self._offers_upgrade = False
        self._bytes_without_progress = 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self.read(without_offer(method, self.url, version, self.headers) + rest)

    def on_message_begin(self) -> None:
        """Begin with a head."""
        super().on_message_begin()
        self.arriving = HEAD

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of a head; count one of the trailers, which is no field of a head (RFC 9110, section 6.5.1)."""
        if self.arriving is BODY:
            self._trailers += 1
            if self._trailers > FIELD_LIMIT:
                raise head_too_large()
            return
        if len(self.headers) == FIELD_LIMIT:
            raise head_too_large()
        # As uvicorn does; a call for each field would be felt.
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Give the request to the application, now or in its turn."""
        version = self.parser.get_http_version()
        check_version(version)
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise malformed_request()
            self._offers_upgrade = True
            return
        check_framing(self.headers, version)
        super().on_headers_complete()
        self.arriving = BODY
        self._bytes_without_progress = 0
        self._trailers = 0

    def on_body(self, body: bytes) -> None:
        """Give a part of the body to the application."""
        self._bytes_without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request, unless it is about to be read again without its offer."""
        if self._offers_upgrade:
            return
        self.arriving = NOTHING
        self._bytes_without_progress = 0
        super().on_message_complete()
