"""A contract, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from todo_core.policy import TaskPolicy
from todo_core.query import Sort, Status

OTHER_SEGMENTS = ("complete", "toggle", "uncomplete", "restore")
"""What may follow a task's id on every contract, besides the contract's own completion."""


STATUS_WORDS: Mapping[str, Status] = {
    **{status.value: status for status in Status},
    **dict.fromkeys(("active", "incomplete"), Status.PENDING),
    **dict.fromkeys(("done", "complete"), Status.COMPLETED),
}
"""What a list may be filtered by, under the names that clients use for it, whatever the contract."""

COMPLETED_WORDS: Mapping[str, Status] = {"true": Status.COMPLETED, "false": Status.PENDING}
"""Likewise for a filter by a truth."""


@dataclass(frozen=True, slots=True)
class ListEnvelope:
    """An object around a list. A dot in a name leads into another object: ``data.tasks``.

    ``total`` is the number of tasks that the list's filter matches, whatever the page.
    """

    tasks: str
    total: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """One way to reach the core: a specification's, or one that a deployment made of it.

    ``token_lifetime`` is how long a token may still be valid; None says nothing beyond what the deployment does.
    ``completion`` is the last segment of the completion route, which toggles unless ``completion_marks``: then it marks
    the task as done. ``page_size`` is the length of a page for which no limit was asked; None returns all tasks.
    ``field_names`` gives fields of a task other names, which are read beside the published ones and are the only ones
    that are written. ``completed_values`` are the texts that stand for false and true. ``task_envelope`` is the name
    under which an answer holds its one task; it may be nested like those of a list.
    """

    name: str
    title: str
    base_path: str
    completion: str = "complete"
    completion_marks: bool = False
    page_size: int | None = None
    invalid_input_status: int = 422
    token_lifetime: timedelta | None = None
    list_envelope: ListEnvelope | None = None
    task_envelope: str | None = None
    field_names: Mapping[str, str] = field(default_factory=dict)
    completed_values: tuple[str, str] | None = None
    deleted_answer: Literal["nothing", "task"] = "nothing"
    policy: TaskPolicy = field(default_factory=TaskPolicy)

    @property
    def user_in_path(self) -> bool:
        """Whether the path names the user, who then has to be the token's."""
        return "{user_id}" in self.base_path

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path whose requests are this contract's."""
        one = f"{self.base_path}/{{task_id}}"
        return self.base_path, one, *(f"{one}/{segment}" for segment in {*OTHER_SEGMENTS, self.completion})

    @property
    def statuses(self) -> Mapping[str, Status]:
        """What a list may be filtered by, under the words that this contract has for it; the trash if there is one."""
        pending, completed = self.completed_values or (Status.PENDING, Status.COMPLETED)
        words = {"all": Status.ALL, pending: Status.PENDING, completed: Status.COMPLETED}
        return {**words, "deleted": Status.DELETED} if self.policy.has_trash else words

    @property
    def sorts(self) -> Mapping[str, Sort]:
        """What a list may be sorted by, under this contract's names of fields."""
        return {sort.replace(sort.field, self.field_name(sort.field)): sort for sort in Sort}

    def field_name(self, published: str) -> str:
        """Return the name under which this contract's clients know a field of a task."""
        return self.field_names.get(published, published)
