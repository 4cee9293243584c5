"""Logs as one JSON object per line on standard output."""

from copy import deepcopy
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from uvicorn.config import LOGGING_CONFIG


def log_config(stream: str = "ext://sys.stdout") -> dict[str, Any]:
    """Return the ``logging.config`` dictionary that sends every logger's events to a stream.

    The formatter escapes control characters, so that one event is always one line.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{levelname}{name}{message}",
                "style": "{",
                "rename_fields": {"levelname": "level", "name": "logger", "message": "event"},
                "timestamp": "time",
                # The server adds its events once more in colours, for terminals.
                "reserved_attrs": [*RESERVED_ATTRS, "color_message"],
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": stream}},
        # The HTTP client would log every fetch of keys with its address, which may hold a password. The assistant's SDK
        # would log every request.
        "loggers": {"httpx2": {"level": "WARNING"}, "mcp": {"level": "WARNING"}},
        "root": {"handlers": ["stdout"], "level": "INFO"},
    }


def development_log_config() -> dict[str, Any]:
    """Return the server's own configuration, for people, with the service's events beside it."""
    config = deepcopy(LOGGING_CONFIG)
    for part in ("formatters", "handlers"):
        config[part] |= log_config()[part]
    config["loggers"]["todo"] = log_config()["root"]
    return config
