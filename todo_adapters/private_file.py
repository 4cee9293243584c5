"""Files that nobody but their owner may read, whoever made the folder that they are in."""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless they are there; nobody else may look into it. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)


def make_private(path: Path, content: bytes = b"") -> None:
    """Make a file, and the folders above it, unless they are there; nobody else may read what is made.

    A file that exists is not opened, because to close it would end the locks that other connections of this process
    hold on it (POSIX advisory locks). Raises OSError.
    """
    make_folder(path.parent)
    with suppress(FileExistsError), open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)


def is_open_to_others(file: Path | int) -> bool:
    """Whether somebody else than the owner may read or write a file, by its name or its number. Raises OSError."""
    mode = stat.S_IMODE((os.fstat(file) if isinstance(file, int) else file.stat()).st_mode)
    return sys.platform != "win32" and bool(mode & 0o077)


def exposure(path: Path) -> str | None:
    """Return one line about a file that is open to others, and how to close it; None for any other file."""
    try:
        exposed = is_open_to_others(path)
    except FileNotFoundError:
        return None
    return f"Others may read {path}; keep it to yourself with: chmod 600 '{path}'" if exposed else None
