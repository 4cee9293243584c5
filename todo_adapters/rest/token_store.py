"""Tokens for servers, kept between commands: in the system's keyring if there is one, else in a private file."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from todo_adapters.private_file import is_open_to_others, make_folder
from todo_core.errors import StorageUnusable

if sys.platform != "win32":
    import fcntl

SERVICE = "todo"
"""What the keyring shows as the owner of the tokens."""

KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token, and where it was found."""

    token: str = field(repr=False)
    place: str


class TokenStore:
    """One token for each server, by the server's URL."""

    def __init__(self, path: Path) -> None:
        """Use this file where there is no keyring; its folder may still be missing."""
        self._path = path

    def find(self, server: str) -> StoredToken | None:
        """Return the token for a server. Raises StorageUnusable for a file that others may read."""
        if token := _Keyring().get(server):
            return StoredToken(token, KEYRING)
        token = self._read().get(server)
        return StoredToken(token, str(self._path)) if token else None

    def keep(self, server: str, token: str) -> str:
        """Keep a token instead of an earlier one, and return where it is. Raises as ``find``."""
        self.forget(server)
        if _Keyring().put(server, token):
            return KEYRING
        make_folder(self._path.parent)
        with self._alone():
            self._write({**self._read(), server: token})
        return str(self._path)

    def forget(self, server: str) -> bool:
        """Remove the token for a server, wherever it is; return whether there was one. Raises as ``find``."""
        filed = self._path.exists() and self._forget_filed(server)
        return _Keyring().remove(server) or filed

    def _forget_filed(self, server: str) -> bool:
        with self._alone():
            tokens = dict(self._read())
            filed = tokens.pop(server, None)
            if filed:
                self._write(tokens)
            return filed is not None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from changing the file, whose folder exists by now; Windows has no such lock."""
        if sys.platform == "win32":
            yield
            return
        # The lock is on the folder, because the file is replaced as a whole. It ends with the process at the latest.
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _read(self) -> Mapping[str, str]:
        try:
            with self._path.open(encoding="utf-8") as file:
                if is_open_to_others(file.fileno()):
                    raise StorageUnusable(f"Others may read {self._path}; log in again after: rm '{self._path}'")
                tokens = json.load(file)
        except FileNotFoundError:
            return {}
        except ValueError:
            tokens = None
        if not isinstance(tokens, dict) or not all(isinstance(token, str) for token in tokens.values()):
            raise StorageUnusable(f"{self._path} cannot be understood; remove it and log in again.")
        return tokens

    def _write(self, tokens: Mapping[str, str]) -> None:
        """Replace the file as a whole; nobody else may ever read it, not even the part that is written first."""
        number, part = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}.")  # mode 0600
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(tokens, file)
            Path(part).replace(self._path)
        except BaseException:
            Path(part).unlink()
            raise


class _Keyring:
    """The system's keyring, if there is one: the library is an extra, and a system may have none."""

    def __init__(self) -> None:
        self._library = _library()

    def get(self, server: str) -> str | None:
        if not self._library:
            return None
        try:
            token: str | None = self._library.get_password(SERVICE, server)
        except self._library.errors.KeyringError:
            return None
        return token

    def put(self, server: str, token: str) -> bool:
        """Store a token, and return whether the keyring holds it now.

        Some keyrings accept a token and do not keep it, or not all of it.
        """
        if not self._library:
            return False
        try:
            self._library.set_password(SERVICE, server, token)
        except self._library.errors.KeyringError:
            return False
        return self.get(server) == token

    def remove(self, server: str) -> bool:
        if not self._library or not self.get(server):
            return False
        try:
            self._library.delete_password(SERVICE, server)
        except self._library.errors.KeyringError:
            return False
        return True


def _library() -> ModuleType | None:
    try:
        import keyring  # noqa: PLC0415  an extra
    except ImportError:
        return None
    return keyring
