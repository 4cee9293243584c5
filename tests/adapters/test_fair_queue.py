"""Who gets the next turn at a store, and who is refused one."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.support.event_loop import Clockwork, settled
from todo_adapters.fair_queue import FairSemaphore
from todo_core.errors import StorageOverloaded

DEADLINE = 5.0


class Line:
    """One turn, and those who want it: each waits in a task of its own, and keeps the turn until it is told."""

    def __init__(self, loop: Clockwork) -> None:
        self.semaphore = FairSemaphore(1, DEADLINE)
        self.served: list[str] = []
        self.refused: list[str] = []
        self.loop = loop

    async def join(self, *names: str) -> list[asyncio.Task[None]]:
        """Let requests come one after the other. The first word of a name is the user."""
        tasks = [asyncio.create_task(self._wait(name)) for name in names]
        await settled()
        return tasks

    async def serve(self, times: int = 1, *, every: float = 0) -> None:
        """End the turn, as often as that."""
        for _ in range(times):
            await self.loop.pass_time(every)
            self.semaphore.release()
            await settled()

    async def _wait(self, name: str) -> None:
        try:
            await self.semaphore.acquire(name.split(maxsplit=1)[0], priority=name.endswith("first"))
        except StorageOverloaded:
            self.refused.append(name)
        else:
            self.served.append(name)


def run(scene: Callable[[Line], Awaitable[None]]) -> Line:
    """Play a scene that begins while somebody has the turn."""

    async def play() -> Line:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clockwork)
        line = Line(loop)
        await line.semaphore.acquire("somebody")
        await scene(line)
        return line

    with asyncio.Runner(loop_factory=Clockwork) as runner:
        return runner.run(play())


def test_turns_go_round_between_users_and_in_order_within_a_user() -> None:
    async def scene(line: Line) -> None:
        await line.join("ann 1", "ann 2", "ann 3", "bob 1", "ann 4", "eve 1", "bob 2")
        assert line.semaphore.waiting == 7
        await line.serve(8)
        assert line.semaphore.waiting == 0

    assert run(scene).served == ["ann 1", "bob 1", "eve 1", "ann 2", "bob 2", "ann 3", "ann 4"]


def test_nobody_overtakes_those_who_wait() -> None:
    """Not even whoever asks in the very moment in which a turn ends."""

    async def scene(line: Line) -> None:
        await line.join("ann 1", "ann 2")
        line.semaphore.release()
        await line.join("ann 3")
        await line.serve(2)

    assert run(scene).served == ["ann 1", "ann 2", "ann 3"]


def test_a_user_who_is_alone_may_have_all_turns() -> None:
    async def scene() -> None:
        semaphore = FairSemaphore(3, DEADLINE)
        for _ in range(3):
            await semaphore.acquire("ann")
        assert semaphore.waiting == 0

    asyncio.run(scene())


def test_who_continues_something_comes_before_all_users() -> None:
    async def scene(line: Line) -> None:
        await line.join("ann 1", "bob 1", "eve 1 first", "ann 2 first")
        await line.serve(4)

    assert run(scene).served == ["eve 1 first", "ann 2 first", "ann 1", "bob 1"]


@pytest.mark.parametrize("first", ["", " first"])
@pytest.mark.parametrize("late", [False, True])
def test_who_gives_up_takes_no_turn_away(first: str, late: bool) -> None:  # noqa: FBT001  a case
    """Not even in the very moment in which the turn had come."""

    async def scene(line: Line) -> None:
        gives_up, *_ = await line.join(f"ann 1{first}", "bob 1")
        if late:
            line.semaphore.release()
        gives_up.cancel()
        await settled()
        if not late:
            await line.serve()
        assert line.semaphore.waiting == 0

    assert run(scene).served == ["bob 1"]


def crowd(number: int) -> list[str]:
    """Return the requests of so many users, one each."""
    return [f"user{n} 1" for n in range(number)]


async def moving(line: Line) -> None:
    """Let the line of a crowd move ten times a second, for more than a second: 45 are served in nine tenths of 5 s."""
    await line.join(*crowd(80))
    await line.serve(12, every=0.1)


def test_what_would_come_too_late_because_of_others_is_refused_when_it_arrives() -> None:
    async def scene(line: Line) -> None:
        await moving(line)
        assert line.refused == []
        await line.join("ann 1")
        assert line.refused == ["ann 1"]
        await line.serve(30, every=0.1)  # 38 are left
        await line.join("ann 2")

    line = run(scene)
    assert line.refused == ["ann 1"]
    assert "ann 2" not in line.served


def test_what_continues_something_is_never_refused() -> None:
    async def scene(line: Line) -> None:
        await moving(line)
        await line.join("ann 1 first")
        await line.serve()

    line = run(scene)
    assert (line.refused, line.served[-1]) == ([], "ann 1 first")


def test_nobody_is_refused_before_the_rate_is_known() -> None:
    async def scene(line: Line) -> None:
        await line.join(*crowd(80))
        await line.serve(2, every=0.1)
        await line.join("ann 1")

    assert run(scene).refused == []


def test_a_line_that_does_not_move_is_no_overload() -> None:
    """The store is waking; and how long it slept says nothing of the rate at which the line moves again."""

    async def scene(line: Line) -> None:
        await moving(line)
        await line.loop.pass_time(3)
        await line.join("ann 1")
        await line.serve(12, every=0.02)
        await line.join("ann 2")

    assert run(scene).refused == []


def test_the_line_of_one_user_is_no_overload() -> None:
    async def scene(line: Line) -> None:
        await line.join(*(f"ann {n}" for n in range(200)))
        await line.serve(12, every=0.1)
        await line.join("ann 200", "bob 1", "bob 2")
        await line.serve(2)

    line = run(scene)
    assert line.refused == []
    assert line.served[-2:] == ["ann 12", "bob 1"]


def test_what_comes_too_late_all_the_same_is_refused_then() -> None:
    """One user's requests come twice as fast as they are served. To serve the oldest would make all of them late."""

    async def scene(line: Line) -> None:
        for number in range(100):
            await line.join(f"ann {2 * number}", f"ann {2 * number + 1}")
            await line.serve(every=0.1)

    line = run(scene)
    assert len(line.served) == 100
    assert line.refused
    assert int(line.served[-1].split()[1]) / 20 >= 10 - DEADLINE  # it has not waited longer than the deadline


def test_what_waited_for_a_store_that_wakes_is_served() -> None:
    async def scene(line: Line) -> None:
        await line.join(*(f"ann {n}" for n in range(50)), *crowd(50))
        await line.loop.pass_time(DEADLINE - 0.1)
        await line.serve(100)

    line = run(scene)
    assert (len(line.served), line.refused) == (100, [])


def test_of_many_users_with_many_requests_nobody_gets_more_than_a_share() -> None:
    """Each of ten users may have as many in line as a tenth of the deadline serves."""

    async def scene(line: Line) -> None:
        await line.join(*crowd(10))
        for number in range(2, 10):
            await line.join(*(f"user{n} {number}" for n in range(10)))
            await line.serve(2, every=0.1)
        assert line.refused

    line = run(scene)
    assert line.semaphore.waiting <= DEADLINE * 10 + 10
    assert {name.split()[0] for name in line.served[-10:]} == {f"user{n}" for n in range(10)}
