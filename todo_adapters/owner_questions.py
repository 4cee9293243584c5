"""The question who owns a task, kept from holding up others."""

from todo_adapters.fair_queue import FairSemaphore
from todo_core.override import override
from todo_core.ports import Owners


class OwnerQuestions(Owners):
    """Lets few of these questions through to a store at a time, for one event loop; users take turns.

    Anybody can ask for ids that nobody has, and on a sharded table each question costs a statement on every shard. Here
    a flood of them takes ``at_a_time`` connections at most; the rest wait, and leave the store to others.
    """

    def __init__(self, owners: Owners, *, at_a_time: int, deadline: float) -> None:
        """Refuse a question that would wait longer than ``deadline`` seconds because of other users."""
        self._owners = owners
        self._semaphore = FairSemaphore(at_a_time, deadline)

    @override
    async def owner_of(self, user_id: str, task_id: int) -> str | None:
        await self._semaphore.acquire(user_id)
        try:
            return await self._owners.owner_of(user_id, task_id)
        finally:
            self._semaphore.release()
