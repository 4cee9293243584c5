"""Let a blocking store serve an event loop."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from todo_core.driver import run_now
from todo_core.ports import Outcome, TaskRepository
from todo_core.query import TaskQuery
from todo_core.task import NewTask, Task

Result = TypeVar("Result")


class ThreadedTaskRepository:
    """Implements todo_core.ports.TaskRepository by moving each call of a blocking one to a worker thread.

    Reading and writing have threads of their own, so that reads go on while writers wait for a lock; so has a look at
    the store's state, which may take longer than either. A call that is
    cancelled goes on in its thread until the store ends it; what came of it is lost.
    """

    def __init__(self, repository: TaskRepository, *, readers: int, writers: int) -> None:
        self._repository = repository
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="read")
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="write")
        self._checks = ThreadPoolExecutor(1, thread_name_prefix="check")

    def close(self) -> None:
        """Wait for the calls under way and end the threads; the repository within stays open."""
        self._writers.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        self._checks.shutdown(cancel_futures=True)

    async def add(self, new: NewTask) -> Task | None:  # noqa: D102  the port says it
        return await self._run(self._writers, self._repository.add, new)

    async def add_all(self, user_id: str, new: Iterable[NewTask]) -> Sequence[int]:  # noqa: D102  the port says it
        return await self._run(self._writers, self._repository.add_all, user_id, new)

    async def find_by_key(self, user_id: str, key: str) -> tuple[Task, bytes] | None:  # noqa: D102  the port says it
        return await self._run(self._readers, self._repository.find_by_key, user_id, key)

    async def get(self, user_id: str, task_id: int) -> Task | None:  # noqa: D102  the port says it
        return await self._run(self._readers, self._repository.get, user_id, task_id)

    async def find(self, user_id: str, query: TaskQuery) -> Sequence[Task]:  # noqa: D102  the port says it
        return await self._run(self._readers, self._repository.find, user_id, query)

    async def count(self, user_id: str, query: TaskQuery) -> int:  # noqa: D102  the port says it
        return await self._run(self._readers, self._repository.count, user_id, query)

    async def replace(self, before: Task, after: Task | None) -> bool:  # noqa: D102  the port says it
        return await self._run(self._writers, self._repository.replace, before, after)

    async def change(  # noqa: D102  the port says it
        self, user_id: str, task_ids: Collection[int], decide: Callable[[Mapping[int, Task]], Mapping[int, Outcome]]
    ) -> Mapping[int, Outcome]:
        return await self._run(self._writers, self._repository.change, user_id, task_ids, decide)

    async def owner_of(self, task_id: int) -> str | None:  # noqa: D102  the port says it
        return await self._run(self._readers, self._repository.owner_of, task_id)

    async def check(self) -> None:  # noqa: D102  the port says it
        await self._run(self._checks, self._repository.check)

    async def _run(
        self, threads: ThreadPoolExecutor, method: Callable[..., Coroutine[Any, Any, Result]], *arguments: object
    ) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, lambda: run_now(method(*arguments)))
