"""The program, run in this process on a store of its own."""

import io
import json as json_format
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.clocks import FrozenClock
from todo_cli.console import Console
from todo_cli.execution import run


class Stream(io.StringIO):
    """Text in memory that may pass for a terminal."""

    encoding = "utf-8"

    def __init__(self, text: str = "", *, terminal: bool = False) -> None:
        super().__init__(text)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever the program printed
        return json_format.loads(self.out)

    @property
    def problem(self) -> Any:  # noqa: ANN401  likewise
        return json_format.loads(self.err)


class Todo:
    """Calls the program as ann, on a SQLite file in a new folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "tasks.db"
        folder.mkdir(exist_ok=True)
        self.database.touch(mode=0o600)  # Else the first command would say that it began a new store.
        self.clock = FrozenClock()
        self.environ = {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "TODO_USER": "ann",
            "XDG_DATA_HOME": str(folder / "data"),
            "COLUMNS": "80",
            "TERM": "xterm",
            # Never the keyring of whoever runs the tests.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def __call__(self, *arguments: str, stdin: str = "", terminal: bool = False, **environ: str) -> Result:
        """Run a command line; on a ``terminal`` all three streams are one."""
        out, err = Stream(terminal=terminal), Stream(terminal=terminal)
        console = Console(Stream(stdin, terminal=terminal), out, err, self.environ | environ)
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in console.environ.items():
                patch.setenv(name, value)
            code = run(arguments, console, self.clock)
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, **how: Any) -> Result:  # noqa: ANN401  as above
        """Run a command line that succeeds."""
        result = self(*arguments, **how)
        assert result.code == 0, result
        return result

    def tasks(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the tasks that ``todo list`` shows."""
        return list(self.ok("list", "--json", *arguments).json)


@pytest.fixture
def todo(tmp_path: Path) -> Todo:
    return Todo(tmp_path)


@pytest.fixture
def process_environment(todo: Todo) -> Mapping[str, str]:
    """Return the environment for a real process on the same store."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **todo.environ}
