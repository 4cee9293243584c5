"""Real servers, each started once, when the first test asks for it."""

from collections.abc import Iterator

import pytest

from tests.pgbouncer import PROGRAM, Pooler, running_pgbouncer
from tests.postgres import Server, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def pgbouncer(postgres: Server) -> Iterator[Pooler]:
    if PROGRAM is None:
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    with running_pgbouncer(postgres) as pooler:
        yield pooler
