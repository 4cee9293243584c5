"""Tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Make the table, its rules and its indexes."""
    op.create_table(
        "tasks",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("idempotency_digest", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("user_id", "id"),
        sa.CheckConstraint("id > 0", "tasks_id_positive"),
        sa.CheckConstraint("char_length(user_id) BETWEEN 1 AND 255", "tasks_user_id_length"),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 500", "tasks_title_length"),
        sa.CheckConstraint("char_length(description) BETWEEN 1 AND 1000", "tasks_description_length"),
        sa.CheckConstraint("completed = (completed_at IS NOT NULL)", "tasks_completed_has_time"),
        sa.CheckConstraint("version >= 1", "tasks_version_positive"),
        sa.CheckConstraint("char_length(idempotency_key) BETWEEN 1 AND 255", "tasks_idempotency_key_length"),
        sa.CheckConstraint(
            "(idempotency_key IS NULL) = (idempotency_digest IS NULL)", "tasks_idempotency_key_has_digest"
        ),
    )
    op.create_index("tasks_by_creation", "tasks", ["user_id", "created_at", "id"], postgresql_where=_LIVE)
    op.create_index(
        "tasks_by_completion", "tasks", ["user_id", "completed", "created_at", "id"], postgresql_where=_LIVE
    )
    op.create_index(
        "tasks_in_trash",
        "tasks",
        ["user_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index("tasks_owner", "tasks", ["id"], postgresql_include=["user_id"], postgresql_where=_LIVE)
    op.create_index(
        "tasks_by_idempotency_key",
        "tasks",
        ["user_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )


def downgrade() -> None:
    """Remove all tasks."""
    op.drop_table("tasks")
