"""The rules that a deployment may choose."""

from typing import NamedTuple

WIDEST_TITLE = 500
WIDEST_DESCRIPTION = 1000
"""Code points that every store keeps; the limits of a policy may be narrower."""


class TaskPolicy(NamedTuple):
    """What differs between the specifications; everything else is the same for all of them.

    ``title_limit`` and ``description_limit`` count code points. Where ``title_generated`` holds, a task without a title
    gets one from its description. ``deletion_permanent`` removes a task, otherwise it goes to the trash.
    ``stranger_forbidden`` tells a user that a task is somebody else's, otherwise it reads as missing.
    """

    title_limit: int = 200
    description_limit: int = 1000
    title_generated: bool = False
    deletion_permanent: bool = False
    stranger_forbidden: bool = False

    @property
    def has_trash(self) -> bool:
        """Whether a deleted task can be restored."""
        return not self.deletion_permanent


DEFAULT_POLICY = TaskPolicy()
"""The rules of the console and of assistants, whom no specification binds: titles of 1 to 200 characters, descriptions
of up to 1000, a trash, and strangers' tasks that read as missing."""
