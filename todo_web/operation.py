"""An operation of the API as a value.

Its route and its place in the OpenAPI document are both made from it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from fastapi import Request, Response

Run = Callable[[Request, str], Awaitable[Response]]
"""Carries out an operation for a user, whose id comes second."""

ONE = "/{task_id}"
"""The path of one task, below that of all."""


class Body(Enum):
    """What a request sends; a completion may also be sent without."""

    NEW_TASK = auto()
    TASK_CHANGES = auto()
    COMPLETION = auto()


class Answer(Enum):
    """What an answer of success holds."""

    TASKS = auto()
    TASK = auto()
    NOTHING = auto()


class Condition(Enum):
    """The header by which a request is carried out under a condition only."""

    IF_MATCH = "If-Match"
    IF_NONE_MATCH = "If-None-Match"
    IDEMPOTENCY_KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path. Which errors it may meet follows from the rest.

    ``path`` is what follows the base path of a contract, ``name`` tells the operation from the others of its contract.
    ``said`` is what the answer holds, ``links`` are the names of the operations that work on the task of the answer.
    """

    method: str
    path: str
    name: str
    run: Run
    summary: str
    description: str
    said: str
    status: int = 200
    answer: Answer = Answer.TASK
    body: Body | None = None
    condition: Condition | None = None
    links: tuple[str, ...] = ()

    @property
    def on_one_task(self) -> bool:
        """Whether the path names a task."""
        return self.path.startswith(ONE)

    @property
    def takes_input(self) -> bool:
        """Whether a request may say what breaks a rule: in its body, or in the parameters of a list."""
        return self.body is not None or self.answer is Answer.TASKS
