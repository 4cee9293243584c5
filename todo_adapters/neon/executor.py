"""What the repository needs from a driver."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from todo_adapters.neon.statements import Statement

Row = Sequence[Any]
Values = Mapping[str, Any]


class Transaction(Protocol):
    """Runs statements of one transaction."""

    @abstractmethod
    async def fetch(self, statement: Statement, values: Values) -> Sequence[Row]:
        """Return the rows of a statement. Raises as Executor does."""


class Executor(Protocol):
    """Runs statements, each within the deadline, and says in the domain's words what goes wrong.

    Raises StorageUnavailable, after which the outcome of a write is unknown, StorageOverloaded, StorageUnusable, and
    InvalidInput for a text that is wider than its column. Times come back in UTC.
    """

    @abstractmethod
    async def fetch(
        self, statement: Statement, values: Values, *, repeatable: bool = False, priority: bool = False
    ) -> Sequence[Row]:
        """Return the rows of a statement, which is durable then.

        It waits for a connection in the turn of the user whom ``values["owner"]`` names.
        A statement that changes nothing is ``repeatable``: it is tried once more if the connection breaks. A second
        statement of a use case has ``priority`` over those that begin one, because its use case has waited already.
        """

    @abstractmethod
    def transaction(self, user_id: str) -> AbstractAsyncContextManager[Transaction]:
        """Commit at the end of the block; roll back if it raises, and pass on what it raised.

        It waits for a connection once, in the user's turn.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""
