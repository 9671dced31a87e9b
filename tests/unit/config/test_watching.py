"""The tables [heartbeat] and [[feed]] of config.toml."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alertd.config.node import LoadedNode, load_node

BASE = '[admin]\nto = ["me@example.org"]\n'


def loaded(tmp_path: Path, text: str, **environ: str) -> LoadedNode:
    for name in ("schedules", "channels"):
        (tmp_path / name).mkdir()
    (tmp_path / "config.toml").write_text(f"{BASE}{text}\n")
    return load_node(tmp_path / "config.toml", environ)


def test_nothing_is_sent_and_nobody_is_waited_for_unless_it_is_said(tmp_path: Path) -> None:
    node = loaded(tmp_path, "").node
    assert node is not None
    assert (node.heartbeat, node.feeds) == (None, {})


def test_a_heartbeat_may_have_a_secret_address_and_feeds_their_pauses(tmp_path: Path) -> None:
    text = '[heartbeat]\nurl = { env = "HEART" }\n[[feed]]\nname = "platform"\nevery = "1 小時"'
    found = loaded(tmp_path, text, HEART="https://watch.test/s3cret")
    assert found.faults == ()
    node = found.node
    assert node is not None
    assert node.heartbeat is not None
    assert (node.heartbeat.url.reveal(), node.heartbeat.every) == (
        "https://watch.test/s3cret", timedelta(minutes=5)
    )  # fmt: skip
    assert "s3cret" not in repr(node)
    assert node.feeds == {"platform": timedelta(hours=1)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[heartbeat]", "missing-key"),
        ('[heartbeat]\nurl = ""', "bad-webhook-url"),
        ('[heartbeat]\nurl = "http://watch.test"', "bad-webhook-url"),
        ('[heartbeat]\nurl = "https://me:secret@watch.test"', "secret-inline"),
        ('[[feed]]\nname = "a"\nevery = "0 minutes"', "text-zero"),
        ('[[feed]]\nname = "a"\nevery = "2 working days"', "bad-interval"),
        ('[[feed]]\nname = "a"\nevery = "400 days"', "bad-interval"),
        ('[[feed]]\nname = "A b"\nevery = "1 hour"', "bad-id"),
        ('[[feed]]\nname = "a"\nevery = "1 hour"\n[[feed]]\nname = "a"\nevery = "1 hour"', "feed-twice"),
    ],
)
def test_what_is_wrong_is_a_fault(tmp_path: Path, text: str, code: str) -> None:
    assert [fault.code for fault in loaded(tmp_path, text).faults] == [code]
