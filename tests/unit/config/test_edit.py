"""Setting the sending mode in a file somebody wrote by hand."""

from __future__ import annotations

import tomllib

import pytest

from alertd.config.edit import with_mode
from alertd.shipped import shipped_files

SHIPPED = (shipped_files() / "config.toml").read_text("utf-8")


def test_only_the_value_changes_and_the_comments_stay():
    edit = with_mode(SHIPPED, "live")
    assert edit.text == SHIPPED.replace('mode = "rehearsal" ', 'mode = "live" ')
    assert edit.text is not None
    assert edit.text.splitlines()[edit.line - 1].startswith('mode = "live"')


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("[sending]\nmode='hold' # why\n", '[sending]\nmode="live" # why\n', 2),
        ("[sending]\r\nmode = 'hold'\r\n", '[sending]\r\nmode = "live"\r\n', 2),
        ("[other]\nmode = 1\n[sending]\n", '[other]\nmode = 1\n[sending]\nmode = "live"\n', 3),
        ('language = "en"\n', 'language = "en"\n\n[sending]\nmode = "live"\n', 2),
        (
            '[ "sending" ] # x\nredirect_to = "a"\n',
            '[ "sending" ] # x\nmode = "live"\nredirect_to = "a"\n',
            1,
        ),
    ],
)
def test_where_the_value_stands_or_is_missing(before, after, line):
    edit = with_mode(before, "live")
    assert (edit.text, edit.line) == (after, line)
    assert tomllib.loads(after)["sending"]["mode"] == "live"


@pytest.mark.parametrize(
    "text",
    [
        'sending = { mode = "hold" }\n',
        'sending.mode = "hold"\n',
        '[sending]\nmode = """hold"""\n',
        '[sending]\nnote = """\nmode = "hold"\n"""\n',
    ],
)
def test_a_file_written_in_an_unusual_way_is_left_alone(text):
    assert with_mode(text, "live").text is None
