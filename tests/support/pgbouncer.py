"""A real PgBouncer before the suite's PostgreSQL, as Neon runs it: transaction mode, TLS, and here few connections."""

import datetime as dt
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.bundled_programs import hand_over, program_folder, settings
from tests.support.postgres import DATABASE, PASSWORD, USER, Server
from tests.support.processes import free_port
from todo_adapters.address import PostgresAddress

PROGRAM = shutil.which("pgbouncer", path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/opt/homebrew/bin")

PATIENCE = 30.0
"""Seconds in which a pooler must have found its server again."""

_CONFIGURATION = """
[databases]
* = host=localhost port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 400
client_tls_sslmode = require
client_tls_cert_file = {folder}/certificate
client_tls_key_file = {folder}/key
server_login_retry = 1
"""


@dataclass(frozen=True)
class Pooler:
    """A pooler that only speaks TLS. Its certificate names localhost and is signed by itself."""

    server: Server
    port: int
    certificate: Path

    def address(self, options: str = "?sslmode=require&pgbouncer=true", host: str = "localhost") -> PostgresAddress:
        """Return its address once it serves, whatever an earlier test did to the server behind it."""
        self._wait_until_serving()
        url = self.server.url(DATABASE, port=self.port, options=options)
        return PostgresAddress(url.replace("@localhost:", f"@{host}:"), None)

    def _wait_until_serving(self) -> None:
        """Return when a statement passes: after its server was away, a pooler refuses everybody for a second."""
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                self._ask()
            except psycopg2.OperationalError:
                if time.monotonic() > limit:
                    raise
            else:
                return

    def _ask(self) -> None:
        client = {"host": "localhost", "user": USER, "password": PASSWORD, "dbname": DATABASE, "sslmode": "require"}
        with closing(psycopg2.connect(port=self.port, **client)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")


@contextmanager
def running_pgbouncer(server: Server) -> Iterator[Pooler]:
    assert PROGRAM
    with program_folder("pgbouncer") as folder:
        port = free_port()
        _write_certificate(folder)
        (folder / "users").write_text(f'"{USER}" "{PASSWORD}"\n')
        configuration = _CONFIGURATION.format(server_port=server.port, port=port, folder=folder)
        (folder / "pgbouncer.ini").write_text(configuration)
        hand_over(*folder.iterdir())
        with (folder / "log").open("w") as log:  # a pipe would fill up, and PgBouncer would wait for its reader
            process = subprocess.Popen([PROGRAM, "pgbouncer.ini"], stderr=log, **settings(folder))
        try:
            while not _accepts(port):
                assert process.poll() is None, (folder / "log").read_text()
            yield Pooler(server, port, folder / "certificate")
        finally:
            process.kill()
            process.wait()


def _accepts(port: int) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=30):
        return True
    return False


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
