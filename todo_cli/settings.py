"""The settings of the program: from the environment, else from a file named .env, as the service reads them too."""

from collections.abc import Mapping
from pathlib import Path

from todo_cli.exit_codes import Misuse


def settings_file() -> Path | None:
    """Return the file of settings in the working directory, if there is one."""
    try:
        file = Path.cwd() / ".env"
    except FileNotFoundError:  # Somebody has removed the directory.
        return None
    return file if file.is_file() else None


def read_settings(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings by the names of their variables. What is empty is not set. Raises Misuse and OSError."""
    file = settings_file()
    kept: dict[str, str] = {}
    if file:
        from dotenv import dotenv_values  # noqa: PLC0415  most folders have no such file

        try:
            kept = {name.upper(): value for name, value in dotenv_values(file).items() if value}
        except UnicodeDecodeError:
            raise Misuse(f"{file} is not UTF-8 text.") from None
    return kept | {name: value for name, value in environ.items() if value}
