"""A blocking store on an event loop: users take turns at its threads."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from threading import Event

import pytest

from tests.adapters.test_repository import draft
from todo_adapters import worker_threads
from todo_adapters.memory import MemoryTaskRepository
from todo_adapters.worker_threads import ThreadedTaskRepository
from todo_core.errors import StorageUnavailable
from todo_core.ports import TaskRepository
from todo_core.query import TaskQuery
from todo_core.task import Task


class SlowRepository(MemoryTaskRepository):
    """A store whose reads wait until a test lets each of them go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[str, int]] = []
        self.has_begun = Event()
        self.may_go_on = Event()

    async def get(self, user_id: str, task_id: int) -> Task | None:
        self.begun.append((user_id, task_id))
        self.has_begun.set()
        assert self.may_go_on.wait(30)
        return await super().get(user_id, task_id)


def threaded(repository: TaskRepository) -> ThreadedTaskRepository:
    return ThreadedTaskRepository(nullcontext(repository), readers=1, writers=1, deadline=5)


def test_users_take_turns_and_writing_does_not_wait_for_reading() -> None:
    slow = SlowRepository()

    async def scene() -> None:
        reads = [asyncio.create_task(store.get("ann", 0))]
        await asyncio.to_thread(slow.has_begun.wait, 30)
        reads += [asyncio.create_task(store.get("ann", number)) for number in (1, 2)]
        await asyncio.sleep(0)
        reads.append(asyncio.create_task(store.get("bob", 1)))
        await asyncio.sleep(0)
        await store.add(draft("bob"))
        slow.may_go_on.set()
        await asyncio.gather(*reads)

    with closing(threaded(slow)) as store:
        asyncio.run(scene())
    assert slow.begun == [("ann", 0), ("ann", 1), ("bob", 1), ("ann", 2)]


def test_a_call_that_was_given_up_keeps_its_thread_until_it_ends() -> None:
    slow = SlowRepository()

    async def scene() -> None:
        given_up = asyncio.create_task(store.get("ann", 1))
        await asyncio.to_thread(slow.has_begun.wait, 30)
        given_up.cancel()
        waits = asyncio.create_task(store.find("ann", TaskQuery()))
        await asyncio.wait([given_up])
        await store.add(draft("bob"))
        assert not waits.done()
        slow.may_go_on.set()
        assert await waits == []

    with closing(threaded(slow)) as store:
        asyncio.run(scene())


def test_a_store_is_closed_after_the_call_that_outlives_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_threads, "GRACE", 0.0)
    slow, closed = SlowRepository(), Event()
    waited: list[bool] = []

    @contextmanager
    def opened() -> Iterator[TaskRepository]:
        yield slow
        waited.append(slow.may_go_on.is_set())
        closed.set()

    async def scene() -> None:
        read = asyncio.create_task(store.get("ann", 1))
        await asyncio.to_thread(slow.has_begun.wait, 30)
        store.close()
        slow.may_go_on.set()
        await read

    store = ThreadedTaskRepository(opened(), readers=1, writers=1, deadline=5)
    asyncio.run(scene())
    assert closed.wait(30)
    assert waited == [True]


def test_what_closing_a_store_raises_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    @contextmanager
    def opened() -> Iterator[TaskRepository]:
        yield MemoryTaskRepository()
        raise OSError("/home/ann/tasks.db")

    ThreadedTaskRepository(opened(), readers=1, writers=1, deadline=5).close()
    assert caplog.messages == ["store_not_closed"]
    assert "ann" not in str(vars(caplog.records[0]))


def test_what_a_store_raises_reaches_the_caller() -> None:
    class BrokenRepository(MemoryTaskRepository):
        async def get(self, user_id: str, task_id: int) -> Task | None:
            raise StorageUnavailable(f"{user_id} {task_id}")

    with closing(threaded(BrokenRepository())) as store:
        with pytest.raises(StorageUnavailable, match="ann 1"):
            asyncio.run(store.get("ann", 1))
        assert asyncio.run(store.find("ann", TaskQuery())) == []
