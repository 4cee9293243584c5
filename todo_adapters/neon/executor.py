"""What the repository needs from a driver."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from todo_adapters.neon.statements import Statement

Row = Sequence[Any]
Values = Mapping[str, Any]


class Transaction(Protocol):
    """Runs statements of one transaction."""

    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:
        """Return the rows of a statement. Raises as Executor does."""


class Executor(Protocol):
    """Runs statements, each within the deadline, and says in the domain's words what goes wrong.

    Raises StorageUnavailable, after which the outcome of a write is unknown, StorageOverloaded, StorageUnusable, and
    InvalidInput for a text that is wider than its column. Times come back in UTC.
    """

    async def fetch(
        self, statement: Statement, values: Values, *, repeatable: bool = False, continues: bool = False
    ) -> Sequence[Row]:
        """Return the rows of a statement, which is durable then. It runs in a turn of the user that owns the rows.

        What is ``repeatable``, because it changes nothing, is tried once more if the connection breaks. What
        ``continues`` a use case may go before what begins one: it has waited in line already.
        """

    def transaction(self, user_id: str) -> AbstractAsyncContextManager[Transaction]:
        """Commit at the end of the block; roll back if it raises, and pass on what it raised.

        It takes one turn of the user.
        """

    async def close(self) -> None:
        """Give all connections back."""
