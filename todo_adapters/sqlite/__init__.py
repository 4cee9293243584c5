"""Tasks in one SQLite file: the embedded default, safe with several processes on the file."""

from todo_adapters.sqlite.repository import SqliteTaskRepository

__all__ = ["SqliteTaskRepository"]
