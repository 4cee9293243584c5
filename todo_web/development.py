"""What ``todo-web --dev`` does without settings: it makes a secret, and greets with a token that works."""

import getpass
import os
import secrets
import shlex
import shutil
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import click

from todo_adapters.address import data_folder
from todo_adapters.clock import SystemClock
from todo_adapters.private_file import exposure, make_private
from todo_adapters.tokens.development_token import issue_token
from todo_core.errors import StorageUnusable
from todo_web.durations import in_words
from todo_web.settings import MCP_PATH, Settings

DEVELOPER = "developer"
"""The user of a development token where the login name is unknown."""


def make_development_secret() -> str:
    """Return the secret of this user's data folder, made at the first call and readable by nobody else.

    Raises StorageUnusable.
    """
    path = data_folder() / "development-secret"
    try:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()  # whoever made it was killed before it was written
        make_private(path, secrets.token_urlsafe(48).encode("ascii"))
        warn(exposure(path))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StorageUnusable(f"The development secret cannot be kept in {path}: {error.strerror}.") from error


def warn(text: str | None) -> None:
    """Write a warning to standard error, if there is one."""
    if text:
        click.echo(f"Warning: {text}", err=True)


def greet(settings: Settings, host: str, port: int) -> None:
    """Print the addresses of the service, and a token for it."""
    user = login_name() or DEVELOPER
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104  only shown
    if settings.shared_secret is None:
        click.echo(f"\n  Tokens come from {settings.tokens.issuer}.")
    else:
        ttl = usual_ttl(settings)
        token = issue_token(settings.shared_secret, user, ttl, SystemClock().now())
        another = f"{_started_as()} token USER"
        click.echo(f"\n  A token for {user}, valid for {in_words(ttl)} (another one: {another}):\n\n  {token}")
    if settings.mcp:
        click.echo(f"\n  Assistants   http://{shown}:{port}{settings.root_path}{MCP_PATH}")
    click.echo(f"\n  Swagger UI   http://{shown}:{port}{settings.root_path}/docs\n")


def login_name() -> str | None:
    """Return the login name; the account may have none, as in a container."""
    with suppress(KeyError, OSError):
        return getpass.getuser()
    return None


def _started_as() -> str:
    """Return how a person starts this program in another terminal, where a virtual environment is mostly not active."""
    program = Path(sys.argv[0])
    if program.suffix == ".py":
        return f"{shlex.quote(sys.executable)} -m todo_web"
    if "VIRTUAL_ENV" not in os.environ and shutil.which(program.name) == str(program):
        return program.name
    program = program.absolute()
    here = Path.cwd()
    return shlex.quote(str(program.relative_to(here) if program.is_relative_to(here) else program))


def usual_ttl(settings: Settings) -> timedelta:
    """Return how long a token is valid unless somebody says otherwise."""
    return min(timedelta(hours=24), settings.longest_token or timedelta.max)
