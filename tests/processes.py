"""Programs of this project in processes of their own, as users start them."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from tests.secrecy import leak

STARTUP_SECONDS = 60
SHUTDOWN_SECONDS = 15


class Server:
    """A running ``todo-web``; ``lines`` is what it has printed so far, on either stream."""

    def __init__(self, values: Mapping[str, str], *arguments: str, workers: int, folder: Path | None) -> None:
        port = free_port()
        self._workers = workers
        self._last = "Swagger UI" if "--dev" in arguments else "Uvicorn running on"
        self.url = f"http://127.0.0.1:{port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "todo_web", "--workers", str(workers), *arguments],
            env=environment(values) | {"PORT": str(port)},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listening = Event()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_listening(self) -> None:
        """Return when connections are accepted. Raises AssertionError if the program ends before that."""
        if not self._listening.wait(STARTUP_SECONDS) or self.process.poll() is not None:
            raise AssertionError("todo-web does not serve:\n" + "".join(self.lines))

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def wait(self) -> int:
        """Return the exit status, when all that was printed has been read."""
        status = self.process.wait(SHUTDOWN_SECONDS)
        self._reader.join()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            awaited = Counter({self._last: 1, "Application startup complete": self._workers})
            for line in output:
                self.lines.append(line)
                if awaited:
                    awaited -= Counter(text for text in awaited if text in line)
                    if not awaited:
                        self._listening.set()
        self._listening.set()


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
    values: Mapping[str, str], *arguments: str, workers: int = 1, folder: Path | None = None
) -> Iterator[Server]:
    """Run ``todo-web`` while the block runs, in a folder if one is named; whatever is left of it then is killed.

    Nothing that it printed may hold a token or a secret, but under --dev, which prints a token.
    """
    server = Server(values, *arguments, workers=workers, folder=folder)
    try:
        server.wait_until_listening()
        yield server
    finally:
        # Workers are children of the server, and would outlive it.
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.wait()
    if "--dev" not in arguments:
        assert leak("".join(server.lines)) is None
