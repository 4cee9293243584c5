"""Telemetry as a collector receives it, by the official protobufs."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.postgres import Server as Database
from tests.support.processes import serving
from tests.support.secrecy import SECRET
from tests.support.service import bearer, settings
from tests.support.threaded_server import serving_in_thread
from todo_web.app import create_app

TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass
class Collector:
    """A stub that keeps what it is sent."""

    url: str = ""
    received: dict[str, list[bytes]] = field(default_factory=dict)

    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.received.get("/v1/traces", [])]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> list[Metric]:
        requests = [ExportMetricsServiceRequest.FromString(body) for body in self.received.get("/v1/metrics", [])]
        return [
            metric
            for request in requests
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = decompress(body)
            collector.received.setdefault(self.path, []).append(body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    with serving_in_thread(server):
        yield collector


def attributes(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


async def live(url: str) -> None:
    """Send 1,200 requests of every kind, each with something in it that is nobody's business."""
    token = bearer("user-hidden")
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:

        async def one() -> None:
            made = await client.post("/tasks", json={"title": "title-hidden"}, headers=token)
            path = f"/tasks/{made.json()['id']}"
            await client.get(path, headers=token | {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
            await client.patch(f"{path}/toggle", headers=token)
            await client.get("/api/user-hidden/tasks?q=search-hidden&limit=1", headers=token)
            await client.get("/api/user-hidden/tasks/7?token=token-hidden", headers={"Authorization": "Bearer hidden"})
            await client.get("/path-hidden/title-hidden", headers=token)
            await client.request("PROPFIND", "/tasks", headers=token)
            await client.delete(path, headers=token)

        for _ in range(15):
            await asyncio.gather(*(one() for _ in range(10)))


def test_nothing_private_is_in_any_signal(postgres: Database) -> None:
    """Routes, statuses and times are; a trace that began elsewhere goes on here."""
    postgres.empty()
    with collecting() as collector:
        given = {
            "BETTER_AUTH_SECRET": SECRET,
            "DATABASE_URL": postgres.url(),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_SERVICE_NAME": "todo",
        }
        with serving(given) as server:
            asyncio.run(live(server.url))
            server.send(signal.SIGTERM)
            assert server.wait() == 0
    spans = collector.spans()
    assert len(spans) >= 1000
    sent = str(b"".join(body for bodies in collector.received.values() for body in bodies))
    for private in ("hidden", "PROPFIND", "eyJ", SECRET):
        assert private not in sent
    names = {span.name for span in spans}
    assert {"GET /tasks/{task_id}", "POST /tasks", "PATCH /tasks/{task_id}/toggle", "GET"} <= names
    assert "_OTHER" in {attributes(span)["http.request.method"] for span in spans}
    gets = [span for span in spans if span.name == "GET /tasks/{task_id}"]
    assert {span.trace_id.hex() for span in gets} == {TRACE}
    assert {attributes(span)["http.route"] for span in gets} == {"/tasks/{task_id}"}
    check_metrics(collector.metrics())


def check_metrics(metrics: list[Metric]) -> None:
    by_name = {metric.name: metric for metric in metrics}
    assert sum(point.count for point in by_name["http.server.request.duration"].histogram.data_points) >= 1000
    count = by_name["db.client.connection.count"].gauge.data_points
    use = {point.attributes[0].value.string_value: point.as_int for point in count}
    assert use["used"] == 0
    assert 1 <= use["idle"] <= 10
    assert [point.as_int for point in by_name["db.client.connection.pending_requests"].gauge.data_points] == [0]


def test_an_endpoint_that_answers_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        given = {
            "BETTER_AUTH_SECRET": SECRET,
            "DATABASE_URL": f"sqlite:///{tmp_path}/tasks.db",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        with serving(given) as server:
            assert httpx2.get(f"{server.url}/health/live").status_code == 200
            server.send(signal.SIGTERM)
            assert server.wait() == 0


def test_nothing_is_recorded_without_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert not create_app(settings())._native_telemetry.enabled()  # noqa: SLF001  FastAPI tells it nowhere else
