"""Every statement that the two executors run, built from the table and built once.

The names of a statement's parameters are those of the values that the executors hand in. All but ``OWNER_OF`` and
``STATE`` reach the rows of one user only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    LargeBinary,
    Select,
    Text,
    UpdateBase,
    bindparam,
    cast,
    collate,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import TypeEngine

from todo_adapters.neon.table import TASKS, VERSION_TABLE
from todo_core.query import Sort, Status, TaskQuery
from todo_core.text import FOLDED

Statement = Select[Any] | UpdateBase

_c = TASKS.c
_TASK = (
    _c.id,
    _c.user_id,
    _c.title,
    _c.description,
    _c.completed_at,
    _c.created_at,
    _c.updated_at,
    _c.deleted_at,
    _c.version,
)
"""In the order of todo_core.task.Task's fields, so that a row can be unpacked into one."""

_TIME = DateTime(timezone=True)
_DRAFT: Mapping[Column[Any], TypeEngine[Any]] = {
    _c.title: Text(),
    _c.description: Text(),
    _c.completed: Boolean(),
    _c.completed_at: _TIME,
    _c.created_at: _TIME,
    _c.updated_at: _TIME,
    _c.deleted_at: _TIME,
    _c.idempotency_key: Text(),
    _c.idempotency_digest: LargeBinary(),
}
_OWNER = bindparam("owner", type_=Text())
_FIRST = literal_column("1", BigInteger())
_ID = bindparam("task_id", type_=BigInteger())


_KEY = (_c.user_id, _c.idempotency_key)
_HAS_KEY = _c.idempotency_key.is_not(None)


def _value(name: str) -> BindParameter[Any]:
    return bindparam(f"new_{name}", type_=_c[name].type)


ADD: Statement = (
    insert(TASKS)
    .values(user_id=_OWNER, version=_FIRST, **{field.name: _value(field.name) for field in _DRAFT})
    .on_conflict_do_nothing(index_elements=_KEY, index_where=_HAS_KEY)
    .returning(_c.id)
)
"""The new id, or no row if the user's key is taken."""


def _add_all() -> Statement:
    drafts = (
        func.unnest(*(cast(bindparam(f"new_{field.name}"), ARRAY(kind)) for field, kind in _DRAFT.items()))
        .table_valued(*(field.name for field in _DRAFT), name="drafts")
        .render_derived()
    )
    stored = (
        insert(TASKS)
        .from_select(
            ["user_id", "version", *(field.name for field in _DRAFT)],
            select(_OWNER, _FIRST, *(drafts.c[field.name] for field in _DRAFT)),
        )
        .on_conflict_do_nothing(index_elements=_KEY, index_where=_HAS_KEY)
        .returning(_c.id)
        .cte("stored")
    )
    return select(stored.c.id).order_by(stored.c.id)


ADD_ALL: Statement = _add_all()
"""The ids of the drafts that were stored, which come as one array for each column; ids follow their order."""

GET: Statement = select(*_TASK).where(_c.user_id == _OWNER, _c.id == _ID)

FIND_BY_KEY: Statement = select(*_TASK, _c.idempotency_digest).where(
    _c.user_id == _OWNER, _c.idempotency_key == bindparam("key", type_=Text())
)

_ONE_OF = _c.id == func.any(bindparam("task_ids", type_=ARRAY(BigInteger())))

LOCK: Statement = select(*_TASK).where(_c.user_id == _OWNER, _ONE_OF).order_by(_c.id).with_for_update()
"""Several tasks, held until the transaction ends; always locked by ascending id, so that no two callers deadlock."""

_AS_READ = (_c.user_id == _OWNER, _c.id == _ID, _c.version == bindparam("read_version", type_=BigInteger()))

REPLACE: Statement = (
    update(TASKS)
    .where(*_AS_READ)
    .values(
        {
            name: _value(name)
            for name in ("title", "description", "completed", "completed_at", "updated_at", "deleted_at", "version")
        }
    )
    .returning(_c.id)
)
REMOVE: Statement = delete(TASKS).where(*_AS_READ).returning(_c.id)
"""Both return a row exactly if the task was still at the version that was read."""

OWNER_OF: Statement = select(_c.user_id).where(_c.id == _ID, _c.deleted_at.is_(None))

ENCODING = func.current_setting(literal_column("'server_encoding'"))

STATE: Statement = select(
    column("version_num", Text()),
    ENCODING,
    func.current_setting(literal_column("'transaction_read_only'")),
).select_from(table(VERSION_TABLE))
"""The schema's revision, and the settings that decide whether the store can be used; no row without a schema."""


@dataclass(frozen=True, slots=True)
class ListShape:
    """What the statement of a list depends on; everything else is a parameter of it."""

    status: Status
    sort: Sort
    searching: bool
    continued: bool
    skipping: bool = False

    @classmethod
    def of(cls, query: TaskQuery) -> "ListShape":
        """Return the shape of a query."""
        return cls(query.status, query.sort, query.search is not None, query.after is not None, query.offset > 0)


_STATUS: Mapping[Status, tuple[ColumnElement[bool], ...]] = {
    Status.ALL: (_c.deleted_at.is_(None),),
    Status.PENDING: (_c.deleted_at.is_(None), _c.completed.is_(False)),
    Status.COMPLETED: (_c.deleted_at.is_(None), _c.completed.is_(True)),
    Status.DELETED: (_c.deleted_at.is_not(None),),
}


_LIMIT = select(cast(bindparam("limit"), BigInteger())).scalar_subquery()
"""A limit that the planner cannot see, so that it expects a page and reads the index in order instead of sorting."""


@cache
def find(shape: ListShape) -> Statement:
    """Return the statement of a list; a limit of None means no limit."""
    return _listing(shape, _TASK)


@cache
def order(shape: ListShape) -> Statement:
    """Return the statement of a list's ids."""
    return _listing(shape, (_c.id,))


@cache
def find_among(status: Status, *, searching: bool) -> Statement:
    """Return the statement for those of some tasks that a list shows, in no order."""
    return select(*_TASK).where(*_matching(status, searching=searching), _ONE_OF)


def _listing(shape: ListShape, columns: Iterable[Column[Any]]) -> Select[Any]:
    field: ColumnElement[Any] = _c[shape.sort.field]
    if isinstance(field.type, Text):
        field = collate(field, "C")  # by code point, whatever the locale of the database is
    statement = select(*columns).where(*_matching(shape.status, searching=shape.searching))
    if shape.continued:
        place = tuple_(field, _c.id)
        start = tuple_(
            bindparam("after_value", type_=_c[shape.sort.field].type), bindparam("after_id", type_=_c.id.type)
        )
        statement = statement.where(place < start if shape.sort.descending else place > start)
    order = (field.desc(), _c.id.desc()) if shape.sort.descending else (field, _c.id)
    statement = statement.order_by(*order).limit(_LIMIT)
    return statement.offset(bindparam("offset", type_=BigInteger())) if shape.skipping else statement


@cache
def count(status: Status, *, searching: bool) -> Statement:
    """Return the statement that counts the tasks of a list, on all its pages."""
    return select(func.count()).select_from(TASKS).where(*_matching(status, searching=searching))


def _matching(status: Status, *, searching: bool) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that the tasks of a list fulfil, whatever the page."""
    conditions = (_c.user_id == _OWNER, *_STATUS[status])
    if not searching:
        return conditions
    needle = _folded(bindparam("search", type_=Text()))
    holds = (func.strpos(_folded(text), needle) > literal_column("0") for text in (_c.title, _c.description))
    return (*conditions, or_(*holds))


def _folded(text: ColumnElement[str]) -> ColumnElement[str]:
    """Return the form in which a search compares texts, as todo_core.text.fold does."""
    before, after = (literal_column(f"'{''.join(letters)}'", Text()) for letters in (FOLDED.keys(), FOLDED.values()))
    return func.normalize(func.lower(func.translate(text, before, after)))
