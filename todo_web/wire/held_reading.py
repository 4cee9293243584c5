"""Reading from a client, which stops while the client sends faster than it is answered."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl


class HeldReading(FlowControl):
    """The server's flow control, which can be held.

    Until it is released, an application that asks for a body does not make it read again.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._held = False

    def hold(self) -> None:
        """Read nothing until it is released."""
        self._held = True
        self.pause_reading()

    def release(self) -> None:
        """Read again."""
        self._held = False
        self.resume_reading()

    def resume_reading(self) -> None:
        """Read again, unless it is held."""
        if not self._held:
            super().resume_reading()
