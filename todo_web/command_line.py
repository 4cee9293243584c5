"""The ``todo-web`` command."""

import asyncio
import errno
import os
from datetime import timedelta
from functools import partial
from logging.config import dictConfig

import click
from pydantic import ValidationError

from todo_adapters.address import MemoryAddress, PostgresAddress, SqliteAddress
from todo_adapters.clock import SystemClock
from todo_adapters.private_file import exposure
from todo_adapters.tokens.development_token import issue_token
from todo_core.errors import StorageError, StorageUnusable
from todo_core.text import is_user_id
from todo_web.allowed_pages import AllowedPages
from todo_web.composition import open_storage, storage_of
from todo_web.development import greet, login_name, make_development_secret, usual_ttl, warn
from todo_web.durations import in_words, parse_duration
from todo_web.logs import development_log_config, log_config
from todo_web.proxy import PublicPrefix
from todo_web.settings import SECRET_MISSING, Settings, StorageSettings
from todo_web.signals import TERMINATED, end_at_once, hear_sigterm
from todo_web.wire.config import WireConfig
from todo_web.workers import APPLICATION, DEVELOPMENT_APPLICATION, check_address, serve

SHUTDOWN_SECONDS = 6
"""How long accepted requests may take to end after SIGTERM: one second longer than the store's usual deadline.

Closing the store may take two seconds more, so all has ended within ten.
"""

BACKLOG = 4096
"""Connections that may wait to be accepted, as far as the system allows (net.core.somaxconn). Clients beyond them try
again after one second, then after two more, and so on."""


NO_USER_ID = "a user id has 1 to 255 characters, none of them a control character"


class Refusal(click.ClickException):
    """The program stops with one line and the exit status for a wrong set-up."""

    exit_code = 2


def _duration(_context: click.Context, _parameter: click.Parameter, text: str | None) -> timedelta | None:
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(invoke_without_command=True)
@click.version_option(package_name="todo-service", prog_name="todo-web")
@click.option("--host", help="Address to listen on.  [default: TODO_HOST, else 127.0.0.1]")
# From the environment alone, where platforms set it: a PORT in a file named .env is mostly that of a front end.
@click.option(
    "--port",
    default=8000,
    envvar="PORT",
    show_envvar=True,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes to serve with.")
@click.option("--dev", is_flag=True, help="Need no settings: make a secret, use SQLite, print a token that works.")
@click.pass_context
def main(context: click.Context, host: str | None, port: int, workers: int, *, dev: bool) -> None:
    """Serve the to-do REST API.

    Settings come from the environment or a file named .env; BETTER_AUTH_SECRET is the only one that is required. The
    README lists them all.
    """
    # The server answers what it has accepted and raises the signal again: that is a success.
    serves = context.invoked_subcommand is None
    hear_sigterm(0 if serves else TERMINATED)
    if not serves:
        return
    try:
        settings = _settings(development_secret=dev)
        if workers > 1 and isinstance(settings.storage, MemoryAddress):
            raise click.UsageError("memory:// holds tasks in one process; serve it with --workers 1")
        asyncio.run(_try_storage(settings))
    except StorageError as error:
        raise Refusal(str(error)) from error
    host = host or settings.host
    try:
        check_address(host, port)
    except OSError as error:
        raise Refusal(_cannot_listen(host, port, error)) from error
    config = WireConfig(
        DEVELOPMENT_APPLICATION if dev else APPLICATION,
        settings.deadlines,
        partial(PublicPrefix, settings.trusted_proxies, settings.root_path),
        AllowedPages(settings.allowed_origins, loopback=dev),
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",
        log_config=development_log_config() if dev else log_config(),
        access_log=dev,
        proxy_headers=False,  # the application reads them, and the path prefix too
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        backlog=BACKLOG,
    )
    serve(config, partial(greet, settings, host, port) if dev else None)


@main.command()
@click.argument("user")
@click.option("--ttl", callback=_duration, help="How long it is valid: 24h, or as TODO_JWT_MAX_LIFETIME allows.")
@click.option("--expired", is_flag=True, help="Make a token that has expired already.")
def token(user: str, ttl: timedelta | None, *, expired: bool) -> None:
    """Print a token for USER, to try the service with.

    It is signed with BETTER_AUTH_SECRET, or with the secret that todo-web --dev has made.
    """
    if not is_user_id(user):
        raise click.UsageError(NO_USER_ID)
    settings = _settings(development_secret=True)
    if settings.shared_secret is None:
        raise Refusal("TODO_JWT_MODE is jwks: only the issuer can sign tokens; use hs256 or both to try the service")
    longest = settings.longest_token
    if ttl is None:
        ttl = usual_ttl(settings)
    elif longest is not None and ttl > longest:
        raise click.UsageError(
            f"the service accepts no token that is valid for longer than {in_words(longest)} (TODO_JWT_MAX_LIFETIME)"
        )
    click.echo(issue_token(settings.shared_secret, user, -ttl if expired else ttl, SystemClock().now()))


@main.command()
def migrate() -> None:
    """Bring the schema of the PostgreSQL database up to date.

    DATABASE_URL names the database, by its direct address or by that of Neon's pooler, which is left out then. Of two
    runs at once one waits, and both succeed. A SQLite file needs no migration.
    """
    try:
        address = StorageSettings().storage
    except ValidationError as error:
        raise _refusal(error) from None
    except StorageError as error:
        raise Refusal(str(error)) from error
    if not isinstance(address, PostgresAddress):
        raise click.UsageError("DATABASE_URL does not name a PostgreSQL database; other stores need no migration")
    from todo_adapters.neon import migrations  # noqa: PLC0415  Alembic is slow to import, and serving needs none of it

    try:
        migration = migrations.migrate(address)
    except StorageError as error:
        raise Refusal(str(error)) from error
    click.echo(str(migration))


@main.command()
@click.option(
    "--user", envvar="TODO_USER", default=lambda: login_name() or "", help="Whose tasks; your own by default."
)
def mcp(user: str) -> None:
    """Serve an assistant on this machine, over standard input and output.

    It works on the store of DATABASE_URL as the user of --user or TODO_USER, and needs no secret: who can start this
    program can open the store.
    """
    if not is_user_id(user):
        raise click.UsageError(NO_USER_ID)
    try:
        settings = StorageSettings()
        from todo_web.mcp.stdio import serve_streams  # noqa: PLC0415  an optional extra
    except ValidationError as error:
        raise _refusal(error) from None
    except ModuleNotFoundError:
        raise Refusal("the protocol's SDK is not installed; in the project's folder: uv pip install '.[mcp]'") from None
    dictConfig(log_config("ext://sys.stderr"))
    end_at_once()  # what was answered is stored, and any other end would wait for the thread that reads the input
    try:
        asyncio.run(serve_streams(settings, user))
    except StorageError as error:
        raise Refusal(str(error)) from error


def _settings(*, development_secret: bool) -> Settings:
    """Read the settings; stop with one line that says what to mend."""
    try:
        return Settings()
    except ValidationError as error:
        if development_secret and any(found["type"] == SECRET_MISSING for found in error.errors()):
            # The workers read their settings from the environment too.
            try:
                os.environ["BETTER_AUTH_SECRET"] = make_development_secret()
            except StorageUnusable as unusable:
                raise Refusal(str(unusable)) from unusable
            return _settings(development_secret=False)
        raise _refusal(error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another with --port, or stop the program that uses it"
    return f"cannot listen on {host}, port {port}: {error.strerror}; choose others with --host and --port"


def _refusal(error: ValidationError) -> Refusal:
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    text = found["msg"].removeprefix("Value error, ")
    if not found["loc"]:
        return Refusal(text)
    name = str(found["loc"][0])
    field = Settings.model_fields.get(name)  # the error of a default names its field, not its variable
    return Refusal(f"{field.validation_alias if field else name}: {text}")


async def _try_storage(settings: Settings) -> None:
    """Open the store once before any worker does, and warn of what keeps it from being ready. Raises StorageError."""
    async with open_storage(storage_of(settings)) as repository:
        try:
            await repository.check()
        except StorageError as error:
            warn(f"the service is not ready: {error}")
    if isinstance(settings.storage, SqliteAddress):
        warn(exposure(settings.storage.path))
