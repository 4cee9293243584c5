"""All that the store may ever send."""

from collections.abc import Mapping
from itertools import product

from sqlalchemy import Select, UpdateBase

from todo_adapters.neon import statements
from todo_adapters.neon.statements import ListShape, Statement
from todo_core.query import Sort, Status


def every_statement() -> Mapping[str, Statement]:
    """Return each statement of the module by its name, and those of all lists."""
    named = {name: value for name, value in vars(statements).items() if isinstance(value, Select | UpdateBase)}
    either = (False, True)
    for status, sort, searching, continued, skipping in product(Status, Sort, either, either, either):
        shape = ListShape(status, sort, searching, continued, skipping)
        list_name = f"{status} {sort} {searching=} {continued=} {skipping=}"
        named |= {f"find {list_name}": statements.find(shape), f"order {list_name}": statements.order(shape)}
    for status, searching in product(Status, either):
        named[f"count {status} {searching=}"] = statements.count(status, searching=searching)
        named[f"find among {status} {searching=}"] = statements.find_among(status, searching=searching)
    return named
