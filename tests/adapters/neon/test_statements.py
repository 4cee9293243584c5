"""The table and the statements, looked at without a database."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BindParameter, ClauseElement, Delete, Insert, Select, Update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList

from tests.adapters.neon.every_statement import every_statement
from todo_adapters import neon
from todo_adapters.neon.statements import Statement
from todo_adapters.neon.table import TASKS
from todo_core.query import Sort, Status


def conjuncts(clause: ClauseElement | None) -> Iterator[ClauseElement]:
    """Return the conditions that must all hold."""
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for part in clause.clauses:
            yield from conjuncts(part)
    elif clause is not None:
        yield clause


def is_owner(value: object) -> bool:
    return isinstance(value, BindParameter) and value.key == "owner"


def compares_with_owner(clause: ClauseElement) -> bool:
    return (
        isinstance(clause, BinaryExpression)
        and clause.operator is operators.eq
        and clause.left is TASKS.c.user_id
        and is_owner(clause.right)
    )


def is_scoped(statement: ClauseElement) -> bool:
    """Whether a statement reads and writes rows of the user "owner" only."""
    if isinstance(statement, Insert):
        values = {getattr(column, "name", column): value for column, value in (statement._values or {}).items()}  # noqa: SLF001  no public way
        if statement.select is not None:
            names = list(statement._select_names or ())  # noqa: SLF001  likewise
            values = dict(zip(names, statement.select.selected_columns, strict=True))
        return is_owner(values["user_id"])
    if isinstance(statement, Select | Update | Delete):
        return any(compares_with_owner(clause) for clause in conjuncts(statement.whereclause))
    return False


def touching(statement: Statement) -> list[ClauseElement]:
    """Return the parts of a statement that touch the table, each a statement itself."""
    return [
        part
        for part in visitors.iterate(statement)
        if isinstance(part, Insert | Update | Delete) or (isinstance(part, Select) and TASKS in part.get_final_froms())
    ]


def test_every_statement_is_scoped_by_the_owner() -> None:
    """Only who owns a task may be asked without saying whose tasks are meant."""
    unscoped = {name for name, statement in every_statement().items() if not all(map(is_scoped, touching(statement)))}
    assert unscoped == {"OWNER_OF"}
    assert {name for name, statement in every_statement().items() if not touching(statement)} == {"STATE"}
    assert len(every_statement()) == 9 + len(Status) * (len(Sort) * 8 * 2 + 4)


@pytest.mark.parametrize("module", ["repository", "executor", "asyncpg_executor", "psycopg2_executor"])
def test_nobody_goes_round_the_statements(module: str) -> None:
    """Where statements are run, none is made: SQLAlchemy lends only its connections, its compiler and its errors."""
    tree = ast.parse((Path(neon.__file__).parent / f"{module}.py").read_text())
    taken = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "sqlmodel"))
        for name in node.names
    }
    assert taken <= {"URL", "Connection", "ConnectionPoolEntry", "Engine", "create_engine", "dialect", "event", "exc"}
    assert not any(isinstance(node, ast.Import) and "sqlalchemy" in ast.dump(node) for node in ast.walk(tree))


def test_a_statement_has_no_value_that_the_executors_do_not_give() -> None:
    """Everything that varies is a parameter by name, so a text is compiled once and holds nobody's data."""
    for name, statement in every_statement().items():
        compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's
        assert all(value is None for value in compiled.params.values()), name


def test_the_keys_lead_with_the_owner() -> None:
    """So the table can be sharded by the owner; the ownership question alone has an index of its own."""
    keys = {str(index.name): [column.name for column in index.columns] for index in TASKS.indexes}
    assert keys.pop("tasks_owner") == ["id"]
    keys["primary key"] = [column.name for column in TASKS.primary_key]
    assert {columns[0] for columns in keys.values()} == {"user_id"}
