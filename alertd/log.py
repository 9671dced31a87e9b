"""Logging: one line a message, JSON for machines, readable for people, always on stderr.

What reads a log reads lines. The journal makes a record of each: a traceback of thirty lines would be thirty
records, with the time they were read at and without their level. So tracebacks are folded into the line, and
what libraries log goes through the same door. To the journal a line says its level in front (sd-daemon(3)),
which it takes off again: `journalctl -p warning` finds what is wrong.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import structlog

#: without the variables of each frame: they hold messages, addresses and passwords
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
#: what a line begins with in the journal (syslog(3))
_PRIORITIES = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>", "critical": "<2>"}
#: stands where a line of a text that has several ends
_FOLD = " | "
Processor = structlog.typing.Processor


def configure(level: str, style: str, environ: Mapping[str, str], zone: tzinfo | None = None) -> None:
    """`style` is auto, json or console; auto means JSON under systemd or when stderr is no terminal.

    Times are those of `zone`, by default the machine's.
    """
    under_systemd = "INVOCATION_ID" in environ or "JOURNAL_STREAM" in environ
    as_json = style == "json" or (style == "auto" and (under_systemd or not sys.stderr.isatty()))
    threshold = getattr(logging, level.upper(), logging.INFO)
    begin: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _stamp(zone),
    ]
    *end, renderer = _readable(as_json)
    end.append(_to_journal(renderer) if _is_journal(environ) else renderer)
    structlog.configure(
        processors=[*begin, *end],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *begin],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    quiet_libraries()


def _stamp(zone: tzinfo | None) -> Processor:
    """The present moment with its offset (RFC 3339): lines of nodes in other zones stay comparable."""

    def stamp(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["timestamp"] = datetime.now(zone).astimezone(zone).isoformat(timespec="milliseconds")
        return event

    return stamp


def _readable(as_json: bool) -> list[Processor]:
    """From what was logged to one line of text."""
    if as_json:
        return [_TRACEBACKS, structlog.processors.JSONRenderer(ensure_ascii=False)]
    colours = sys.stderr.isatty()
    return [
        structlog.processors.format_exc_info,
        _folded,
        structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0),
    ]


def _folded(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Texts of several lines in one. A traceback becomes a value like others, without lines of its own."""
    if "exception" in event:
        event["traceback"] = event.pop("exception")
    for name, value in event.items():
        if isinstance(value, str) and len(lines := value.splitlines()) > 1:
            event[name] = _FOLD.join(line.strip() for line in lines if line.strip())
    return event


def _to_journal(renderer: Processor) -> Processor:
    """The line with its level in front."""

    def written(logger: Any, method: str, event: structlog.typing.EventDict) -> str:
        priority = _PRIORITIES.get(str(event.get("level")), _PRIORITIES["info"])
        return f"{priority}{renderer(logger, method, event)!s}"

    return written


def _is_journal(environ: Mapping[str, str]) -> bool:
    """Whether stderr is the journal's, as systemd.exec(5) says to find out."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def quiet_libraries() -> None:
    """Leave to us what libraries would say of troubles that we handle."""
    for noisy in ("apscheduler", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A session that the server ended cannot be rolled back: a traceback, beside the error that we report.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
