"""Where a PostgreSQL address leads, and how its connection is protected.

An address is read as Neon prints it and as libpq understands it
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS). TLS is never weaker than ``sslmode``
says; without one it is ``prefer``, as everywhere in PostgreSQL. ``require`` encrypts without a look at the certificate,
unless ``sslrootcert`` is given, which makes it ``verify-ca``; ``verify-full`` is what proves the server's identity.

``channel_binding=require`` is enforced by psycopg2 only: asyncpg cannot bind the channel, and connects without.
"""

import ssl
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from todo_adapters.address import PostgresAddress
from todo_core.errors import StorageUnusable

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_CHANNEL_BINDINGS = ("disable", "prefer", "require")
_FLAG = ("true", "false")
_IGNORED = ("connect_timeout", "pool_timeout", "connection_limit")
"""Written into addresses for other programs; deadline and pool are settings of this one."""
_PARAMETERS = ("sslmode", "sslrootcert", "channel_binding", "application_name", "pgbouncer", *_IGNORED)

_POOLER = "-pooler"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A database on a server. ``sslrootcert`` is a file of certificates, ``system`` or None for this machine's own."""

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(repr=False)
    sslmode: str
    sslrootcert: str | None
    channel_binding: str
    application_name: str
    pooled: bool
    """Whether a pooler in transaction mode stands in between: Neon names it in the host (``ep-…-pooler.…``), and for
    any other one ``pgbouncer=true`` says so."""

    def direct(self) -> "Endpoint":
        """Return the same database without Neon's pooler, as migrations need it; other poolers cannot be told."""
        name, dot, domain = self.host.partition(".")
        return replace(self, host=name.removesuffix(_POOLER) + dot + domain, pooled=False)

    @property
    def verified(self) -> bool:
        """Whether the server's certificate must be signed by somebody who is trusted."""
        return self.sslmode.startswith("verify-") or (self.sslmode == "require" and self.sslrootcert is not None)

    @property
    def certificates(self) -> str | None:
        """The file of those who are trusted; None where nobody needs to be."""
        if not self.verified:
            return None
        if self.sslrootcert not in {None, "system"}:
            return self.sslrootcert
        return ssl.get_default_verify_paths().cafile or "system"

    def ssl_context(self) -> ssl.SSLContext:
        """Return the same demands for a driver that leaves TLS to Python."""
        file = self.certificates
        context = ssl.create_default_context(cafile=None if file == "system" else file)
        context.check_hostname = self.sslmode == "verify-full"
        if not self.verified:
            context.verify_mode = ssl.CERT_NONE
        return context


def endpoint(address: PostgresAddress) -> Endpoint:
    """Read an address. Raises StorageUnusable, which names what is wrong and never repeats the address."""
    try:
        url = urlsplit(address.url)
        host, port = url.hostname, url.port
    except ValueError:
        raise StorageUnusable("The database address is not a URL; is a special character not encoded?") from None
    user, database = unquote(url.username or ""), unquote(url.path.removeprefix("/"))
    if not host or not user or not database:
        raise StorageUnusable("The database address must name a host, a user and a database.")
    options = _options(url.query)
    _refuse_missing(options.get("sslrootcert"))
    return Endpoint(
        host=unquote(host),
        port=port or 5432,
        database=database,
        user=user,
        password=None if url.password is None else unquote(url.password),
        sslmode=_choice(options, "sslmode", _SSL_MODES, "prefer"),
        sslrootcert=options.get("sslrootcert"),
        channel_binding=_choice(options, "channel_binding", _CHANNEL_BINDINGS, "prefer"),
        application_name=options.get("application_name", "todo"),
        pooled=host.partition(".")[0].endswith(_POOLER) or _choice(options, "pgbouncer", _FLAG, "false") == "true",
    )


def _options(query: str) -> dict[str, str]:
    # A plus is a plus here, as in libpq; only forms write a blank so.
    options = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    for name in options:
        if name not in _PARAMETERS:
            raise StorageUnusable(f"The database address has an unknown parameter; known are {', '.join(_PARAMETERS)}.")
    return options


def _choice(options: dict[str, str], name: str, accepted: tuple[str, ...], default: str) -> str:
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
