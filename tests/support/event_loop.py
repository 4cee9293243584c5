"""Event loops for tests: one in another thread, and one whose time the test decides."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar, cast

from todo_core.ports import TaskRepository

Result = TypeVar("Result")


class LoopThread:
    """An event loop in a thread of its own, for several threads at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


@contextmanager
def loop_thread() -> Iterator[LoopThread]:
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        thread = Thread(target=loop.run_forever)
        thread.start()
        try:
            yield LoopThread(loop)
        finally:
            LoopThread(loop).run(settled())  # what is being closed is closed
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


class _Driven:
    """Every method of a repository, run in another thread's event loop, so that ``run_now`` can call it."""

    def __init__(self, repository: TaskRepository, loop: LoopThread) -> None:
        self._repository = repository
        self._loop = loop

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        method = getattr(self._repository, name)

        async def call(*arguments: object) -> object:
            return self._loop.run(method(*arguments))

        return call


def driven(repository: TaskRepository, loop: LoopThread) -> TaskRepository:
    return cast("TaskRepository", _Driven(repository, loop))


class Clockwork(asyncio.SelectorEventLoop):
    """An event loop whose time passes only when a test says so."""

    now = 0.0

    def time(self) -> float:
        return self.now

    async def pass_time(self, seconds: float) -> None:
        """Let what is due then happen, and all that follows at once."""
        self.now += seconds
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
