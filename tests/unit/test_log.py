"""What stands in every line of the log."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import structlog

from alertd import log

SHANGHAI = ZoneInfo("Asia/Shanghai")
Begin = Callable[..., io.StringIO]


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begin to log; what is written."""

    def configured(style: str, environ: Mapping[str, str] | None = None) -> io.StringIO:
        written = io.StringIO()
        monkeypatch.setattr(sys, "stderr", written)
        log.configure("info", style, environ or {}, SHANGHAI)
        return written

    handlers = logging.getLogger().handlers[:]
    yield configured
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()


def slip() -> None:
    """Logs a traceback of several lines."""
    try:
        raise KeyError("a slip\nof two lines")
    except KeyError:
        structlog.get_logger("alertd.guard").exception("row-put-off", row="fire-1")


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_line_says_when_in_the_citys_time_with_its_offset(begin: Begin, style: str) -> None:
    written = begin(style)
    structlog.get_logger().info("ready", mode="live")
    line = written.getvalue()
    said = json.loads(line)["timestamp"] if style == "json" else line.split()[0]
    at = datetime.fromisoformat(said)
    assert at.utcoffset() == timedelta(hours=8)
    assert abs(datetime.now(SHANGHAI) - at) < timedelta(minutes=1)


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_message_is_one_line_whatever_is_in_it(begin: Begin, style: str) -> None:
    written = begin(style)
    slip()
    structlog.get_logger().info("sent", detail="one\ntwo\r\nthree")
    logging.getLogger("somebody.else").warning("of\ntwo lines")
    try:
        raise ValueError("theirs")
    except ValueError:
        logging.getLogger("somebody.else").exception("failed")
    lines = written.getvalue().splitlines()
    assert len(lines) == 4
    for line, words in zip(lines, ("a slip", "three", "two lines", "theirs"), strict=True):
        assert words in line
    assert "row=fire-1" in lines[0] or json.loads(lines[0])["row"] == "fire-1"


def test_what_a_library_says_has_the_same_fields(begin: Begin) -> None:
    written = begin("json")
    logging.getLogger("somebody.else").warning("%s is slow", "it")
    said = json.loads(written.getvalue())
    assert (said["event"], said["level"], said["logger"]) == ("it is slow", "warning", "somebody.else")
    assert said["timestamp"].endswith("+08:00")


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_holds_no_variables_which_may_be_messages_and_passwords(begin: Begin, style: str) -> None:
    written = begin(style)
    try:
        password = "-".join(["not", "for", "the", "log"])
        assert password
        raise KeyError("a slip")
    except KeyError:
        structlog.get_logger().exception("row-put-off")
    assert "a slip" in written.getvalue()
    assert "not-for-the-log" not in written.getvalue()


def test_a_session_that_the_database_ended_leaves_no_traceback_of_a_library(begin: Begin) -> None:
    written = begin("json")
    try:
        raise ConnectionError("terminating connection due to administrator command")
    except ConnectionError:
        logging.getLogger("sqlalchemy.pool.impl.QueuePool").exception("Exception during reset or similar")
    assert written.getvalue() == ""


def test_to_the_journal_a_line_says_its_level_in_front(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryFile("w+") as journal:
        begin("auto")
        monkeypatch.setattr(sys, "stderr", journal)
        found = os.fstat(journal.fileno())
        log.configure("info", "auto", {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}, SHANGHAI)
        structlog.get_logger().info("ready")
        slip()
        logging.getLogger("somebody.else").warning("slow")
        journal.seek(0)
        lines = journal.read().splitlines()
    assert [line[:3] for line in lines] == ["<6>", "<3>", "<4>"]
    assert [json.loads(line[3:])["level"] for line in lines] == ["info", "error", "warning"]


def test_elsewhere_nothing_stands_in_front_of_a_line(begin: Begin) -> None:
    written = begin("auto", {"JOURNAL_STREAM": "1:2"})  # somebody redirected stderr to a file
    structlog.get_logger().info("ready")
    assert written.getvalue().startswith("{")
