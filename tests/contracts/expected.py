"""What the specifications fix, read from their texts and not from the service, and how a test says what it proves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., object])


@dataclass(frozen=True)
class Expected:
    """Where the contracts differ; the defaults are what most of them say."""

    tasks: str
    completion: str = "complete"
    after_completions: tuple[bool, ...] = (True, False, True)
    """Whether an open task is completed after each of several completions."""
    strangers_status: int = 403
    """The answer about another user's task, asked for by its id."""
    invalid_status: int = 422
    title_limit: int = 200
    description_limit: int = 1000
    title_generated: bool = False
    has_trash: bool = False
    page: int | None = None

    @property
    def names_the_user(self) -> bool:
        """Whether the path says whose tasks are meant."""
        return "{user_id}" in self.tasks


EXPECTED = {
    "fastapi-backend-crud": Expected("/api/{user_id}/tasks"),
    "fastapi-todo-backend": Expected("/tasks", completion="toggle"),
    "backend-api": Expected(
        "/api/{user_id}/tasks",
        after_completions=(True, True),
        strangers_status=404,
        invalid_status=400,
        title_limit=500,
        page=50,
    ),
    "task-management": Expected("/api/tasks", description_limit=500, title_generated=True, has_trash=True),
    "backend-todo-api": Expected("/api/tasks", strangers_status=404, has_trash=True),
}


def proves(**lines: str) -> Callable[[Test], Test]:
    """Run a test on these contracts, of whose specifications it proves these lines; ``_`` stands for ``-`` in a name.

    It is one marker for each contract: ``@pytest.mark.proves("FR-001", "FR-002", contract="backend-api")``.
    """

    def mark(test: Test) -> Test:
        for contract, identifiers in lines.items():
            test = pytest.mark.proves(*identifiers.split(), contract=contract.replace("_", "-"))(test)
        return test

    return mark
