"""A TCP gate before the server: closed it holds connections like a waking compute, and it can lose an answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.event_loop import LoopThread, loop_thread


class Gate:
    """Passes on what comes to its port; starts closed. Its methods may be called from any thread."""

    def __init__(self, loop: LoopThread, target: int) -> None:
        self._loop = loop
        self._target = target
        self._opened = asyncio.Event()
        self._arrived = asyncio.Event()
        self._marker: bytes | None = None
        self._keeps_ends = False
        self._server = loop.run(asyncio.start_server(self._pass_on, "localhost"))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def open(self, after: float = 0) -> None:
        """Open now, or in a number of seconds."""

        async def opened() -> None:
            await asyncio.sleep(after)
            self._opened.set()

        self._loop.run(opened())

    def wait_for_a_connection(self) -> None:
        """Return when somebody waits before the closed gate."""
        self._loop.run(asyncio.wait_for(self._arrived.wait(), 30))

    def lose_the_answer_to(self, marker: bytes) -> None:
        """Pass on the next request that holds these bytes, and end its connection when the answer comes, unseen."""
        self._marker = marker

    def keep_ends(self) -> None:
        """From now on pass on what the server says last, but not yet that it has closed the connection."""
        self._keeps_ends = True

    def close(self) -> None:
        self._loop.run(self._stop())

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._arrived.set()
        await self._opened.wait()
        server_reader, server_writer = await asyncio.open_connection("localhost", self._target)
        losing = asyncio.Event()

        async def requests() -> None:
            while data := await reader.read(65536):
                if self._marker and self._marker in data:
                    self._marker = None
                    losing.set()
                server_writer.write(data)

        async def answers() -> None:
            while (data := await server_reader.read(65536)) and not losing.is_set():
                writer.write(data)
            if self._keeps_ends:
                await asyncio.Event().wait()

        directions = [asyncio.create_task(requests()), asyncio.create_task(answers())]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            writer.close()
            server_writer.close()


@contextmanager
def closed_gate(target: int) -> Iterator[Gate]:
    with loop_thread() as loop:
        gate = Gate(loop, target)
        try:
            yield gate
        finally:
            gate.close()
