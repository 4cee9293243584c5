"""One timer for many blocks of code: the same promises as those of ``asyncio.timeout``."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from tests.support.event_loop import Clockwork, settled
from todo_adapters.shared_timeout import SharedTimeout

SECONDS = 5.0


def play(scene: Callable[[Clockwork, SharedTimeout], Awaitable[None]]) -> None:
    async def begin() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clockwork)
        await scene(loop, SharedTimeout(SECONDS))

    with asyncio.Runner(loop_factory=Clockwork) as runner:
        runner.run(begin())


async def begun(shared: SharedTimeout, work: asyncio.Event) -> asyncio.Task[str]:
    """Begin a task whose block waits for an event."""

    async def wait() -> str:
        try:
            with shared.block():
                await work.wait()
        except TimeoutError:
            return "timeout"
        return "done"

    task = asyncio.create_task(wait())
    await settled()
    return task


def test_a_block_ends_when_its_time_is_over_and_no_sooner() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        task = await begun(shared, asyncio.Event())
        await loop.pass_time(SECONDS - 0.001)
        assert not task.done()
        await loop.pass_time(0.001)
        assert task.result() == "timeout"

    play(scene)


def test_each_block_has_its_own_time_whichever_ends_first() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        work = [asyncio.Event() for _ in range(4)]
        tasks = []
        for event in work:
            tasks.append(await begun(shared, event))
            await loop.pass_time(1)
        work[0].set()  # the first of all, for which the timer was made
        work[2].set()
        await loop.pass_time(SECONDS - 3)
        assert [task.done() and task.result() for task in tasks] == ["done", "timeout", "done", False]
        await loop.pass_time(2)
        assert tasks[3].result() == "timeout"

    play(scene)


def test_a_block_that_begins_after_a_pause_has_its_whole_time() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        work = asyncio.Event()
        work.set()
        assert await (await begun(shared, work)) == "done"
        await loop.pass_time(SECONDS - 1)
        task = await begun(shared, asyncio.Event())
        await loop.pass_time(SECONDS - 1)
        assert not task.done()
        await loop.pass_time(1)
        assert task.result() == "timeout"

    play(scene)


def test_a_task_that_somebody_else_cancels_is_not_told_of_a_timeout() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        before, meanwhile = await begun(shared, asyncio.Event()), await begun(shared, asyncio.Event())
        before.cancel()
        await settled()
        loop.now += SECONDS
        loop.call_soon(meanwhile.cancel)  # in the round in which its time ends
        await settled()
        assert before.cancelled()
        assert meanwhile.cancelled()

    play(scene)


def test_of_two_blocks_in_each_other_the_one_whose_time_is_over_ends() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        longer = SharedTimeout(2 * SECONDS)
        for outer, inner in ((shared, longer), (longer, shared)):
            seen = list[str]()

            async def nested(outer: SharedTimeout = outer, inner: SharedTimeout = inner, seen: list[str] = seen) -> int:
                try:
                    with outer.block():
                        try:
                            with inner.block():
                                await asyncio.Event().wait()
                        except TimeoutError:
                            seen.append("inner")
                except TimeoutError:
                    seen.append("outer")
                task = asyncio.current_task()
                assert task
                return task.cancelling()

            task = asyncio.create_task(nested())
            await settled()
            await loop.pass_time(SECONDS)
            assert task.result() == 0
            assert seen == ["outer" if outer is shared else "inner"]

    play(scene)


def test_what_a_block_raises_goes_through_and_nothing_stays_behind() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        with pytest.raises(LookupError), shared.block():
            raise LookupError
        await loop.pass_time(SECONDS)
        await settled()  # the task is not cancelled for a block that has ended

    play(scene)


def test_work_that_ends_in_spite_of_its_timeout_keeps_its_result() -> None:
    async def scene(loop: Clockwork, shared: SharedTimeout) -> None:
        async def stubborn() -> int:
            with shared.block(), suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            task = asyncio.current_task()
            assert task
            return task.cancelling()

        task = asyncio.create_task(stubborn())
        await settled()
        await loop.pass_time(SECONDS)
        assert task.result() == 0

    play(scene)
