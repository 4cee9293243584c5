"""The service behind nginx, under a path, with the file that the documentation names."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from json import loads
from typing import Any

import httpx2
import pytest

from tests.contracts.proofs import eventually
from tests.deployment import ROOT
from tests.support.bundled_programs import program_folder, settings
from tests.support.processes import Server, free_port, serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer
from tests.support.swagger import swagger_ui

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

_CONF = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    gzip on;  # as the whole machine may have it
    gzip_types application/json;
    gzip_min_length 1;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


@dataclass(frozen=True)
class Site:
    """What a client sees, and the service behind it."""

    url: str
    server: Server

    def events(self, logger: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = [loads(line) for line in list(self.server.lines)]
        return [event for event in events if event["logger"] == logger]


@contextmanager
def nginx(service: str) -> Iterator[str]:
    """Run nginx in front of a service; it waits for a slow body for one second instead of fifteen."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    port = free_port()
    site = (ROOT / "deploy/nginx.conf").read_text()
    for written, wanted in {
        "server 127.0.0.1:8000;": f"server {service};",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "client_body_timeout 15s;": "client_body_timeout 1s;",
    }.items():
        assert written in site
        site = site.replace(written, wanted)
    with program_folder("nginx") as folder:
        conf = folder / "nginx.conf"
        conf.write_text(_CONF.format(folder=folder, site=site))
        command = [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(conf)]
        process = subprocess.Popen(command, **settings(folder))
        try:
            assert eventually(0, lambda: _connect(port)) == 0, (folder / "error.log").read_text()
            yield f"http://127.0.0.1:{port}/todo"
        finally:
            process.terminate()
            process.wait()


def _connect(port: int) -> int:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port))


def documented() -> dict[str, str]:
    """Return the settings of the file for operators, on tokens that the tests can make."""
    pairs = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / "deploy/todo.env").read_text(), re.MULTILINE)
    return dict(pairs) | {"TODO_JWT_MODE": "hs256", "BETTER_AUTH_SECRET": SECRET}


@pytest.fixture(scope="module", params=["setting", "header"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve under /todo, which the service knows by its setting, or by what nginx says."""
    given: Mapping[str, str] = documented() | {"DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('site')}/tasks.db"}
    assert given["TODO_ROOT_PATH"] == "/todo"
    if request.param == "header":
        given = {name: value for name, value in given.items() if name != "TODO_ROOT_PATH"}
    with serving(given) as server, nginx(server.url.removeprefix("http://")) as url:
        yield Site(url, server)


def test_every_address_leads_through_nginx(site: Site) -> None:
    origin = site.url.removesuffix("/todo")
    with httpx2.Client(headers=bearer("links")) as client:
        for title in "xyz":
            made = client.post(f"{site.url}/api/links/tasks", json={"title": title})
            assert client.get(origin + made.headers["location"]).json() == made.json()
        page = client.get(f"{site.url}/tasks?limit=2")
        rest = client.get(origin + page.links["next"]["url"])
        assert [task["title"] for task in page.json() + rest.json()] == ["x", "y", "z"]
        assert client.get(f"{site.url}/nope").json()["instance"] == "/todo/nope"
        assert client.get(f"{site.url}/health/ready").json() == {"status": "ok"}
        assert client.get(f"{site.url}/openapi.json").json()["servers"] == [{"url": "/todo"}]


def test_a_version_that_was_read_can_be_stated(site: Site) -> None:
    """An answer that nginx compresses has a weak ETag, which guards no change (RFC 9110, section 13.1.1)."""
    with httpx2.Client(headers=bearer("versions") | {"Accept-Encoding": "gzip"}) as client:
        task = client.post(f"{site.url}/tasks", json={"title": "x"}).json()
        one = f"{site.url}/tasks/{task['id']}"
        read = client.get(one)
        changed = client.put(one, json={"title": "y"}, headers={"If-Match": read.headers["etag"]})
        assert (read.headers["etag"], changed.status_code) == ('"1"', 200)


def test_the_documentation_works_in_a_browser(site: Site) -> None:
    with swagger_ui(site.url) as page:
        page.authorize(bearer("browser")["Authorization"].removeprefix("Bearer "))
        status, task = page.execute("fastapi_todo_backend_create_task", body='{"title": "Buy milk"}')
        assert (status, task["title"]) == (201, "Buy milk")
        assert page.execute("fastapi_todo_backend_list_tasks") == (200, [task])
        assert page.strangers == []
        assert page.faults == []


def test_the_audit_log_names_the_client(site: Site) -> None:
    """Not nginx, and not whom the client would like to be."""
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.77")) as client:
        problem = client.get(f"{site.url}/tasks", headers={"X-Forwarded-For": "203.0.113.9"}).json()

    def clients() -> list[str]:
        return [event["client"] for event in site.events("todo.audit") if event["request_id"] == problem["request_id"]]

    assert eventually(["127.0.0.77"], clients) == ["127.0.0.77"]


def test_one_id_is_in_the_answer_and_in_the_log(site: Site) -> None:
    request_id = httpx2.get(f"{site.url}/tasks", headers=bearer()).headers["x-request-id"]

    def lines() -> list[str]:
        return [event["route"] for event in site.events("todo.request") if event["request_id"] == request_id]

    assert eventually(["/tasks"], lines) == ["/tasks"]


def test_slow_clients_hold_nobody_up_and_are_given_up(site: Site) -> None:
    """A hundred clients send half of a body and then nothing: others are served, and nginx ends what never ends."""
    address = httpx2.URL(site.url)
    head = (
        f"POST /todo/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer('slow')['Authorization']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n"
    )
    slow = [socket.create_connection((address.host, address.port or 0), timeout=60) for _ in range(100)]
    for one in slow:
        one.sendall(head.encode() + b'{"title"')
    for _ in range(20):
        assert httpx2.get(f"{site.url}/tasks", headers=bearer("slow")).json() == []
    for one in slow:
        assert one.recv(1) == b""
        one.close()
    assert None not in {event["status"] for event in site.events("todo.request")}
