"""Many requests at once do not keep the event loop from its other work."""

import asyncio
import itertools

from starlette.types import Message, Receive, Scope, Send

from todo_web.admission import PER_ROUND, Admission


def test_so_many_requests_are_begun_in_each_round_of_the_event_loop() -> None:
    """In the order in which they come, without those who have given up; what asks whether the process lives goes in."""
    begun: list[tuple[int, str]] = []
    rounds = itertools.count()
    now = [0]

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        begun.append((now[0], scope["path"]))

    async def count() -> None:
        while True:
            await asyncio.sleep(0)
            now[0] = next(rounds)

    async def scene() -> None:
        counting = asyncio.create_task(count())
        await asyncio.sleep(0)
        requests = [asyncio.create_task(ask(path)) for path in (*paths, "/health/live")]
        await asyncio.sleep(0)
        requests[-2].cancel()
        await asyncio.wait(requests)
        await ask("/later")
        counting.cancel()

    async def ask(path: str) -> None:
        await admission({"type": "http", "path": path}, receive, send)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        return

    admission = Admission(app, "/health")
    paths = [f"/{number}" for number in range(3 * PER_ROUND)]
    asyncio.run(scene())
    order = [path for _, path in begun]
    assert order == [*paths[:PER_ROUND], "/health/live", *paths[PER_ROUND:-1], "/later"]
    together = [len(list(some)) for _, some in itertools.groupby(begun, lambda one: one[0])]
    assert together == [PER_ROUND + 1, PER_ROUND, PER_ROUND - 1, 1]
