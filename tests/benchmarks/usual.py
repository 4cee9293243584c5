"""The usual way to write such a service, to compare with: one module, ``def`` routes, response models, a session each.

Its routes, answers and rows are those of the contract ``fastapi-todo-backend``, without what makes the service more
than a demonstration: no versions, limits, problem details, audit, deadlines or idempotency.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Field, Session, SQLModel, create_engine, select


class TaskInput(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=1000)
    completed: bool = False


class UsualTask(TaskInput, table=True):
    __tablename__ = "usual_tasks"

    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    completed_at: datetime | None = None
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class TaskOutput(TaskInput):
    id: int
    user_id: str
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


def create_app() -> FastAPI:  # noqa: C901  all that there is, in one function
    """Return the application on the database and with the secret that the environment names."""
    # With the pool's default of 15 connections, 100 clients lock it up: those that hold one wait for one of the 40
    # threads, which all wait for a connection.
    engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True, pool_size=50, max_overflow=50)
    secret = os.environ["BETTER_AUTH_SECRET"]
    SQLModel.metadata.create_all(engine, tables=[SQLModel.metadata.tables["usual_tasks"]])
    app = FastAPI()

    def open_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    def current_user(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
        try:
            return str(jwt.decode(credentials.credentials, secret, algorithms=["HS256"])["sub"])
        except jwt.PyJWTError:
            raise HTTPException(401, "The token is invalid.") from None

    Db = Annotated[Session, Depends(open_session)]  # noqa: N806  a type
    User = Annotated[str, Depends(current_user)]  # noqa: N806  a type

    def own_task(db: Session, user: str, task_id: int) -> UsualTask:
        task = db.exec(select(UsualTask).where(UsualTask.id == task_id, UsualTask.user_id == user)).first()
        if task is None:
            raise HTTPException(404, "There is no such task.")
        return task

    def saved(db: Session, task: UsualTask) -> UsualTask:
        db.add(task)
        db.commit()
        db.refresh(task)
        return task

    @app.get("/tasks", response_model=list[TaskOutput])
    def list_tasks(db: Db, user: User, limit: int = 1000) -> object:
        created = SQLModel.metadata.tables["usual_tasks"].c.created_at
        return db.exec(select(UsualTask).where(UsualTask.user_id == user).order_by(created).limit(limit)).all()

    @app.post("/tasks", response_model=TaskOutput, status_code=201)
    def create_task(fields: TaskInput, db: Db, user: User) -> object:
        return saved(db, UsualTask(user_id=user, **fields.model_dump()))

    @app.get("/tasks/{task_id}", response_model=TaskOutput)
    def get_task(task_id: int, db: Db, user: User) -> object:
        return own_task(db, user, task_id)

    @app.put("/tasks/{task_id}", response_model=TaskOutput)
    def update_task(fields: TaskInput, task_id: int, db: Db, user: User) -> object:
        task = own_task(db, user, task_id)
        for name, value in fields.model_dump(exclude_unset=True).items():
            setattr(task, name, value)
        task.updated_at = datetime.now(UTC)
        return saved(db, task)

    @app.patch("/tasks/{task_id}/toggle", response_model=TaskOutput)
    def toggle_task(task_id: int, db: Db, user: User) -> object:
        task = own_task(db, user, task_id)
        task.updated_at = datetime.now(UTC)
        task.completed = not task.completed
        task.completed_at = task.updated_at if task.completed else None
        return saved(db, task)

    return app
