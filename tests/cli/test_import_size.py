"""A file of any length needs the memory of one task, and of the keys that tell the tasks apart."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.import_size import TASKS, environment_in, measured
from tests.benchmarks.many_tasks import SOURCES, write

LIMIT = 100
"""MiB."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the memory that a process needed")
@pytest.mark.parametrize("name", SOURCES)
def test_an_import_of_many_tasks_stays_small(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, name, TASKS)
    _, memory = measured(["import", str(file)], environment_in(tmp_path))
    assert memory < LIMIT
    file.unlink()
