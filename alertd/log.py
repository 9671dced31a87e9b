"""Logging: one event a line, JSON for machines, readable for people, always on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

#: without the variables of each frame: they hold messages, addresses and passwords
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def _stamp(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The present moment with its offset (RFC 3339): lines of nodes in other zones stay comparable."""
    event["timestamp"] = datetime.now().astimezone().isoformat(timespec="milliseconds")
    return event


def configure(level: str, style: str, environ: Mapping[str, str]) -> None:
    """`style` is auto, json or console; auto means JSON under systemd or when stderr is no terminal."""
    under_systemd = "INVOCATION_ID" in environ or "JOURNAL_STREAM" in environ
    as_json = style == "json" or (style == "auto" and (under_systemd or not sys.stderr.isatty()))
    threshold = getattr(logging, level.upper(), logging.INFO)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamp,
            _TRACEBACKS if as_json else structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(message)s", force=True)
    quiet_libraries()


def quiet_libraries() -> None:
    """Leave to us what libraries would say of troubles that we handle."""
    for noisy in ("apscheduler", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A session that the server ended cannot be rolled back: a traceback, beside the error that we report.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
