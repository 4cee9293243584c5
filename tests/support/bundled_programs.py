"""Start the programs that the suite brings along: never as root, in a folder of their own, blind to the environment."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ACCOUNT = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
"""PostgreSQL and PgBouncer refuse to run as root."""


@contextmanager
def program_folder(name: str) -> Iterator[Path]:
    """Make a folder that the programs may write to; a short path, because sockets live in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"todo-{name}-"))
    try:
        hand_over(folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def hand_over(*paths: Path) -> None:
    """Let the programs own these."""
    if _ACCOUNT:
        for path in paths:
            os.chown(path, _ACCOUNT.pw_uid, _ACCOUNT.pw_gid)


def settings(folder: Path) -> dict[str, Any]:
    """Return how ``subprocess`` is to run a program. No PG… variable of the environment reaches it."""
    account = {"user": _ACCOUNT.pw_uid, "group": _ACCOUNT.pw_gid, "extra_groups": []} if _ACCOUNT else {}
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    return {"cwd": folder, "env": env, "stdin": subprocess.DEVNULL, **account}
