"""Whether a task that a policy hides is somebody else's: a question for the audit log only."""

import asyncio

from todo_adapters.owner_questions import OwnerQuestions
from todo_adapters.shared_timeout import SharedTimeout
from todo_core.errors import StorageError
from todo_core.ports import Owners

WAITING = 100
"""The most questions that may wait.

A question is asked after its request was answered, so a client can make them faster than the store answers.
"""


class HiddenTasks:
    """Asks one question after the other, apart from what requests wait for."""

    def __init__(self, owners: Owners, deadline: float) -> None:
        """Give each question so many seconds."""
        self._owners = OwnerQuestions(owners, at_a_time=1, deadline=deadline)
        self._timeout = SharedTimeout(deadline)
        self._asked = 0

    async def is_foreign(self, user_id: str, task_id: int) -> bool | None:
        """Whether a task that a user has not is another user's.

        None if nobody knows, because too many questions wait or the store does not answer in time.
        """
        if self._asked > WAITING:
            return None
        self._asked += 1
        try:
            await asyncio.sleep(0)  # an answer that has been given is sent when the event loop comes round
            with self._timeout.block():
                owner = await self._owners.owner_of(user_id, task_id)
        except (StorageError, TimeoutError):
            return None
        finally:
            self._asked -= 1
        return owner is not None and owner != user_id
