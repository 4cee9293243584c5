"""What a model may send to each tool. Types are strict; what the values may be is the core's to check."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from todo_core.errors import InvalidInput
from todo_core.policy import DEFAULT_POLICY
from todo_core.query import Status
from todo_core.task import MAX_TASK_ID
from todo_web.conditions import KEY_LIMIT, is_key

TaskId = Annotated[int, Field(description=f"The id of the task, from 1 to {MAX_TASK_ID}.")]
Title = Annotated[str, Field(description=f"One line of 1 to {DEFAULT_POLICY.title_limit} characters.")]
Null = SkipJsonSchema[None]
"""Clients send null for what a model left out; some cannot read the schema that says so."""


StatusName = Annotated[Status, Field(strict=False), WithJsonSchema({"type": "string", "enum": list(Status)})]


def optional(description: str) -> Any:  # noqa: ANN401  as pydantic.Field
    """Return a field that may be left out. Its schema shows no default, because some clients would send it."""
    return Field(default_factory=lambda: None, description=description)


class Arguments(BaseModel):
    """The arguments that every tool takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    user_id: str | Null = optional("Not needed: the tasks are always those of the signed-in user.")

    @classmethod
    def input_schema(cls) -> dict[str, Any]:
        """Return the schema that a model sees, without what only programmers read."""
        schema = cls.model_json_schema()
        return {name: value for name, value in schema.items() if name not in {"title", "description"}}


class AddTask(Arguments):
    """The arguments of ``add_task``."""

    title: Title
    description: str | Null = optional(f"At most {DEFAULT_POLICY.description_limit} characters.")
    request_id: str | Null = optional(
        "A new text of your own for each task (a UUID, say). A call that is sent again with the same one makes no "
        "second task."
    )

    @property
    def key(self) -> str | None:
        """The idempotency key. Raises InvalidInput."""
        if self.request_id is not None and not is_key(self.request_id):
            detail = f"The request_id must be 1 to {KEY_LIMIT} visible ASCII characters, without blanks."
            raise InvalidInput("request_id", "malformed", detail)
        return self.request_id


class ListTasks(Arguments):
    """The arguments of ``list_tasks``."""

    status: StatusName | Null = optional(
        "Which tasks: all unless you say otherwise; deleted lists the trash and nothing else."
    )
    cursor: str | Null = optional("The next_cursor of the page before, with the same status.")
    task_id: int | Null = optional("Only this task, with its whole description.")


class CompleteTask(Arguments):
    """The arguments of ``complete_task``."""

    task_id: TaskId
    completed: bool = Field(default=True, description="true marks the task as done, false as still to do.")


class UpdateTask(Arguments):
    """The arguments of ``update_task``, where null is not the same as a missing value."""

    task_id: TaskId
    title: Title = Field(default_factory=str)
    description: str | None = optional(
        f"At most {DEFAULT_POLICY.description_limit} characters; null or an empty text removes the description."
    )


class NameTask(Arguments):
    """The arguments of ``delete_task`` and ``restore_task``."""

    task_id: TaskId


Read = TypeVar("Read", bound=Arguments)


def read(model: type[Read], sent: dict[str, Any]) -> Read:
    """Return the arguments of a call. Raises InvalidInput, which repeats nothing of what was sent."""
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        told = dict.fromkeys(_told(model, str(one["loc"][0]), one["type"], one["msg"]) for one in found)
        raise InvalidInput(_field(model, str(found[0]["loc"][0])), "invalid_arguments", " ".join(told)) from None


def _field(model: type[Arguments], name: str) -> str:
    return name if name in model.model_fields else ""


def _told(model: type[Arguments], name: str, kind: str, message: str) -> str:
    if name not in model.model_fields:
        return f"There is an argument that is not known here; known are {', '.join(model.model_fields)}."
    if kind == "missing":
        return f"The {name} is required."
    return f"The {name} is wrong: {message[:1].lower()}{message[1:]}."
