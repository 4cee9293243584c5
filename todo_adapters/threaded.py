"""Let a blocking store serve an event loop."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from todo_adapters.turns import Turns
from todo_core.driver import run_now
from todo_core.ports import Outcome, TaskRepository
from todo_core.query import Order, TaskQuery
from todo_core.task import NewTask, Task

Result = TypeVar("Result")


class ThreadedTaskRepository:
    """Implements todo_core.ports.TaskRepository by moving each call of a blocking one to a worker thread.

    Reading and writing have threads of their own, so that reads go on while writers wait for a lock; users take turns
    at both. A call that is cancelled goes on in its thread until the store ends it; what came of it is lost.
    """

    def __init__(self, repository: TaskRepository, *, readers: int, writers: int, deadline: float) -> None:
        """Refuse a call that would wait longer than ``deadline`` seconds because of other users."""
        self._repository = repository
        self._readers = _Threads("read", readers, deadline)
        self._writers = _Threads("write", writers, deadline)

    def close(self) -> None:
        """Wait for the calls under way and end the threads; the repository within stays open."""
        self._writers.close()
        self._readers.close()

    @property
    def waiting(self) -> int:
        """How many calls wait for a turn."""
        return self._writers.turns.waiting + self._readers.turns.waiting

    async def add(self, new: NewTask) -> Task | None:  # noqa: D102  the port says it
        return await self._writers.run(new.user_id, self._repository.add, new)

    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:  # noqa: D102  the port says it
        return await self._writers.run(user_id, self._repository.add_all, user_id, new)

    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:  # noqa: D102  the port says it
        return await self._readers.run(user_id, self._repository.find_by_key, user_id, key)

    async def get(self, user_id: str, task_id: int) -> Task | None:  # noqa: D102  the port says it
        return await self._readers.run(user_id, self._repository.get, user_id, task_id)

    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:  # noqa: D102  the port says it
        return await self._readers.run(user_id, self._repository.find, user_id, query)

    async def count(self, user_id: str, query: TaskQuery) -> int:  # noqa: D102  the port says it
        return await self._readers.run(user_id, self._repository.count, user_id, query)

    async def order(self, user_id: str, query: TaskQuery) -> Order:  # noqa: D102  the port says it
        return await self._readers.run(user_id, self._repository.order, user_id, query)

    async def find_among(  # noqa: D102  the port says it
        self, user_id: str, query: TaskQuery, task_ids: Sequence[int]
    ) -> Sequence[Task]:
        return await self._readers.run(user_id, self._repository.find_among, user_id, query, task_ids)

    async def replace(self, before: Task, after: Task | None) -> bool:  # noqa: D102  the port says it
        return await self._writers.run(before.user_id, self._repository.replace, before, after)

    async def change(  # noqa: D102  the port says it
        self, user_id: str, task_ids: Collection[int], decide: Callable[[Mapping[int, Task]], Mapping[int, Outcome]]
    ) -> Mapping[int, Outcome]:
        return await self._writers.run(user_id, self._repository.change, user_id, task_ids, decide)

    async def owner_of(self, task_id: int) -> str | None:  # noqa: D102  the port says it
        return await self._readers.run(None, self._repository.owner_of, task_id)

    async def check(self) -> None:  # noqa: D102  the port says it
        await self._readers.run(None, self._repository.check)


class _Threads:
    """Worker threads, each for one call at a time."""

    def __init__(self, name: str, number: int, deadline: float) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix=name)
        self.turns = Turns(number, deadline)

    async def run(
        self, user_id: str | None, method: Callable[..., Coroutine[Any, Any, Result]], *arguments: object
    ) -> Result:
        """Return what a method returns, called in a turn of the user, or before all users if there is none."""
        await self.turns.acquire(user_id, first=user_id is None)
        call = asyncio.get_running_loop().run_in_executor(self._pool, lambda: run_now(method(*arguments)))
        call.add_done_callback(lambda _: self.turns.release())
        # Who gives up waiting ends the call no sooner, and must not end its turn.
        return await asyncio.shield(call)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
