"""Everything that the domain and its ports may raise, and the code by which a program knows it.

::

    TodoError
    ├── InvalidInput            a value breaks a rule
    ├── TaskNotFound            the user has no such task
    │   └── TaskHidden              the task is somebody else's, and the policy says that it reads as missing
    ├── TaskForbidden           the task is somebody else's, and the policy says so
    ├── VersionConflict         the task is not at a version that the caller accepts
    ├── IdempotencyError
    │   ├── IdempotencyKeyReused    the key made a task from another payload
    │   └── IdempotencyKeyInTrash   the key's task is in the trash
    ├── StorageError
    │   ├── StorageUnavailable  the store cannot be reached now; later it may
    │   │   └── StorageOverloaded   others are to be served before, longer than the deadline allows
    │   └── StorageUnusable     the store must not be used: not ours, too new, read-only, full
    └── TokenError
        ├── TokenRefused        the token proves nobody's identity
        │   └── TokenExpired        it did, and nothing else is wrong with it
        └── KeysUnavailable     no key to verify with is known yet
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


class TodoError(Exception):
    """Root of the domain's errors.

    ``code`` is stable snake case, the same for every program that meets the error: the API, the console, an assistant.
    """

    code: str


@dataclass(eq=False)
class InvalidInput(TodoError):
    """A value breaks a rule of the domain.

    ``field`` names the value, ``reason`` says which rule and is the error's code, ``detail`` is a sentence for people.
    The value itself is never part of the error.
    """

    field: str
    reason: str
    detail: str

    def __post_init__(self) -> None:
        self.code = self.reason

    def __str__(self) -> str:
        return self.detail


@dataclass(eq=False)
class TaskNotFound(TodoError):
    """The user has no such task."""

    code = "task_not_found"
    task_id: int

    def __str__(self) -> str:
        return f"Task with ID {self.task_id} not found."


class TaskHidden(TaskNotFound):
    """The task belongs to another user, which only an audit log may tell from a missing one."""


@dataclass(eq=False)
class TaskForbidden(TodoError):
    """The task exists and belongs to another user."""

    code = "task_forbidden"
    task_id: int

    def __str__(self) -> str:
        return f"Task with ID {self.task_id} belongs to another user."


@dataclass(eq=False)
class VersionConflict(TodoError):
    """The task is at ``version``, which is none of those that the caller accepts."""

    code = "version_conflict"
    task_id: int
    version: int

    def __str__(self) -> str:
        return f"Task with ID {self.task_id} was changed by somebody else."


class IdempotencyError(TodoError):
    """A create request cannot be answered with the task that its key made."""


class IdempotencyKeyReused(IdempotencyError):
    """The key has made a task from another payload."""

    code = "idempotency_key_reused"

    def __str__(self) -> str:
        return "This idempotency key was used with another payload."


class IdempotencyKeyInTrash(IdempotencyError):
    """The task that the key made is in the trash."""

    code = "idempotency_key_in_trash"

    def __str__(self) -> str:
        return "The task that this idempotency key made is in the trash."


class StorageError(TodoError):
    """The store did not do what it was asked."""

    code = "storage_unavailable"


class StorageUnavailable(StorageError):
    """The store cannot be reached, or does not answer in time; a later try may succeed.

    The outcome of a write that ends so is unknown. The message never holds an address or a credential.
    """


class StorageOverloaded(StorageUnavailable):
    """Too many others are to be served before; nothing was done, and a later try may succeed."""

    code = "overloaded"


class StorageUnusable(StorageError):
    """The store must not be used as it is; only a person can mend that. The message says how."""


class TokenError(TodoError):
    """A bearer token could not be accepted."""


@dataclass(eq=False)
class TokenRefused(TokenError):
    """The token proves nobody's identity.

    ``reason`` and the ``facts`` behind it are for the audit log only. A client may learn that the token is valid for
    longer than ``longest``, where nothing else is wrong with it (RFC 6750, section 3.1).
    """

    code = "token_invalid"
    reason: str
    longest: timedelta | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason


class TokenExpired(TokenRefused):
    """The token has expired, which a client may learn, because nothing else is wrong with it."""

    code = "token_expired"


class KeysUnavailable(TokenError):
    """No key to verify tokens with is known yet; a later try may succeed."""

    code = "keys_unavailable"
