"""Whether the service can do its work."""

import asyncio

from todo_core.errors import TodoError
from todo_core.ports import TaskRepository, TokenVerifier


class Readiness:
    """Looks whether the service can do its work, once for all who ask at a time: anybody may ask, without a token.

    Belongs to one event loop.
    """

    def __init__(self, repository: TaskRepository, verifier: TokenVerifier) -> None:
        self._repository = repository
        self._verifier = verifier
        self._look: asyncio.Task[TodoError | None] | None = None

    async def check(self) -> None:
        """Return if the store can be used and tokens can be verified. Raises StorageError and KeysUnavailable."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._found())
        # Whoever gives up waiting takes the answer from nobody else.
        if error := await asyncio.shield(self._look):
            raise error.with_traceback(None)

    async def _found(self) -> TodoError | None:
        try:
            await self._repository.check()
            await self._verifier.check()
        except TodoError as error:
            return error
        return None
