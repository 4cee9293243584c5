"""The ``todo-web`` command."""

import asyncio
import getpass
import os
import secrets
from datetime import timedelta

import click
from pydantic import ValidationError

from todo_adapters.address import MemoryAddress, PostgresAddress, data_folder
from todo_adapters.clock import SystemClock
from todo_adapters.tokens import issue_token
from todo_core.errors import StorageError
from todo_core.text import is_user_id
from todo_web.container import WebContainer, running, storage_of
from todo_web.durations import in_words, parse_duration
from todo_web.logs import development_log_config, log_config
from todo_web.processes import APPLICATION, serve
from todo_web.settings import SECRET_MISSING, Settings, StorageSettings
from todo_web.signals import TERMINATED, hear_sigterm
from todo_web.wire.config import WireConfig

SHUTDOWN_SECONDS = 8
"""How long accepted requests may take to end after SIGTERM."""

BACKLOG = 4096
"""Connections that may come at once, as far as the system allows (net.core.somaxconn): for those beyond it clients try
again after one second, then after two more, and so on."""


class Refusal(click.ClickException):
    """The program stops with one line and the exit status for a wrong set-up."""

    exit_code = 2


def _duration(_context: click.Context, _parameter: click.Parameter, text: str | None) -> timedelta | None:
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes to serve with.")
@click.option("--dev", is_flag=True, help="Need no setting: make a secret, use SQLite, print a token that works.")
@click.pass_context
def main(context: click.Context, host: str, port: int, workers: int, *, dev: bool) -> None:
    """Serve the to-do REST API.

    Settings come from the environment or a file named .env; BETTER_AUTH_SECRET is the only one that is required. The
    README lists them all.
    """
    # The server answers what it has accepted and raises the signal again: that is a success.
    serves = context.invoked_subcommand is None
    hear_sigterm(0 if serves else TERMINATED)
    if not serves:
        return
    settings = _settings(development_secret=dev)
    if workers > 1 and isinstance(settings.storage, MemoryAddress):
        raise click.UsageError("memory:// holds tasks in one process; serve it with --workers 1")
    try:
        asyncio.run(_try_storage(settings))
    except StorageError as error:
        raise Refusal(str(error)) from error
    if dev:
        _greet(settings, host, port)
    config = WireConfig(
        APPLICATION,
        settings.deadlines,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="auto",
        log_config=development_log_config() if dev else log_config(),
        access_log=dev,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        backlog=BACKLOG,
    )
    serve(config)


@main.command()
@click.argument("user")
@click.option("--ttl", callback=_duration, help="How long it is valid: 24h, or as TODO_JWT_MAX_LIFETIME allows.")
@click.option("--expired", is_flag=True, help="Make a token that has expired already.")
def token(user: str, ttl: timedelta | None, *, expired: bool) -> None:
    """Print a token for USER, to try the service with.

    It is signed with BETTER_AUTH_SECRET, or with the secret that todo-web --dev has made.
    """
    if not is_user_id(user):
        raise click.UsageError("a user id has 1 to 255 characters, none of them a control character")
    settings = _settings(development_secret=True)
    if settings.shared_secret is None:
        raise Refusal("TODO_JWT_MODE is jwks: only the issuer can sign tokens; use hs256 or both to try the service")
    longest = settings.longest_token
    if ttl is None:
        ttl = _usual_ttl(settings)
    elif longest is not None and ttl > longest:
        raise click.UsageError(
            f"the service accepts no token for longer than {in_words(longest)}: TODO_JWT_MAX_LIFETIME"
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
    if not isinstance(address, PostgresAddress):
        raise click.UsageError("DATABASE_URL names no PostgreSQL database; other stores need no migration")
    from todo_adapters.neon import migrations  # noqa: PLC0415  Alembic is slow to import, and serving needs none of it

    try:
        migrations.migrate(address)
    except StorageError as error:
        raise Refusal(str(error)) from error
    click.echo("The schema is up to date.")


def _settings(*, development_secret: bool) -> Settings:
    """Read the settings; stop with one line that says what to mend."""
    try:
        return Settings()
    except ValidationError as error:
        if development_secret and any(found["type"] == SECRET_MISSING for found in error.errors()):
            # The workers read their settings from the environment too.
            os.environ["BETTER_AUTH_SECRET"] = _development_secret()
            return _settings(development_secret=False)
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> Refusal:
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    text = found["msg"].removeprefix("Value error, ")
    if not found["loc"]:
        return Refusal(text)
    name = str(found["loc"][0])
    field = Settings.model_fields.get(name)  # a default that does not fit is told by the field, not by its variable
    return Refusal(f"{field.validation_alias if field else name}: {text}")


def _development_secret() -> str:
    """Return the secret of this user's data folder, made at the first call and readable by nobody else."""
    path = data_folder() / "development-secret"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size == 0:
        path.unlink()  # whoever made it was killed before it was written
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


async def _try_storage(settings: Settings) -> None:
    """Open the store once before any worker does, and tell what keeps it from being ready. Raises StorageError."""
    container = WebContainer(settings=settings, storage=storage_of(settings))
    async with running(container):
        try:
            await container.storage.repository().check()
        except StorageError as error:
            click.echo(f"Warning: the service is not ready: {error}", err=True)


def _greet(settings: Settings, host: str, port: int) -> None:
    user = getpass.getuser()
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104  only shown
    click.echo(f"\n  Swagger UI   http://{shown}:{port}/docs\n")
    if settings.shared_secret is None:
        click.echo(f"  Tokens come from {settings.tokens.issuer}.\n")
        return
    ttl = _usual_ttl(settings)
    token = issue_token(settings.shared_secret, user, ttl, SystemClock().now())
    click.echo(f"  A token for {user}, valid for {in_words(ttl)} (another one: todo-web token USER):\n\n  {token}\n")


def _usual_ttl(settings: Settings) -> timedelta:
    """Return how long a token is valid for which nobody said so."""
    return min(timedelta(hours=24), settings.longest_token or timedelta.max)
