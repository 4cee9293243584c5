"""Addresses, as Neon prints them and as people get them wrong."""

from urllib.parse import quote

import pytest

from tests.adapters.neon.drivers import DRIVERS, opened
from tests.adapters.neon.startup_message import listening
from tests.support.pgbouncer import Pooler
from tests.support.postgres import Server
from todo_adapters.address import PostgresAddress, parse_address
from todo_adapters.neon.dsn import Dsn, parse_dsn
from todo_core.errors import StorageError, StorageUnusable
from todo_core.synchronous import run_now

NEON = "ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech"


def read(url: str) -> Dsn:
    address = parse_address(url)
    assert isinstance(address, PostgresAddress)
    return parse_dsn(address)


def said(error: BaseException | None) -> str:
    """Return everything that a log would show of an error and those behind it."""
    if error is None:
        return ""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{error} {error!r} {said(behind)}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_an_address_of_neon_is_read_completely(scheme: str) -> None:
    found = read(f"{scheme}://alex:AbC%2F%40%3a123@{NEON}/dbname?sslmode=require&channel_binding=require")
    assert (found.host, found.port, found.database, found.user) == (NEON, 5432, "dbname", "alex")
    assert (found.password, found.sslmode, found.channel_binding) == ("AbC/@:123", "require", "require")
    assert found.pooled
    assert not read("postgres://a:b@host/d").pooled
    assert read("postgres://a:b@host/d?pgbouncer=true").pooled


def test_a_plus_is_a_plus() -> None:
    assert read("postgres://a:b+c@host/d?application_name=x+y%20z").start_up == {"application_name": "x+y z"}
    assert read("postgres://a:b+c@host/d").password == "b+c"


def test_the_direct_address_leaves_the_pooler_out() -> None:
    """As migrations need it (https://neon.com/docs/connect/connection-pooling)."""
    direct = read(f"postgres://alex:x@{NEON}:6432/dbname").direct()
    assert (direct.host, direct.port) == ("ep-cool-darkness-123456.us-east-2.aws.neon.tech", 6432)
    assert not direct.pooled
    assert direct.direct() == direct
    assert read("postgres://a:b@my-pooler.example/d").direct().host == "my.example"
    assert read("postgres://a:b@db.my-pooler.example/d").direct().host == "db.my-pooler.example"


@pytest.mark.parametrize(
    "tail",
    [
        "@host/db?sslmode=none",
        "@host/db?sslmode=",
        "@host/db?sslmode=REQUIRE",
        "@host/db?channel_binding=maybe",
        "@host/db?pgbouncer=yes",
        "@host/db?sslcert=geheim",
        "@host/db?wrong&geheim@host/db",
        "@host/db?=geheim",
        "@host/db?%2Fgeheim",
        "@host",
        "@host/",
        "@/db",
        "@host:port/db",
        "@[host/db",
    ],
)
def test_an_address_that_cannot_work_is_refused_without_being_repeated(tail: str) -> None:
    with pytest.raises(StorageUnusable) as caught:
        read(f"postgresql://ann:geheim{tail}")
    assert "geheim" not in said(caught.value)


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        ("statement_cache_size=0", "unknown parameter statement_cache_size"),
        ("sslnegotiation=direct", "unknown parameter sslnegotiation"),
        ("options=-c%20search_path%3Dx", "options in the database address"),
        ("options=endpoint%3Dep-x%20-c%20work_mem%3D1", "options in the database address"),
        ("target_session_attrs=standby", "target_session_attrs in the database address"),
        ("target_session_attrs=prefer-standby", "target_session_attrs in the database address"),
        ("host=other", "host in the database address"),
        ("host=/tmp", "host in the database address"),
        ("schema=mine", "schema in the database address"),
        ("ssl=no", "ssl in the database address"),
        ("ssl=", "ssl in the database address"),
        ("ssl=require&sslmode=disable", "ssl and sslmode in the database address"),
    ],
)
def test_a_parameter_that_cannot_be_kept_is_named(parameter: str, says: str) -> None:
    with pytest.raises(StorageUnusable, match=says):
        read(f"postgresql://ann:geheim@host/db?{parameter}")


def test_what_other_programs_write_into_addresses_is_understood() -> None:
    base = "postgresql://ann:geheim@host/db"
    assert read(f"{base}?ssl=require").sslmode == "require"
    assert read(f"{base}?ssl=true&sslmode=require").sslmode == "require"
    assert read(f"{base}?ssl=verify-full").sslmode == "verify-full"
    assert read(f"{base}?target_session_attrs=read-write").target_session_attrs == "read-write"
    assert read(f"{base}?options=endpoint%3Dep-cool-1").start_up["options"] == "endpoint=ep-cool-1"
    keepalives = "keepalives=1&keepalives_idle=5&keepalives_interval=2&keepalives_count=2"
    assert read(f"{base}?schema=public&{keepalives}&connect_timeout=9") == read(base)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("encoded", [False, True])
def test_a_socket_is_connected_to(postgres: Server, driver: str, encoded: bool) -> None:  # noqa: FBT001  a case
    """Its folder stands in ``host=``, or encoded in the place of a host; TLS has no meaning there."""
    place = quote(str(postgres.folder), safe="")
    old, new = (f"localhost:{postgres.port}", f"{place}:{postgres.port}" if encoded else f":{postgres.port}")
    options = "?sslmode=require" if encoded else f"?sslmode=require&host={place}"
    url = postgres.url(options=options).replace(old, new)
    with opened(driver, PostgresAddress(url, None)) as store:
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("kind", ["any", "read-write", "primary"])
def test_a_server_that_can_be_written_to_is_accepted(postgres: Server, driver: str, kind: str) -> None:
    with opened(driver, postgres.address(options=f"?target_session_attrs={kind}")) as store:
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
def test_neon_is_told_its_endpoint(driver: str) -> None:
    """In the first message, which names the user and the database in the clear here."""
    with listening() as first:
        url = f"postgresql://ann:x@127.0.0.1:{first.port}/db?sslmode=disable&options=endpoint%3Dep-cool-1"
        with opened(driver, PostgresAddress(url, None)) as store, pytest.raises(StorageUnusable, match="endpoint"):
            run_now(store.check())
        assert b"\0options\0endpoint=ep-cool-1\0" in first.message


def test_no_representation_shows_a_password() -> None:
    address = parse_address("postgres://ann:geheim@host/db")
    assert isinstance(address, PostgresAddress)
    assert "geheim" not in repr(address)
    assert "geheim" not in repr(parse_dsn(address))


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_wrong_password_is_no_secret_to_shout(postgres: Server, driver: str) -> None:
    url = postgres.url().replace("p%40ss", "geheim")
    with opened(driver, PostgresAddress(url, None)) as store, pytest.raises(StorageError) as caught:
        run_now(store.check())
    assert "geheim" not in said(caught.value)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("options", ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=allow", "?connect_timeout=9"])
def test_both_drivers_connect_without_tls_where_the_address_allows_it(
    postgres: Server, driver: str, options: str
) -> None:
    with opened(driver, postgres.address(options=options)) as store:
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_is_never_downgraded(postgres: Server, driver: str, mode: str) -> None:
    """The server has no TLS, so nothing is sent to it."""
    with opened(driver, postgres.address(options=f"?sslmode={mode}")) as store, pytest.raises(StorageError):
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("host", "options"),
    [
        ("localhost", "?sslmode=require"),
        ("localhost", "?sslmode=prefer"),
        ("localhost", "?sslmode=require&channel_binding=prefer"),
        ("localhost", "?sslmode=verify-full&sslrootcert={certificate}"),
        ("127.0.0.1", "?sslmode=verify-ca&sslrootcert={certificate}"),
        ("127.0.0.1", "?sslmode=require&sslrootcert={certificate}"),
    ],
)
def test_both_drivers_connect_with_tls(pgbouncer: Pooler, driver: str, host: str, options: str) -> None:
    address = pgbouncer.address(options.format(certificate=pgbouncer.certificate), host)
    with opened(driver, address) as store:
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    ("host", "options"),
    [
        ("localhost", "?sslmode=disable"),
        ("localhost", "?sslmode=verify-ca"),
        ("localhost", "?sslmode=verify-full"),
        ("localhost", "?sslmode=verify-full&sslrootcert=system"),
        ("127.0.0.1", "?sslmode=verify-full&sslrootcert={certificate}"),
    ],
)
def test_a_server_that_cannot_prove_itself_is_refused(pgbouncer: Pooler, driver: str, host: str, options: str) -> None:
    address = pgbouncer.address(options.format(certificate=pgbouncer.certificate), host)
    with opened(driver, address) as store, pytest.raises(StorageError):
        run_now(store.check())


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_missing_file_of_certificates_is_named(pgbouncer: Pooler, driver: str) -> None:
    address = pgbouncer.address("?sslmode=verify-full&sslrootcert=/nowhere")
    with pytest.raises(StorageUnusable, match="sslrootcert"), opened(driver, address):
        pass


def test_channel_binding_is_enforced_by_psycopg2_and_unknown_to_asyncpg(pgbouncer: Pooler) -> None:
    """PgBouncer cannot bind the channel (https://www.pgbouncer.org/config.html), so this shows who insists on it."""
    address = pgbouncer.address("?sslmode=require&channel_binding=require")
    with opened("asyncpg", address) as store:
        run_now(store.check())
    with opened("psycopg2", address) as store, pytest.raises(StorageUnusable, match="channel_binding"):
        run_now(store.check())
