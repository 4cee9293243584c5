"""Traces and metrics by OpenTelemetry's standard variables. FastAPI records them; what is private stays out here.

Off unless an endpoint is named, ``OTEL_EXPORTER_OTLP_ENDPOINT`` or that of one signal. Logs are never exported: what an
exception says may hold what a user wrote.
"""

import logging
import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi.telemetry import TelemetryConfig
from opentelemetry.metrics import CallbackOptions, Observation, get_meter

from todo_adapters.neon import PoolUse

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_LOGGER = logging.getLogger("todo.web")

_OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
_STATE = "db.client.connection.state"
_EXPORT_SECONDS = "1"
"""An endpoint that does not answer must not keep the service from ending in time."""


def telemetry() -> TelemetryConfig:
    """Return how FastAPI records requests."""
    traces, metrics = _is_exported("TRACES"), _is_exported("METRICS")
    if not traces and not metrics:
        return _OFF
    if find_spec("opentelemetry.sdk") is None or find_spec("opentelemetry.exporter") is None:
        _LOGGER.warning("telemetry_missing", extra={"reason": "OTEL_… is set; install todo-service[telemetry]"})
        return _OFF
    os.environ.setdefault("OTEL_EXPORTER_OTLP_TIMEOUT", _EXPORT_SECONDS)
    return {
        "tracer_provider": _tracer_provider() if traces else None,
        "tracing": traces,
        "metrics": metrics,
        "logs": False,
        "operation_spans": False,
        "auto_configure": True,
    }


def watch_pool(use: Callable[[], PoolUse]) -> None:
    """Export how many connections are in use, open and idle, and how many requests wait for one."""
    if not _is_exported("METRICS"):
        return

    def count(_: CallbackOptions) -> Iterable[Observation]:
        now = use()
        return Observation(now.used, {_STATE: "used"}), Observation(now.idle, {_STATE: "idle"})

    def pending(_: CallbackOptions) -> Iterable[Observation]:
        return (Observation(use().waiting),)

    meter = get_meter("todo")
    meter.create_observable_gauge("db.client.connection.count", [count], "{connection}", "Open connections.")
    meter.create_observable_gauge("db.client.connection.pending_requests", [pending], "{request}", "Who waits for one.")


def _is_exported(signal: str) -> bool:
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not disabled and any(os.environ.get(name) for name in endpoints)


def _tracer_provider() -> "TracerProvider":
    """Return a provider whose spans tell the route (``http.route``) instead of the path and the query."""
    from opentelemetry.context import Context  # noqa: PLC0415  an extra that most deployments do without
    from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider  # noqa: PLC0415  likewise

    class RouteOnly(SpanProcessor):
        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002  its interface
            private = {"url.path", "url.query", "http.request.method_original"} & (span.attributes or {}).keys()
            span.set_attributes(dict.fromkeys(private, "REDACTED"))

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(RouteOnly())
    return provider
