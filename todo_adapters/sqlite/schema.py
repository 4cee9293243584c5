"""The tables of a store, as the steps from each version to the next."""

APPLICATION_ID = 0x544F444F
"""Written into the file's header ("TODO" in ASCII), so that a database of another program is recognised."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE tasks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id TEXT NOT NULL CHECK (user_id <> ''),
            title TEXT NOT NULL CHECK (title <> ''),
            description TEXT CHECK (description <> ''),
            completed INTEGER NOT NULL CHECK (completed = (completed_at IS NOT NULL)),
            completed_at TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT,
            version INTEGER NOT NULL CHECK (version >= 1),
            idempotency_key TEXT,
            idempotency_digest BLOB CHECK ((idempotency_digest IS NULL) = (idempotency_key IS NULL))
        ) STRICT
        """,
        "CREATE INDEX tasks_by_creation ON tasks (user_id, created_at, id) WHERE deleted_at IS NULL",
        "CREATE INDEX tasks_by_completion ON tasks (user_id, completed, created_at, id) WHERE deleted_at IS NULL",
        "CREATE INDEX tasks_in_trash ON tasks (user_id, created_at, id) WHERE deleted_at IS NOT NULL",
        """
        CREATE UNIQUE INDEX tasks_by_idempotency_key ON tasks (user_id, idempotency_key)
            WHERE idempotency_key IS NOT NULL
        """,
    ),
)
"""Times are ISO 8601 in UTC with microseconds, so that they sort as text."""

SCHEMA_VERSION = len(STEPS)
