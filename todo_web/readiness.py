"""Whether the service can do its work."""

import asyncio

from todo_core.errors import TodoError
from todo_core.ports import TaskRepository, TokenVerifier


class Readiness:
    """Checks whether the service can do its work. Belongs to one event loop.

    Anybody may ask, without a token, so all who ask at the same time share one check.
    """

    def __init__(self, repository: TaskRepository, verifier: TokenVerifier) -> None:
        self._repository = repository
        self._verifier = verifier
        self._check: asyncio.Task[TodoError | None] | None = None

    async def check(self) -> None:
        """Return if the store can be used and tokens can be verified. Raises StorageError and KeysUnavailable."""
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._found())
        # A caller who gives up must not cancel the check of the others.
        if error := await asyncio.shield(self._check):
            raise error.with_traceback(None)

    async def _found(self) -> TodoError | None:
        try:
            await self._repository.check()
            await self._verifier.check()
        except TodoError as error:
            return error
        return None
