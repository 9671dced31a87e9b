"""What stands in every line of the log."""

import io
import json
import logging
import sys
from datetime import datetime

import structlog

from alertd import log


def test_a_line_says_when_with_its_offset(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    log.configure("info", "json", {})
    try:
        structlog.get_logger().info("ready", mode="live")
        line = json.loads(written.getvalue())
    finally:
        structlog.reset_defaults()
    assert line["event"] == "ready"
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() is not None


def test_a_traceback_holds_no_variables_which_may_be_messages_and_passwords(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    log.configure("info", "json", {})
    try:
        password = "-".join(["not", "for", "the", "log"])
        assert password
        raise KeyError("a slip")
    except KeyError:
        structlog.get_logger().exception("row-put-off")
    finally:
        structlog.reset_defaults()
    assert "a slip" in written.getvalue()
    assert "not-for-the-log" not in written.getvalue()


def test_a_session_that_the_database_ended_leaves_no_traceback_of_a_library(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    log.configure("info", "json", {})
    try:
        raise ConnectionError("terminating connection due to administrator command")
    except ConnectionError:
        logging.getLogger("sqlalchemy.pool.impl.QueuePool").exception("Exception during reset or similar")
    finally:
        structlog.reset_defaults()
    assert written.getvalue() == ""
