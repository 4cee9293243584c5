"""What a measurement is done with, whichever part it is of."""

from dataclasses import dataclass

from tests.support.postgres import Server


@dataclass(frozen=True)
class Bench:
    """A database, a folder for files that are thrown away, and how much time there is."""

    database: Server
    folder: str
    rounds: int
    seconds: float
    soak_seconds: float
    rows: int
    before: str | None
    """A checkout of an earlier version, to be measured in turn with this one; its environment is this one's."""
