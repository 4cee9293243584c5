"""What a table of a contract file may hold; the description of a key says what it may be."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from todo_core.policy import WIDEST_DESCRIPTION, WIDEST_TITLE
from todo_core.query import PAGE_LIMIT, Status
from todo_core.task import PUBLISHED_FIELDS, UNTITLED
from todo_web.contracts.contract import COMPLETED_WORDS, STATUS_WORDS
from todo_web.contracts.published import CONTRACTS

_PUBLISHED = tuple(contract.name for contract in CONTRACTS)
_NAME = "[A-Za-z_][A-Za-z0-9_-]{0,63}"
_SEGMENT = "[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}"
_WORD_LIMIT = 64

Published = Annotated[str, StringConstraints(pattern=f"^({'|'.join(_PUBLISHED)})$")]
Name = Annotated[str, StringConstraints(pattern=f"^{_NAME}$")]
NestedName = Annotated[str, StringConstraints(pattern=f"^{_NAME}([.]{_NAME}){{0,7}}$")]
Segment = Annotated[str, StringConstraints(pattern=f"^{_SEGMENT}$")]
Lifetime = Annotated[str, StringConstraints(pattern="^([1-9][0-9]{0,5}[smhd]|any)$")]
BasePath = Annotated[
    str, StringConstraints(pattern=rf"^(/{_SEGMENT})*(/\{{user_id\}})?(/{_SEGMENT})*$", min_length=2, max_length=200)
]

_A_NAME = "a name of letters, digits, _ and -"
_NESTED = f'{_A_NAME}, or several with dots between, such as "data.tasks"'
_TRUE_OR_FALSE = "true or false"


class Table(BaseModel):
    """A TOML table in which nothing unknown stands. What is not set is None."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ListEnvelopeTable(Table):
    """The object around a list."""

    tasks: NestedName = Field(description=_NESTED)
    total: NestedName | None = Field(None, description=_NESTED)

    @model_validator(mode="after")
    def _stand_apart(self) -> Self:
        tasks, total = f"{self.tasks}.", f"{self.total}."
        if tasks.startswith(total) or total.startswith(tasks):
            raise ValueError("tasks and total must stand apart: none may be the other, or in it")
        return self


class FieldNamesTable(Table):
    """Other names for fields of a task."""

    id: Name | None = Field(None, description=_A_NAME)
    user_id: Name | None = Field(None, description=_A_NAME)
    title: Name | None = Field(None, description=_A_NAME)
    description: Name | None = Field(None, description=_A_NAME)
    completed: Name | None = Field(None, description=_A_NAME)
    completed_at: Name | None = Field(None, description=_A_NAME)
    created_at: Name | None = Field(None, description=_A_NAME)
    updated_at: Name | None = Field(None, description=_A_NAME)

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        names = Counter([*PUBLISHED_FIELDS, *self.changed().values()])
        if twice := [name for name, times in names.items() if times > 1]:
            raise ValueError(f"{twice[0]} must name one field only; the published names are read as well")
        return self

    def changed(self) -> Mapping[str, str]:
        """Return the names that differ from the published ones, by those."""
        return {field: name for field, name in self.model_dump(exclude_none=True).items() if name != field}


class ContractTable(Table):
    """One contract: the published one that it extends, and what it changes.

    Each key but ``extends`` is a field of the contract or of its policy.
    """

    extends: Published = Field(description=f"one of {', '.join(_PUBLISHED)}")
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="a text of 1 to 200 characters, for the documentation"
    )
    base_path: BasePath | None = Field(None, description="a path such as /api/v1/tasks or /api/{user_id}/tasks")
    completion: Segment | None = Field(None, description="one segment of a path, such as toggle or complete")
    completion_marks: bool | None = Field(None, description=_TRUE_OR_FALSE)
    page_size: Annotated[int, Field(ge=1, le=PAGE_LIMIT)] | Literal["all"] | None = Field(
        None, description=f'a number from 1 to {PAGE_LIMIT}, or "all"'
    )
    invalid_input_status: Literal[400, 422] | None = Field(None, description="400 or 422")
    token_lifetime: Lifetime | None = Field(None, description='a length of time such as "24h" or "7d", or "any"')
    list_envelope: ListEnvelopeTable | None = Field(
        None, description='a table such as { tasks = "tasks", total = "total" }'
    )
    task_envelope: NestedName | None = Field(None, description=_NESTED)
    field_names: FieldNamesTable | None = Field(
        None, description=f'a table such as {{ completed = "is_completed" }}, with {", ".join(PUBLISHED_FIELDS)}'
    )
    completed_values: Annotated[list[str], Field(min_length=2, max_length=2)] | None = Field(
        None, description='two texts, for false and true, such as ["pending", "completed"]'
    )
    deleted_answer: Literal["nothing", "task"] | None = Field(None, description='"nothing" or "task"')
    title_limit: Annotated[int, Field(ge=len(UNTITLED), le=WIDEST_TITLE)] | None = Field(
        None, description=f"a number from {len(UNTITLED)} to {WIDEST_TITLE}"
    )
    description_limit: Annotated[int, Field(ge=1, le=WIDEST_DESCRIPTION)] | None = Field(
        None, description=f"a number from 1 to {WIDEST_DESCRIPTION}"
    )
    title_generated: bool | None = Field(None, description=_TRUE_OR_FALSE)
    deletion_permanent: bool | None = Field(None, description=_TRUE_OR_FALSE)
    stranger_forbidden: bool | None = Field(None, description=_TRUE_OR_FALSE)

    @field_validator("completion")
    @classmethod
    def _is_no_other_route(cls, completion: str | None) -> str | None:
        if completion in {"restore", "uncomplete"}:
            raise ValueError(f"must not be {completion}, which does something else on every contract")
        return completion

    @field_validator("completed_values")
    @classmethod
    def _are_two_words(cls, values: list[str] | None) -> list[str] | None:
        for word in values or ():
            if not word.isprintable() or word.strip() != word or not 1 <= len(word) <= _WORD_LIMIT:
                raise ValueError(f"must be texts of 1 to {_WORD_LIMIT} printable characters without outer blanks")
        for word, meant in zip(values or (), (Status.PENDING, Status.COMPLETED), strict=True):
            if {**STATUS_WORDS, **COMPLETED_WORDS}.get(word.lower(), meant) is not meant:
                raise ValueError(f"must not have {word} for {meant.value} tasks, because it selects others in a list")
        if values and values[0].casefold() == values[1].casefold():
            raise ValueError("must be two texts that differ in more than the case of their letters")
        return values


def _descriptions() -> dict[str, str]:
    nested: dict[str, type[Table]] = {"list_envelope": ListEnvelopeTable, "field_names": FieldNamesTable}
    found = {key: field.description for key, field in ContractTable.model_fields.items()}
    for outer, table in nested.items():
        found |= {f"{outer}.{key}": field.description for key, field in table.model_fields.items()}
    return {key: str(description) for key, description in found.items()}


MAY_BE = _descriptions()
"""What each key may be, nested ones with a dot between."""
