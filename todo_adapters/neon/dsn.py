"""Read a data source name (DSN): where a PostgreSQL address leads, and how its connection is protected.

An address is read as Neon prints it and as libpq understands it
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS). TLS is never weaker than ``sslmode``
says; without one it is ``prefer``, as everywhere in PostgreSQL. ``require`` encrypts without a look at the certificate,
unless ``sslrootcert`` is given, which makes it ``verify-ca``; ``verify-full`` is what proves the server's identity.

``channel_binding=require`` is enforced by psycopg2 only: asyncpg cannot bind the channel, and connects without.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from todo_adapters.address import PostgresAddress
from todo_core.errors import StorageUnusable

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_CHANNEL_BINDINGS = ("disable", "prefer", "require")
_SESSIONS = ("any", "read-write", "primary")
"""Those kinds of sessions of libpq's that can be written to."""
_FLAG = ("true", "false")
_SCHEMA = ("public",)
_ENDPOINT_OPTION = re.compile("(endpoint|project)=[A-Za-z0-9-]+")
_IGNORED = (
    "connect_timeout",
    "pool_timeout",
    "connection_limit",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
)
"""Parameters for other programs; this one has its own deadline, pool and keepalives."""
_PARAMETERS = (
    "host",
    "sslmode",
    "ssl",
    "sslrootcert",
    "channel_binding",
    "target_session_attrs",
    "options",
    "schema",
    "application_name",
    "pgbouncer",
    *_IGNORED,
)
_NAME = re.compile("[a-z][a-z_]{0,40}", re.IGNORECASE)

_POOLER = "-pooler"


@dataclass(frozen=True, slots=True)
class Dsn:
    """A database on a server. ``host`` may be the folder of a socket, and then there is no TLS.

    ``sslrootcert`` is a file of certificates, ``system`` or None for this machine's own.
    """

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(repr=False)
    sslmode: str
    sslrootcert: str | None
    channel_binding: str
    target_session_attrs: str
    start_up: Mapping[str, str]
    """What the server is told when a connection is opened."""
    pooled: bool
    """Whether a pooler in transaction mode stands in between: Neon names it in the host (``ep-…-pooler.…``), and for
    any other one ``pgbouncer=true`` says so."""

    def direct(self) -> "Dsn":
        """Return the database's address without Neon's pooler, as migrations need it.

        What stands behind another pooler is not known.
        """
        name, dot, domain = self.host.partition(".")
        return replace(self, host=name.removesuffix(_POOLER) + dot + domain, pooled=False)

    @property
    def verified(self) -> bool:
        """Whether the server's certificate must be signed by a trusted authority."""
        return self.sslmode.startswith("verify-") or (self.sslmode == "require" and self.sslrootcert is not None)

    @property
    def certificates(self) -> str | None:
        """The file of trusted certificate authorities; None where no certificate is checked."""
        if not self.verified:
            return None
        if self.sslrootcert not in {None, "system"}:
            return self.sslrootcert
        return ssl.get_default_verify_paths().cafile or "system"

    def ssl_context(self) -> ssl.SSLContext:
        """Return the same TLS settings for a driver that leaves TLS to Python."""
        file = self.certificates
        context = ssl.create_default_context(cafile=None if file == "system" else file)
        context.check_hostname = self.sslmode == "verify-full"
        if not self.verified:
            context.verify_mode = ssl.CERT_NONE
        return context


def parse_dsn(address: PostgresAddress) -> Dsn:
    """Read an address. Raises StorageUnusable, which names what is wrong and never repeats the address."""
    try:
        url = urlsplit(address.url)
        port = url.port
    except ValueError:
        raise StorageUnusable("The database address is not a URL; is a special character not encoded?") from None
    options = _options(url.query)
    _choice(options, "schema", _SCHEMA, "public")
    host = _host(url, options)
    user, database = unquote(url.username or ""), unquote(url.path.removeprefix("/"))
    if not host or not user or not database:
        raise StorageUnusable("The database address must name a host, a user and a database.")
    _refuse_missing(options.get("sslrootcert"))
    return Dsn(
        host=host,
        port=port or 5432,
        database=database,
        user=user,
        password=None if url.password is None else unquote(url.password),
        sslmode=_choice(options, "sslmode", _SSL_MODES, _ssl(options) or "prefer"),
        sslrootcert=options.get("sslrootcert"),
        channel_binding=_choice(options, "channel_binding", _CHANNEL_BINDINGS, "prefer"),
        target_session_attrs=_choice(options, "target_session_attrs", _SESSIONS, "any"),
        start_up={"application_name": options.get("application_name", "todo"), **_endpoint_option(options)},
        pooled=host.partition(".")[0].endswith(_POOLER) or _choice(options, "pgbouncer", _FLAG, "false") == "true",
    )


def _options(query: str) -> dict[str, str]:
    if "@" in query:  # what stands before it may be the rest of a password
        raise StorageUnusable("The database address is not understood; is a special character not encoded?")
    # A plus is a plus here, as in libpq; only forms write a blank so.
    options = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    for name in options:
        if name not in _PARAMETERS:
            shown = f" {name}" if _NAME.fullmatch(name) else ""
            known = ", ".join(_PARAMETERS)
            raise StorageUnusable(f"The database address has an unknown parameter{shown}; known are {known}.")
    return options


def _host(url: SplitResult, options: Mapping[str, str]) -> str:
    """Return the host's name, or the folder of a socket: that is the parameter ``host``, or encoded like a host."""
    named = url.netloc.rpartition("@")[2]
    # Not url.hostname for a folder, because it is in lower case.
    host = unquote(named.partition(":")[0] if named.lower().startswith("%2f") else url.hostname or "")
    other = options.get("host")
    if other is None:
        return host
    if host or not other.startswith("/"):
        raise StorageUnusable("host in the database address must be the folder of a socket, and the only host.")
    return other


def _ssl(options: Mapping[str, str]) -> str | None:
    """Return what ``ssl`` says, which other drivers write for ``sslmode``."""
    if "ssl" not in options:
        return None
    mode = _choice(options, "ssl", ("true", *_SSL_MODES), "").replace("true", "require")
    if options.get("sslmode", mode) != mode:
        raise StorageUnusable("ssl and sslmode in the database address contradict each other; write sslmode only.")
    return mode


def _endpoint_option(options: Mapping[str, str]) -> dict[str, str]:
    """Return how Neon is told which of its endpoints is meant, where TLS does not tell it."""
    option = options.get("options")
    if option is None:
        return {}
    if not _ENDPOINT_OPTION.fullmatch(option):
        raise StorageUnusable("options in the database address can only be endpoint%3D and the name of an endpoint.")
    return {"options": option}


def _choice(options: Mapping[str, str], name: str, accepted: tuple[str, ...], default: str) -> str:
    value = options.get(name, default)
    if value not in accepted:
        raise StorageUnusable(f"{name} in the database address must be one of {', '.join(accepted)}.")
    return value


def _refuse_missing(certificates: str | None) -> None:
    if certificates in {None, "system"}:
        return
    try:
        ssl.create_default_context(cafile=certificates)
    except OSError as error:
        raise StorageUnusable("The file that sslrootcert names cannot be read as certificates.") from error
