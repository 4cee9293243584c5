"""HTTP/1.1 on the wire: the server's own protocol, with a limit that it lacks."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT = 64 * 1024
"""Bytes of a request before its body: its first line and all its headers."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\nx-content-type-options: nosniff\r\n\r\n"
)


class BoundedHeadProtocol(HttpToolsProtocol):
    """Refuses a request whose head is too long, before anybody knows who sends it (RFC 6585, section 5)."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Take what the network delivers."""
        if self._in_head:
            self._head_bytes += len(data)
            # A body may follow the head in the same delivery, so only a head that does not end is refused here.
            if self._head_bytes > HEAD_LIMIT and b"\r\n\r\n" not in data:
                self._refuse()
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Begin with the request, unless its head is too long."""
        self._in_head = False
        self._head_bytes = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next request of this connection."""
        self._in_head = True
        super().on_message_complete()

    def _refuse(self) -> None:
        self.transport.write(_TOO_LARGE)
        self.transport.close()
