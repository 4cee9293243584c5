"""Let a blocking store serve an event loop."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from todo_adapters.deadline import GRACE
from todo_adapters.fair_queue import FairQueue, Waiter, overloaded
from todo_core.override import override
from todo_core.ports import Decision, Outcome, TaskRepository
from todo_core.query import TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import NewTask, Task

Result = TypeVar("Result")

_LOGGER = logging.getLogger("todo.storage")

_CALL, _END = True, False


class ThreadedTaskRepository(TaskRepository):
    """Moves each call of a blocking repository to a worker thread.

    Reading and writing have threads of their own, so that reads go on while writers wait for a lock. So has the check
    of the store, which may take longer than either. Users take turns at both. A call that is cancelled goes on in its
    thread until the store ends it; its result is lost.
    """

    def __init__(
        self, store: AbstractContextManager[TaskRepository], *, readers: int, writers: int, deadline: float
    ) -> None:
        """Open a store. Refuse a call that would wait longer than ``deadline`` seconds because of other users."""
        self._store = ExitStack()
        self._repository = self._store.enter_context(store)
        self._readers = _Threads("read", readers, deadline)
        self._writers = _Threads("write", writers, deadline)
        self._checks = _Threads("check", 1, deadline)
        self._all = (self._writers, self._readers, self._checks)

    def close(self) -> None:
        """Wait for the calls under way, end the threads and close the store.

        Returns after ``GRACE`` seconds at most. Calls that take longer end in the background, and the store is closed
        after them; they could hold up the end of the program for a whole deadline.
        """
        for threads in self._all:
            threads.stop()
        closing = Thread(target=self._close_store, name="close", daemon=True)
        closing.start()
        closing.join(GRACE)

    def _close_store(self) -> None:
        for threads in self._all:
            threads.wait()
        try:
            self._store.close()
        except Exception as error:  # noqa: BLE001  nobody waits for this thread, so nobody else would see it
            _LOGGER.error("store_not_closed", extra={"reason": type(error).__name__})  # noqa: TRY400  one line

    @override
    async def add(self, new: NewTask) -> Task | None:
        return await self._writers.run(new.user_id, self._repository.add, new)

    @override
    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:
        return await self._writers.run(user_id, self._repository.add_all, user_id, new)

    @override
    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:
        return await self._readers.run(user_id, self._repository.find_by_key, user_id, key)

    @override
    async def get(self, user_id: str, task_id: int) -> Task | None:
        return await self._readers.run(user_id, self._repository.get, user_id, task_id)

    @override
    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:
        return await self._readers.run(user_id, self._repository.find, user_id, query)

    @override
    async def count(self, user_id: str, query: TaskQuery) -> int:
        return await self._readers.run(user_id, self._repository.count, user_id, query)

    @override
    async def order(self, user_id: str, query: TaskQuery) -> Sequence[int]:
        return await self._readers.run(user_id, self._repository.order, user_id, query)

    @override
    async def find_among(self, user_id: str, query: TaskQuery, task_ids: Sequence[int]) -> Sequence[Task]:
        return await self._readers.run(user_id, self._repository.find_among, user_id, query, task_ids)

    @override
    async def replace(self, before: Task, after: Task | None) -> bool:
        return await self._writers.run(before.user_id, self._repository.replace, before, after)

    @override
    async def change(self, user_id: str, task_ids: Collection[int], decide: Decision[Outcome]) -> Mapping[int, Outcome]:
        return await self._writers.run(user_id, self._repository.change, user_id, task_ids, decide)

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        return await self._readers.run(user_id, self._repository.owner_of, user_id, task_id)

    @override
    async def check(self) -> None:
        await self._checks.run(None, self._repository.check)


class _Threads:
    """Worker threads that take the users' calls in turn by themselves, each one call at a time.

    A pool to which the event loop hands every call would wait for the event loop between any two calls.
    """

    def __init__(self, name: str, number: int, deadline: float) -> None:
        self._queue = FairQueue(deadline, self._refuse)
        self._lock = Lock()
        self._calls: SimpleQueue[bool] = SimpleQueue()  # a _CALL for each waiter, an _END for each thread
        # A program that ends without close must not wait for them.
        self._threads = [Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(number)]
        for thread in self._threads:
            thread.start()

    async def run(
        self, user_id: str | None, method: Callable[..., Coroutine[Any, Any, Result]], *arguments: object
    ) -> Result:
        """Return what a method returns, called in a thread when it is the user's turn. Raises StorageOverloaded."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        with self._lock:
            self._queue.join(user_id, Waiter(answer, monotonic(), partial(method, *arguments)))
        self._calls.put(_CALL)
        return await answer

    def stop(self) -> None:
        """End each thread after its call; the calls that wait are not carried out."""
        with self._lock:
            while waiter := self._queue.take(monotonic()):
                waiter.future.cancel()
        for _ in self._threads:
            self._calls.put(_END)

    def wait(self) -> None:
        """Wait until all threads have ended."""
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while self._calls.get():
            with self._lock:
                waiter = self._queue.take(monotonic())
            if waiter is not None:
                self._call(waiter)

    def _call(self, waiter: Waiter) -> None:
        try:
            result = run_now(waiter.work())
        except BaseException as error:  # noqa: BLE001  whoever waits gets it
            _settle(waiter.future, waiter.future.set_exception, error)
        else:
            _settle(waiter.future, waiter.future.set_result, result)

    def _refuse(self, answer: asyncio.Future[Any]) -> None:
        _settle(answer, answer.set_exception, overloaded())


def _settle(answer: asyncio.Future[Any], settle: Callable[[Any], None], outcome: object) -> None:
    """Settle an answer in its event loop, unless that loop has ended or the answer was given up meanwhile."""

    def settle_if_wanted() -> None:
        if not answer.done():
            settle(outcome)

    with suppress(RuntimeError):
        answer.get_loop().call_soon_threadsafe(settle_if_wanted)
