"""A channel of text messages as its file says it, and the numbers that texts go to."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.config import load_register
from alertd.config.channels import ChannelTexts, load_channels
from tests.unit.config.samples import PEOPLE, TEXTS

FULL = """transport = "sms"
enabled = true
signature = "【珠海市政府】"
url = "https://sms.example.org/send?u={account}"
accepted = "code = 0"
"""


def loaded(text: str, tmp_path: Path):
    return load_channels(ChannelTexts(tmp_path / "channels", {"sms": text}), tmp_path, {})


def test_a_full_file_is_a_channel_and_brackets_of_the_signature_are_ours(tmp_path):
    made = loaded(FULL, tmp_path)
    assert made.faults == []
    settings = made.known["sms"].settings
    assert settings.texting is not None
    assert settings.texting.signature == "珠海市政府"
    assert settings.endpoint == ("sms.example.org", 443)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("https://", "http://", "bad-gateway-url"),
        ("{account}", "{acount}", "unknown-placeholder"),
        ('"code = 0"', '"code ="', "bad-expression"),
        ('"code = 0"', '"/(/"', "bad-expression"),
        ('accepted = "code = 0"', "", "needed-when-enabled"),
        ('signature = "【珠海市政府】"', "", "needed-when-enabled"),
        ("url =", 'provider = "aliyun"\nurl =', "needed-when-enabled"),
        ("url =", 'body = "yaml"\nurl =', "not-one-of"),
        ("url =", 'templates = { ask = "1" }\nurl =', "not-one-of"),
        ("珠海市政府", "珠" * 21, "long-text"),
    ],
)
def test_what_cannot_be_followed_is_told(tmp_path, before, after, code):
    assert before in FULL
    (fault,) = loaded(FULL.replace(before, after), tmp_path).faults
    assert fault.code == code


def test_a_secret_is_not_looked_for_before_it_is_needed(tmp_path):
    made = loaded(FULL + 'secret = { credential = "sms_secret" }\n', tmp_path)
    assert made.faults == []


@pytest.mark.parametrize(
    ("cell", "found"),
    [("138 0013 8000", "+8613800138000"), ("+85366123456", "+85366123456"), ("", "")],
)
def test_a_number_is_one_address_however_it_is_written(cell, found):
    table = f"id,name,unit,positions,mobile\nli.office,李明,office,contact,{cell}\n"
    register = load_register({**TEXTS, PEOPLE: table}).register
    assert register is not None
    assert register.people["li.office"].mobile == found


@pytest.mark.parametrize("cell", ["1380013800", "0756-2121212", "13800138000 轉 8"])
def test_a_number_that_takes_no_texts_is_told_at_its_cell(cell):
    table = f"id,name,unit,positions,mobile\nli.office,李明,office,contact,{cell}\n"
    (fault,) = load_register({**TEXTS, PEOPLE: table}).faults
    assert (fault.code, fault.line, fault.column) == ("bad-mobile", 2, 29)
