"""Programs of this project in processes of their own, as users start them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Thread

from tests.support.secrecy import leak

STARTUP_SECONDS = 60
SHUTDOWN_SECONDS = 15
PROGRAM = (sys.executable, "-m", "todo_web")


class Server:
    """A running ``todo-web``, or another ``program``; ``lines`` is what it has printed so far, on either stream."""

    def __init__(
        self, values: Mapping[str, str], *arguments: str, workers: int, program: Sequence[str], folder: Path | None
    ) -> None:
        port = int(values.get("PORT", "0")) or free_port()
        self._workers = workers
        self._last = "Swagger UI" if "--dev" in arguments else "Uvicorn running on"
        self.url = f"http://127.0.0.1:{port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*program, "--workers", str(workers), *arguments],
            env=environment(values) | {"PORT": str(port)},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._printed = Condition()
        self._ended = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_listening(self) -> None:
        """Return when connections are accepted. Raises AssertionError if the program ends before that."""
        self.wait_for_lines(self._last, 1)
        self.wait_for_lines("Application startup complete", self._workers)

    def wait_for_lines(self, text: str, number: int) -> None:
        """Return when so many lines with a text were printed. Raises AssertionError if the program ends before that."""

        def printed() -> bool:
            return self._ended or sum(text in line for line in self.lines) >= number

        with self._printed:
            if not self._printed.wait_for(printed, STARTUP_SECONDS) or self._ended:
                raise AssertionError(f"todo-web does not say {text!r}:\n" + "".join(self.lines))

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Return the exit status, when all its processes have ended and what they printed has been read."""
        status = self.process.wait(SHUTDOWN_SECONDS)
        self._reader.join(SHUTDOWN_SECONDS)
        assert self._ended, "a process that it started still runs"
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                with self._printed:
                    self.lines.append(line)
                    self._printed.notify_all()
        with self._printed:
            self._ended = True
            self._printed.notify_all()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without any setting of the project, and with these."""
    ours = ("TODO_", "BETTER_AUTH_", "DATABASE_URL", "PORT", "OTEL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | dict(values)


@contextmanager
def serving(
    values: Mapping[str, str],
    *arguments: str,
    workers: int = 1,
    program: Sequence[str] = PROGRAM,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Run ``todo-web`` while the block runs, which begins when it listens; see ``starting``."""
    with starting(values, *arguments, workers=workers, program=program, folder=folder) as server:
        server.wait_until_listening()
        yield server


@contextmanager
def starting(
    values: Mapping[str, str],
    *arguments: str,
    workers: int = 1,
    program: Sequence[str] = PROGRAM,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Run ``todo-web`` while the block runs, which begins at once; whatever is left of it then is killed.

    It starts in a ``folder`` if one is named. Nothing that it printed may hold a token or a secret, but under --dev,
    which prints a token.
    """
    server = Server(values, *arguments, workers=workers, program=program, folder=folder)
    try:
        yield server
    finally:
        # Workers are children of the server, and would outlive it.
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.wait()
    if "--dev" not in arguments:
        assert leak("".join(server.lines)) is None
