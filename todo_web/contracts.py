"""The five published contracts, as values. What a specification fixes stands here and nowhere else."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

from todo_core.policy import TaskPolicy


@dataclass(frozen=True, slots=True)
class Contract:
    """One specification's way to reach the core.

    ``token_lifetime`` is how long a token may still be valid; None says nothing beyond what the deployment does.
    ``completion`` is the last segment of the completion route, which toggles unless ``completion_marks``: then it marks
    the task as done. ``page_size`` is the length of a page for which no limit was asked; None returns all tasks.
    """

    name: str
    title: str
    base_path: str
    completion: str = "complete"
    completion_marks: bool = False
    page_size: int | None = None
    invalid_input_status: int = 422
    token_lifetime: timedelta | None = None
    policy: TaskPolicy = field(default_factory=TaskPolicy)

    @property
    def user_in_path(self) -> bool:
        """Whether the path names the user, who then has to be the token's."""
        return "{user_id}" in self.base_path


CONTRACTS = (
    Contract(
        name="fastapi-backend-crud",
        title="FastAPI backend with CRUD operations",
        base_path="/api/{user_id}/tasks",
        policy=TaskPolicy(deletion_permanent=True, stranger_forbidden=True),
    ),
    Contract(
        name="fastapi-todo-backend",
        title="FastAPI to-do backend",
        base_path="/tasks",
        completion="toggle",
        policy=TaskPolicy(deletion_permanent=True, stranger_forbidden=True),
    ),
    Contract(
        name="backend-api",
        title="Backend API",
        base_path="/api/{user_id}/tasks",
        completion_marks=True,
        page_size=50,
        invalid_input_status=400,
        policy=TaskPolicy(title_limit=500, deletion_permanent=True),
    ),
    Contract(
        name="task-management",
        title="User-scoped task management",
        base_path="/api/tasks",
        token_lifetime=timedelta(hours=24),
        policy=TaskPolicy(description_limit=500, title_generated=True, stranger_forbidden=True),
    ),
    Contract(
        name="backend-todo-api",
        title="Production-ready to-do API",
        base_path="/api/tasks",
    ),
)


def choose_contracts(names: str) -> tuple[Contract, ...]:
    """Return the contracts that a comma-separated setting names.

    Raises ValueError, in words for the person who wrote the setting, if a name is unknown or two paths collide.
    """
    known = {contract.name: contract for contract in CONTRACTS}
    wanted = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    if unknown := [name for name in wanted if name not in known]:
        raise ValueError(f"unknown contract {unknown[0]!r}; choose from {', '.join(known)}")
    if not wanted:
        raise ValueError(f"no contract is served; choose from {', '.join(known)}")
    chosen = tuple(known[name] for name in wanted)
    for one, other in combinations(chosen, 2):
        if one.base_path == other.base_path:
            raise ValueError(f"{one.name} and {other.name} both serve {one.base_path}; choose one of them")
    return chosen
