"""The table of the production store, with every rule that the database itself keeps.

The primary key and the indexes lead with the owner, so the table can be sharded by ``user_id``; ids come from one
sequence, so they are unique over all users all the same.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel

from todo_core.policy import WIDEST_DESCRIPTION, WIDEST_TITLE
from todo_core.text import USER_ID_LIMIT

REVISION = "0001"
"""The revision of ``migrations/versions`` that this table is at; revisions sort by age."""

VERSION_TABLE = "todo_schema_version"
"""Where Alembic keeps the revision; its default name could belong to another program in the same database."""

_LIVE = text("deleted_at IS NULL")


def _rule(rule: str, name: str) -> CheckConstraint:
    return CheckConstraint(rule, name=f"tasks_{name}")


class TaskRow(SQLModel, table=True):
    """One task; the fields are those of ``todo_core.task.Task``, then the idempotency key that made it."""

    __tablename__ = "tasks"
    __table_args__ = (
        _rule("id > 0", "id_positive"),
        _rule(f"char_length(user_id) BETWEEN 1 AND {USER_ID_LIMIT}", "user_id_length"),
        _rule(f"char_length(title) BETWEEN 1 AND {WIDEST_TITLE}", "title_length"),
        _rule(f"char_length(description) BETWEEN 1 AND {WIDEST_DESCRIPTION}", "description_length"),
        _rule("completed = (completed_at IS NOT NULL)", "completed_has_time"),
        _rule("version >= 1", "version_positive"),
        _rule("char_length(idempotency_key) BETWEEN 1 AND 255", "idempotency_key_length"),
        _rule("(idempotency_key IS NULL) = (idempotency_digest IS NULL)", "idempotency_key_has_digest"),
        Index("tasks_by_creation", "user_id", "created_at", "id", postgresql_where=_LIVE),
        Index("tasks_by_completion", "user_id", "completed", "created_at", "id", postgresql_where=_LIVE),
        Index("tasks_in_trash", "user_id", "created_at", "id", postgresql_where=text("deleted_at IS NOT NULL")),
        # Who owns a task is asked by its id alone. Not unique: a shard could not promise that for all the others.
        Index("tasks_owner", "id", postgresql_include=["user_id"], postgresql_where=_LIVE),
        Index(
            "tasks_by_idempotency_key",
            "user_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )

    user_id: str = Field(sa_column=Column(Text, primary_key=True))
    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    description: str | None = Field(sa_column=Column(Text))
    completed: bool = Field(nullable=False)
    completed_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    deleted_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    idempotency_key: str | None = Field(sa_column=Column(Text))
    idempotency_digest: bytes | None = Field(sa_column=Column(LargeBinary))


TASKS: Table = TaskRow.metadata.tables["tasks"]
