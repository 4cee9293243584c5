"""Everything that the domain and its ports may raise, and the code by which a program knows it.

::

    TodoError
    ├── InvalidInput            a value breaks a rule
    ├── TaskNotFound            the user has no such task
    │   └── TaskHidden              likewise; the policy hides strangers, so no other owner was looked for
    ├── TaskForbidden           the task is somebody else's, and the policy lets strangers know
    ├── VersionConflict         the task is not at a version that the caller accepts
    ├── IdempotencyError
    │   ├── IdempotencyKeyReused    the key made a task from another payload
    │   └── IdempotencyKeyInTrash   the key's task is in the trash
    ├── StorageError
    │   ├── StorageUnavailable  the store cannot be reached now; later it may
    │   │   └── StorageOverloaded   too many others wait, so this would miss its deadline
    │   └── StorageUnusable     the store must not be used: not ours, too new, read-only, full
    └── TokenError
        ├── TokenRefused        the token proves nobody's identity
        │   └── TokenExpired        it has expired, and nothing else is wrong with it
        └── KeysUnavailable     no key to verify with is known yet
"""

from collections.abc import Mapping
from datetime import timedelta


class TodoError(Exception):
    """Root of the domain's errors.

    ``code`` is stable snake case, the same for every program that meets the error: the API, the console, an assistant.
    """

    code: str


class InvalidInput(TodoError):
    """A value breaks a rule of the domain.

    ``field`` names the value, ``reason`` says which rule and is the error's code, ``detail`` is a sentence for people.
    The value itself is never part of the error.
    """

    def __init__(self, field: str, reason: str, detail: str) -> None:
        self.field, self.reason, self.detail = field, reason, detail
        self.code = reason

    def __str__(self) -> str:
        return self.detail


class TaskNotFound(TodoError):
    """The user has no such task."""

    code = "task_not_found"

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id

    def __str__(self) -> str:
        return f"Task with ID {self.task_id} not found."


class TaskHidden(TaskNotFound):
    """The user has no such task, and under this policy the answer does not depend on whether another user has.

    So nobody has asked; who keeps an audit log may ask after the answer.
    """


class TaskForbidden(TodoError):
    """The task exists and belongs to another user."""

    code = "task_forbidden"

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id

    def __str__(self) -> str:
        return f"Task with ID {self.task_id} belongs to another user."


class VersionConflict(TodoError):
    """The task is at ``version``, which is none of those that the caller accepts."""

    code = "version_conflict"

    def __init__(self, task_id: int, version: int) -> None:
        self.task_id, self.version = task_id, version

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
    """The store did not do what it was asked.

    One code for a store that is away and for one that has to be mended: a program can do no more about either than to
    try again later. People are told which it is, by the text.
    """

    code = "storage_unavailable"


class StorageUnavailable(StorageError):
    """The store cannot be reached, or does not answer in time; a later try may succeed.

    The outcome of a write that ends so is unknown. The message never holds an address or a credential.
    """


class StorageOverloaded(StorageUnavailable):
    """Too many others wait for the store; nothing was done, and a later try may succeed."""

    code = "overloaded"


class StorageUnusable(StorageError):
    """The store must not be used as it is; only a person can mend that. The message says how."""


class TokenError(TodoError):
    """A bearer token could not be accepted."""


class TokenRefused(TokenError):
    """The token proves nobody's identity.

    ``reason`` and the ``facts`` behind it are for the audit log only. A client may learn that the token is valid for
    longer than ``longest``, where nothing else is wrong with it (RFC 6750, section 3.1).
    """

    code = "token_invalid"

    def __init__(self, reason: str, longest: timedelta | None = None, facts: Mapping[str, str] | None = None) -> None:
        self.reason, self.longest, self.facts = reason, longest, facts or {}

    def __str__(self) -> str:
        return self.reason


class TokenExpired(TokenRefused):
    """The token has expired, which a client may learn, because nothing else is wrong with it."""

    code = "token_expired"


class KeysUnavailable(TokenError):
    """No key to verify tokens with is known yet; a later try may succeed."""

    code = "keys_unavailable"
