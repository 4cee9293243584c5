"""The rules under which an assistant works."""

from todo_core.policy import TaskPolicy

POLICY = TaskPolicy()
"""Titles of 1 to 200 characters, descriptions up to 1000, a trash, and strangers' tasks read as missing."""
