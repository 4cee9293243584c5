"""The published contracts. What a specification fixes stands here and nowhere else."""

from datetime import timedelta

from todo_core.policy import TaskPolicy
from todo_web.contracts.contract import Contract

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
