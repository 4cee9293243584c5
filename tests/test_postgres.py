"""The suite's PostgreSQL does what its tests rely on."""

import pytest

from tests.support.postgres import Server


def test_rows_without_columns_are_refused(postgres: Server) -> None:
    """They read as no rows, so a wait for their end never waited, and tests were red by chance."""
    with pytest.raises(AssertionError, match="no columns"):
        postgres.run("SELECT FROM pg_stat_activity")
    assert postgres.run("SELECT pid FROM pg_stat_activity")
    assert postgres.run("SELECT 1 WHERE false") == postgres.run("SET work_mem = '4MB'") == []
