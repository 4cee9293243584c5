"""Logs as one JSON object per line on standard output."""

import logging
import os
import traceback
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter
from uvicorn.config import LOGGING_CONFIG


class EventFormatter(JsonFormatter):
    """Writes an event as JSON. An exception is told by its type and by where it came from.

    Its message is left out: it may hold what a user wrote, or a statement of SQL with that in it.
    """

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802  as in logging.Formatter
        """Return the types of an exception and of those behind it, each with the places that it passed."""
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None, known: set[int] | None = None) -> Iterator[str]:
    """Tell of an exception and of those behind it. They may be a circle, so ``known`` are not told of again."""
    known = set() if known is None else known
    while error is not None and id(error) not in known:
        known.add(id(error))
        yield f"{type(error).__module__}.{type(error).__qualname__}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from _told(one, known)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


_FORMAT = {
    "fmt": "{levelname}{name}{message}",
    "style": "{",
    "rename_fields": {"levelname": "level", "name": "logger", "message": "event"},
    "timestamp": "time",
    # The server adds its events once more in colours, for terminals.
    "reserved_attrs": [*RESERVED_ATTRS, "color_message"],
}


def log_config(stream: str = "ext://sys.stdout") -> dict[str, Any]:
    """Return the ``logging.config`` dictionary that sends every logger's events to a stream.

    The formatter escapes control characters, so that one event is always one line.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": EventFormatter, **_FORMAT},
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": stream}},
        # The HTTP client would log every fetch of keys with its address, which may hold a password. The assistant's SDK
        # would log every request.
        "loggers": {"httpx2": {"level": "WARNING"}, "mcp": {"level": "WARNING"}},
        "root": {"handlers": ["stdout"], "level": "INFO"},
    }


def unheard_logger() -> logging.Logger:
    """Return a logger that takes as long as any other to make and write an event, which nobody sees."""
    logger = logging.Logger("unheard")  # noqa: LOG001  in no tree, so nobody who configures logging hears it
    handler = logging.FileHandler(os.devnull, delay=True)
    handler.setFormatter(EventFormatter(**_FORMAT))  # type: ignore[arg-type]  # what a dictionary holds is of any type
    logger.addHandler(handler)
    return logger


def development_log_config() -> dict[str, Any]:
    """Return the server's own configuration, for people, with the service's events beside it."""
    config = deepcopy(LOGGING_CONFIG)
    for part in ("formatters", "handlers"):
        config[part] |= log_config()[part]
    config["loggers"]["todo"] = log_config()["root"]
    return config
