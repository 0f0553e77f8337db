"""Logs carry events and ids, never names or texts of citizens."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

# A log line may name these things about an event; anything else is dropped, so that no text slips in by accident.
ALLOWED_KEYS = frozenset(
    {
        "event", "level", "timestamp", "logger", "request_id", "id", "kind", "count", "state", "method", "endpoint", "status",
        "ms", "error", "where", "attempt", "run", "procedure", "phase", "version", "action", "task", "seconds", "exc_info",
        "stack", "exception", "port", "env", "seq", "user", "code",
    }
)  # fmt: skip


def only_allowed_keys(_logger: Any, _name: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The entry without keys that might hold personal data."""
    return {key: value for key, value in entry.items() if key in ALLOWED_KEYS}


def configure(*, as_json: bool, level: int = logging.INFO) -> None:
    """Set up structured logging on standard error, once per process."""
    shown: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            only_allowed_keys,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )
    logging.getLogger("waitress").setLevel(logging.WARNING)


def _to_standard_error(*_: Any) -> structlog.PrintLogger:
    # Asked anew for each line: whoever redirects standard error later (a test, a service manager) gets the lines too.
    return structlog.PrintLogger(file=sys.stderr)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines are `event id=…`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger().bind(logger=name)
    return bound
