"""The service as its own process: start, load, faults, end."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx2
import pytest

from tests.support.issuer import Issuer
from tests.support.key_server import publishing
from tests.support.polling import until
from tests.support.processes import PROGRAM, STARTUP_SECONDS, Server, environment, serving, starting
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from todo_adapters.sqlite import SqliteTaskRepository
from todo_core.query import TaskQuery
from todo_core.synchronous import run_now
from todo_core.task import NewTask

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def values(folder: Path) -> dict[str, str]:
    return {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": f"sqlite:///{folder / 'tasks.db'}"}


def run(folder: Path, given: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "todo_web", *arguments],
        env=environment({"XDG_DATA_HOME": str(folder), "HOME": str(folder), **given}),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "BETTER_AUTH_SECRET is not set"),
        ({"BETTER_AUTH_SECRET": "short-secret"}, "shorter than 32 bytes"),
        ({"BETTER_AUTH_SECRET": "x" * 64}, "one character repeated"),
        ({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "mysql://u:hunter2@h/d"}, "postgresql://"),
        ({"BETTER_AUTH_SECRET": SECRET, "TODO_CONTRACTS": "nonsense"}, "unknown contract"),
        ({"BETTER_AUTH_SECRET": SECRET, "TODO_CONTRACTS": "backend-api,fastapi-backend-crud"}, "both serve"),
        ({"BETTER_AUTH_SECRET": SECRET, "TODO_CORS_ORIGINS": "*"}, "TODO_CORS_ORIGINS"),
        ({"BETTER_AUTH_SECRET": SECRET, "TODO_JWT_LEEWAY": "soon"}, "TODO_JWT_LEEWAY"),
        ({"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "sqlite:///not-ours.db"}, "not a SQLite database"),
    ],
)
def test_a_wrong_setting_is_one_line_that_says_what_to_mend(tmp_path: Path, given: dict[str, str], says: str) -> None:
    (tmp_path / "not-ours.db").write_text("a letter to my aunt, long enough to be no header\n" * 10)
    ended = run(tmp_path, given)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert says in ended.stderr
    assert ended.stderr.startswith("Error: ")
    assert ended.stderr.count("\n") == 1
    assert "hunter2" not in ended.stderr
    assert "short-secret" not in ended.stderr


@pytest.mark.parametrize("home", ["/dev/null", "/proc/nobody"])
@pytest.mark.parametrize("arguments", [("--dev",), ("token", "ann")])
def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path, home: str, arguments: tuple[str, ...]) -> None:
    ended = run(tmp_path, {"HOME": home, "XDG_DATA_HOME": ""}, *arguments)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "development-secret" in ended.stderr


def test_files_that_others_may_read_are_told(tmp_path: Path) -> None:
    """Of a development secret and a store that somebody made, or opened to others; what is made here is private."""
    folder = tmp_path / "todo"
    folder.mkdir(mode=0o755)
    home = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with serving(home, "--dev") as server:
        assert not any("Others may read" in line for line in server.lines)
    made = [folder / "development-secret", folder / "tasks.db"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in made] == [0o600, 0o600]
    for file in made:
        file.chmod(0o644)
    with serving(home, "--dev") as server:
        assert says(server, "Swagger UI")
        told = [line for line in server.lines if "Others may read" in line]
    assert [f"chmod 600 '{file}'" in line for file, line in zip(made, told, strict=True)] == [True, True]


def test_the_start_fetches_keys_once(tmp_path: Path) -> None:
    issuer = Issuer()
    issuer.add("one", "EdDSA")
    with publishing(issuer) as url:
        given = values(tmp_path) | {"TODO_JWT_MODE": "jwks", "TODO_JWKS_URL": url}
        with serving(given) as server, httpx2.Client(base_url=server.url) as client:
            assert becomes(client, 200)
            claims = {"sub": "ann", "iss": "http://localhost:3000", "aud": "http://localhost:3000"}
            sent = issuer.token("one", claims | {"exp": time.time() + 60})
            assert client.get("/tasks", headers={"Authorization": f"Bearer {sent}"}).status_code == 200
    assert issuer.fetches == 1


def test_memory_and_several_workers_do_not_go_together(tmp_path: Path) -> None:
    ended = run(tmp_path, {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": "memory://"}, "--workers", "2")
    assert ended.returncode == 2
    assert "--workers 1" in ended.stderr


@pytest.mark.proves("SC-007", contract="backend-todo-api")
def test_development_needs_no_setting(tmp_path: Path) -> None:
    """``--dev`` makes a secret, prints a token that works, and keeps both for the next start."""
    home = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with serving(home, "--dev") as server:
        printed = "".join(server.lines)
        assert "/docs" in printed
        token = next(line.strip() for line in server.lines if line.strip().startswith("ey"))
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=headers).status_code == 201
        other = run(tmp_path, {}, "token", "somebody").stdout.strip()
        answer = httpx2.get(f"{server.url}/tasks", headers={"Authorization": f"Bearer {other}"})
        assert (answer.status_code, answer.json()) == (200, [])
        expired = run(tmp_path, {}, "token", "somebody", "--expired", "--ttl", "1h").stdout.strip()
        answer = httpx2.get(f"{server.url}/tasks", headers={"Authorization": f"Bearer {expired}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    secret = next(tmp_path.rglob("development-secret"))
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with serving(home, "--dev") as server:
        assert len(httpx2.get(f"{server.url}/tasks", headers=headers).json()) == 1


def test_the_version_is_told(tmp_path: Path) -> None:
    assert run(tmp_path, {}, "--version").stdout == f"todo-web, version {version('todo-service')}\n"


def test_the_command_for_another_token_works_where_it_is_printed(tmp_path: Path) -> None:
    """Of a program that the shell would not find by its name."""
    home = {"XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with serving(home, "--dev") as server:
        match = re.search(r"another one: (.+) token USER\)", "".join(server.lines))
        assert match is not None
        ended = subprocess.run(
            ["/bin/sh", "-c", f"{match[1]} token ann"],
            env={"PATH": "/bin", **home},
            cwd=Path.cwd(),
            capture_output=True,
            text=True,
            check=True,
        )
        headers = {"Authorization": f"Bearer {ended.stdout.strip()}"}
        assert httpx2.get(f"{server.url}/tasks", headers=headers).status_code == 200


def test_nothing_is_promised_at_an_address_that_is_not_ours(tmp_path: Path) -> None:
    with serving(values(tmp_path)) as server:
        taken = server.url.rpartition(":")[2]
        for workers in ("1", "2"):
            ended = run(tmp_path, {}, "--dev", "--port", taken, "--workers", workers)
            assert ended.returncode != 0
            assert "token" not in ended.stdout


def test_the_port_comes_from_the_environment_and_not_from_a_file(tmp_path: Path) -> None:
    """A front end in the same folder keeps its port in a file named .env."""
    (tmp_path / ".env").write_text("PORT=1\nTODO_HOST=127.0.0.2\n")
    with serving(values(tmp_path), folder=tmp_path) as server:  # which names the port in the environment
        url = server.url.replace("127.0.0.1", "127.0.0.2")
        assert httpx2.get(f"{url}/health/live").status_code == 200
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{server.url}/health/live")


def test_a_wrong_port_is_refused(tmp_path: Path) -> None:
    ended = run(tmp_path, {"BETTER_AUTH_SECRET": SECRET, "PORT": "http"})
    assert ended.returncode == 2
    assert "PORT" in ended.stderr


@pytest.mark.parametrize(
    "arguments", [("token",), ("token", "bad\nuser"), ("token", "a", "--ttl", "soon"), ("--port", "x")]
)
def test_a_wrong_command_is_told_how_it_goes(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = run(tmp_path, {"BETTER_AUTH_SECRET": SECRET}, *arguments)
    assert ended.returncode == 2
    assert "Usage:" in ended.stderr
    assert not ended.stdout


async def _write_until_cut_off(url: str, server_killed: asyncio.Event, kill: object) -> list[int]:
    acknowledged: list[int] = []
    async with httpx2.AsyncClient(base_url=url, headers=bearer()) as client:

        async def write() -> None:
            while not server_killed.is_set():
                try:
                    answer = await client.post("/tasks", json={"title": "x"})
                except httpx2.TransportError:
                    return
                assert answer.status_code == 201
                acknowledged.append(answer.json()["id"])
                if len(acknowledged) == 60:
                    server_killed.set()
                    kill()  # type: ignore[operator]

        await asyncio.gather(*(write() for _ in range(8)))
    return acknowledged


@pytest.mark.proves("SC-004", contract="fastapi-todo-backend")
@pytest.mark.proves("SC-008", contract="backend-api")
def test_a_killed_process_loses_no_acknowledged_write(tmp_path: Path) -> None:
    with serving(values(tmp_path)) as server:
        killed = asyncio.Event()
        acknowledged = asyncio.run(_write_until_cut_off(server.url, killed, lambda: server.send(signal.SIGKILL)))
        assert server.wait() == -signal.SIGKILL
    assert len(acknowledged) >= 60
    with serving(values(tmp_path)) as server:
        stored = {task["id"] for task in httpx2.get(f"{server.url}/tasks", headers=bearer()).json()}
    assert stored >= set(acknowledged)


def test_sigterm_answers_what_was_accepted_and_ends_well(tmp_path: Path) -> None:
    with serving(values(tmp_path)) as server:
        assert httpx2.get(f"{server.url}/health/ready").json() == {"status": "ok"}
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert all(json.loads(line) for line in server.lines)
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{server.url}/health/live")


@pytest.fixture
def silent_store() -> Iterator[socket.socket]:
    """Listen where a database is looked for, and answer nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(STARTUP_SECONDS)
        yield listener


def waiting_for(listener: socket.socket) -> dict[str, str]:
    port = listener.getsockname()[1]
    url = f"postgresql://u:p@127.0.0.1:{port}/tasks?sslmode=disable"
    return {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": url, "TODO_STORAGE_DEADLINE": "300"}


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_is_heard_while_the_store_is_tried(silent_store: socket.socket, workers: int) -> None:
    with starting(waiting_for(silent_store), workers=workers) as server, silent_store.accept()[0]:
        server.send(signal.SIGTERM)
        assert server.wait() == 0


def test_sigterm_is_heard_from_the_first_line_on(silent_store: socket.socket) -> None:
    """What comes while the program is still imported, which may take seconds, is not lost."""
    with starting(waiting_for(silent_store) | {"PYTHONVERBOSE": "1"}) as server:
        server.wait_for_lines("import 'click'", 1)
        server.send(signal.SIGTERM)
        assert server.wait() == 0


ISOLATION = ("unshare", "--pid", "--fork", "--kill-child")


def test_sigterm_is_heard_by_process_1(silent_store: socket.socket) -> None:
    """As in a container, where the kernel drops the signals that a process does not handle."""
    if shutil.which("unshare") is None or subprocess.run([*ISOLATION, "true"], check=False).returncode != 0:
        pytest.skip("only root on Linux, with unshare, can make another process 1")
    program = (*ISOLATION, *PROGRAM)
    with starting(waiting_for(silent_store) | {"PYTHONVERBOSE": "1"}, program=program) as server:
        server.wait_for_lines("import 'click'", 1)
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
        os.kill(int(children), signal.SIGTERM)
        assert server.wait() == 0


def test_workers_end_with_their_supervisor(tmp_path: Path) -> None:
    with serving(values(tmp_path), workers=2) as server:
        server.send(signal.SIGKILL)
        assert server.wait() == -signal.SIGKILL
        with pytest.raises(httpx2.TransportError):
            httpx2.get(f"{server.url}/health/live")


@pytest.mark.trap
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share one socket")
def test_each_process_has_a_socket_of_its_own(tmp_path: Path) -> None:
    """So the kernel spreads the connections, from the first on, instead of giving all to the one that wakes first."""
    with starting(values(tmp_path), workers=2) as server:
        server.wait_for_lines("Started parent process", 1)
        assert httpx2.get(f"{server.url}/health/live", timeout=STARTUP_SECONDS).status_code == 200
        port = int(server.url.rpartition(":")[2])
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [row for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"]
        assert len({row[9] for row in listening}) == 2


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_of_another_machine_is_refused(tmp_path: Path, host: str) -> None:
    ended = run(tmp_path, values(tmp_path), "--host", host, "--port", "8123")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith(f"Error: cannot listen on {host}, port 8123: ")
    assert ended.stderr.endswith("; choose others with --host and --port\n")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="the machine has no IPv6")
@pytest.mark.parametrize("workers", [1, 2])
def test_every_address_of_the_machine_is_that_of_both_versions(tmp_path: Path, workers: int) -> None:
    """A platform may reach the service by IPv6, and ask for its health by IPv4."""
    given = values(tmp_path) | {"TODO_HOST": "::"}
    with serving(given, workers=workers) as server:
        port = httpx2.URL(server.url).port
        for host in ("127.0.0.1", "[::1]"):
            assert httpx2.get(f"http://{host}:{port}/health/live").status_code == 200
        other = run(tmp_path, given | {"PORT": str(port)})
        assert (other.returncode, f"port {port} on :: is in use" in other.stderr) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(tmp_path, given | {"PORT": str(port)})
        assert (refused.returncode, f"port {port} on :: is in use" in refused.stderr) == (2, True)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="the machine has no IPv6")
def test_who_comes_while_the_service_starts_on_every_address_is_not_turned_away(tmp_path: Path) -> None:
    with starting(values(tmp_path) | {"TODO_HOST": "::"}, workers=1) as server:
        server.wait_for_lines("Started server process", 1)
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as early:
            early.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
            assert early.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_address_that_is_served_already_is_refused(tmp_path: Path, workers: int) -> None:
    with serving(values(tmp_path), workers=workers) as server:
        port = server.url.rpartition(":")[2]
        ended = run(tmp_path, values(tmp_path), "--port", port, "--workers", str(workers))
        said = f"port {port} on 127.0.0.1 is in use; choose another with --port, or stop the program that uses it"
        assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"Error: {said}\n")
        assert httpx2.get(f"{server.url}/health/live").status_code == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_simultaneous_toggles_all_count(tmp_path: Path, workers: int) -> None:
    """200 toggles of one task, over one process and over two: right parity, every answer 200."""

    async def toggle_all(url: str) -> list[int]:
        limits = httpx2.Limits(max_connections=200)
        async with httpx2.AsyncClient(base_url=url, headers=bearer(), limits=limits, timeout=30) as client:
            await client.post("/tasks", json={"title": "x"})
            answers = await asyncio.gather(*(client.patch("/tasks/1/toggle") for _ in range(200)))
            task = await client.get("/tasks/1")
            assert (task.json()["completed"], task.headers["etag"]) == (False, '"201"')
            return [answer.status_code for answer in answers]

    with serving(values(tmp_path), workers=workers) as server:
        assert set(asyncio.run(toggle_all(server.url))) == {200}


def test_a_locked_store_is_503_in_time_and_heals(tmp_path: Path) -> None:
    """Another process holds the file's lock for longer than the deadline; reads go on, writes say 503."""
    given = values(tmp_path) | {"TODO_STORAGE_DEADLINE": "0.3"}
    with serving(given) as server, httpx2.Client(base_url=server.url, headers=bearer(), timeout=20) as client:
        client.post("/tasks", json={"title": "x"})
        lock = sqlite3.connect(tmp_path / "tasks.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        refused = client.post("/tasks", json={"title": "y"})
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
        assert refused.headers["retry-after"]
        assert str(tmp_path) not in refused.text
        assert client.get("/tasks/1").status_code == 200
        assert client.get("/health/live").status_code == 200
        lock.execute("ROLLBACK")
        lock.close()
        assert client.post("/tasks", json={"title": "z"}).status_code == 201


def test_sigterm_ends_the_service_also_while_a_write_waits_for_the_file(tmp_path: Path) -> None:
    """For a lock that another process holds; the write may wait a minute, and the service does not."""
    body = b'{"title": "x"}'
    fields = {"Host": "x", "Content-Type": "application/json", "Expect": "100-continue", **bearer()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with (
        serving(values(tmp_path) | {"TODO_STORAGE_DEADLINE": "60"}) as server,
        closing(sqlite3.connect(tmp_path / "tasks.db", isolation_level=None)) as lock,
        socket.create_connection(("127.0.0.1", httpx2.URL(server.url).port or 0), STARTUP_SECONDS) as connection,
    ):
        lock.execute("BEGIN IMMEDIATE")
        connection.sendall(f"POST /tasks HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode())
        assert b" 100 " in connection.recv(1024)  # it is accepted
        connection.sendall(body)
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert b'"code":"shutting_down"' in connection.makefile("rb").read()
    assert not any("Exception" in line for line in server.lines)  # to end in time is no fault of the program


def test_what_a_client_puts_into_a_path_stays_a_reference(tmp_path: Path) -> None:
    """Bytes that a URI must not hold reach us raw; they must not break out of ``Link`` or ``instance``."""

    def ask(connection: socket.socket, target: bytes, token: str) -> bytes:
        head = b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: %b\r\n\r\n"
        connection.sendall(head % (target, token.encode()))
        return b"".join(iter(lambda: connection.recv(65536), b""))

    with serving(values(tmp_path)) as server:
        address = httpx2.URL(server.url)
        user = bearer('a>"<b')
        for title in "xy":
            httpx2.post(f"{server.url}/tasks", json={"title": title}, headers=user)
        with socket.create_connection((address.host, address.port or 0)) as connection:
            answer = ask(connection, b'/api/a>"<b/tasks?limit=1', user["Authorization"])
        assert b"\r\nlink: </api/a%3E%22%3Cb/tasks?limit=1&cursor=" in answer
        with socket.create_connection((address.host, address.port or 0)) as connection:
            answer = ask(connection, b"/<script>", user["Authorization"])
        assert b'"instance":"/%3Cscript%3E"' in answer


@pytest.mark.proves("FR-007", contract="fastapi-todo-backend")
def test_the_console_and_the_service_share_a_file(tmp_path: Path) -> None:
    with serving(values(tmp_path)) as server:
        httpx2.post(f"{server.url}/tasks", json={"title": "from the service"}, headers=bearer())
        repository = SqliteTaskRepository(tmp_path / "tasks.db")
        assert [task.title for task in run_now(repository.find("ann", TaskQuery()))] == ["from the service"]
        repository.close()


def test_reads_go_on_while_many_writers_wait(tmp_path: Path) -> None:
    """Another process holds the lock; eight writers wait for it, and neither reads nor the end of the service do."""
    given = values(tmp_path) | {"TODO_STORAGE_DEADLINE": "2"}

    async def read_among_writers(url: str) -> tuple[set[int], set[int]]:
        async with httpx2.AsyncClient(base_url=url, headers=bearer(), timeout=30) as client:
            writers = [asyncio.create_task(client.post("/tasks", json={"title": "y"})) for _ in range(8)]
            reads = {(await client.get("/tasks/1")).status_code for _ in range(20)}
            return reads, {(await writer).status_code for writer in writers}

    with serving(given) as server:
        httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=bearer())
        lock = sqlite3.connect(tmp_path / "tasks.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        assert asyncio.run(read_among_writers(server.url)) == ({200}, {503})
        lock.execute("ROLLBACK")
        lock.close()
        server.send(signal.SIGTERM)
        assert server.wait() == 0


def test_a_store_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with serving(values(tmp_path)) as server:
        httpx2.post(f"{server.url}/tasks", json={"title": "x"}, headers=bearer())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "tasks.db" in modes


@pytest.mark.parametrize("file", ["tasks.db", "tasks.db-wal"])
def test_a_file_that_was_removed_takes_no_writes(tmp_path: Path, file: str) -> None:
    """What would be acknowledged would be lost, whether or not somebody puts another file in its place."""
    with serving(values(tmp_path)) as server, httpx2.Client(base_url=server.url, headers=bearer()) as client:
        client.post("/tasks", json={"title": "x"})
        os.remove(tmp_path / file)  # noqa: PTH107  as a person would
        for again in (False, True):
            refused = client.post("/tasks", json={"title": "y"})
            assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
            assert client.patch("/tasks/1/toggle").status_code == 503
            assert client.get("/health/ready").status_code == 503
            if not again:
                (tmp_path / file).touch()
        assert client.get("/health/live").status_code == 200
        assert says(server, "removed or replaced")


def becomes(client: httpx2.Client, status: int) -> bool:
    """Whether readiness has that status before long; what was found before may count for a second."""
    return until(lambda: client.get("/health/ready").status_code == status)


def says(server: Server, words: str) -> bool:
    """Whether the service prints these words before long."""
    return until(lambda: any(words in line for line in server.lines))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process from outside")
def test_a_disk_that_takes_no_more_makes_the_service_not_ready(tmp_path: Path) -> None:
    """The system refuses to let any file grow, as with a full disk or a quota. Reads go on, and it heals.

    Client, log and readiness tell that waiting alone does not help, which the code does not.
    """
    import resource  # noqa: PLC0415  Windows has none

    with serving(values(tmp_path)) as server, httpx2.Client(base_url=server.url, headers=bearer()) as client:
        client.post("/tasks", json={"title": "x"})
        assert becomes(client, 200)
        free = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, free[1]))
        refused = client.post("/tasks", json={"title": "y"})
        assert becomes(client, 503)
        for answer in (refused, client.get("/health/ready")):
            assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
            assert "mended" in answer.json()["detail"]
            assert answer.headers["retry-after"] == "30"
        assert says(server, "The disk that holds")
        assert {json.loads(line)["level"] for line in server.lines if "storage_error" in line} == {"ERROR"}
        assert client.get("/tasks/1").status_code == 200
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, free)
        assert client.post("/tasks", json={"title": "z"}).status_code == 201
        assert becomes(client, 200)


def test_a_damaged_file_makes_the_service_not_ready(tmp_path: Path) -> None:
    """Some pages in the middle are overwritten, which no request may have touched yet."""
    with closing(SqliteTaskRepository(tmp_path / "tasks.db")) as repository:
        run_now(repository.add_all("ann", (NewTask("ann", f"{n}", "x" * 500, None, NOW, NOW) for n in range(500))))
    with serving(values(tmp_path)) as server, httpx2.Client(base_url=server.url, headers=bearer()) as client:
        assert becomes(client, 200)
        with (tmp_path / "tasks.db").open("r+b") as file:
            file.seek(40 * 4096)
            file.write(b"\xff" * 8 * 4096)
        assert becomes(client, 503)
        assert says(server, "is damaged")
