"""Real servers, each started once, when the first test asks for it; and what holds for every test."""

import logging
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.contracts.conformance import MARKER, SPECIFICATIONS, Conformance
from tests.support import named_database
from tests.support.live_server import LiveServer, running_live_server
from tests.support.pgbouncer import PROGRAM, Pooler, running_pgbouncer
from tests.support.postgres import Database, Server, running_postgres
from tests.support.secrecy import leak


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give the database that a person names, otherwise that of the suite's own server."""
    if named_database.is_named():
        database = named_database.prepared()
        yield database
        database.empty()
    else:
        server: Server = request.getfixturevalue("postgres")
        yield server.database()


@pytest.fixture(scope="session")
def pgbouncer(postgres: Server) -> Iterator[Pooler]:
    if PROGRAM is None:
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    with running_pgbouncer(postgres) as pooler:
        yield pooler


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with running_live_server(tmp_path_factory.mktemp("served")) as running:
        yield running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="run each test that is marked as a trap so many times")
    parser.addoption(SPECIFICATIONS, type=Path, help="folder with the published texts of the specifications")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat what was red by chance before, as often as ``--rounds`` says."""
    rounds = metafunc.config.getoption("rounds")
    if rounds > 1 and metafunc.definition.get_closest_marker("trap"):
        metafunc.fixturenames.append("_round")
        metafunc.parametrize("_round", range(rounds))


def pytest_configure(config: pytest.Config) -> None:
    """Keep the log to what the project writes: the client of the tests would log every address that it asks."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    config.addinivalue_line("markers", MARKER)
    if named_database.is_named() and (refusal := named_database.refusal(config.getoption("numprocesses", 0) or 0)):
        raise pytest.UsageError(refusal)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Of a run in the background of a shell, what the tests start would not hear Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes says how busy the machine is.
    settings.register_profile("any machine", deadline=None)
    settings.load_profile("any machine")
    config.pluginmanager.register(Conformance(), "conformance")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose standard output, standard error or log holds a token or a secret."""
    report = yield
    for name, output in report.sections:
        if (found := leak(output)) is not None and report.passed:
            report.outcome = "failed"
            report.longrepr = f"{name} {found}."
    return report
