"""The order in which somebody is reached, as admins write it."""

import pytest

from alertd.core.durations import parse_duration
from alertd.core.model import Way
from alertd.core.text_error import TextError
from alertd.core.ways import DEPUTY, awaited, channel_named, parse_way, plain, with_the_rest

ORDER = (
    Way("wecom"),
    Way("email"),
    Way("sms", parse_duration("5 minutes")),
    Way(DEPUTY, parse_duration("10m")),
)


@pytest.mark.parametrize(
    ("text", "channel", "wait"),
    [
        ("wecom", "wecom", ""),
        (" sms after 5 minutes ", "sms", "5 minutes"),
        ("sms after 5m", "sms", "5 minutes"),
        ("sms 5分鐘後", "sms", "5 minutes"),
        ("sms 5分钟后", "sms", "5 minutes"),
        ("sms半小時後", "sms", "30 minutes"),
        ("sms-2 AFTER 1 working day", "sms-2", "1 working day"),
    ],
)
def test_a_way_is_read_in_either_language(text: str, channel: str, wait: str) -> None:
    assert parse_way(text) == Way(channel, parse_duration(wait) if wait else None)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "unexpected", 0),
        ("sms 5 minutes", "unexpected", 4),
        ("sms after", "unexpected", 4),
        ("sms after 5 minits", "unexpected", 12),
        ("sms after 0 minutes", "zero", 10),
        ("簡訊", "unexpected", 0),
    ],
)
def test_what_is_no_way_is_named_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(TextError) as found:
        parse_way(text)
    assert (found.value.code, found.value.position) == (code, position)
    assert str(found.value)


def test_a_place_names_a_channel_unless_it_is_the_deputys() -> None:
    assert channel_named("sms after 5 minutes") == "sms"
    assert channel_named("deputy after 5 minutes") == channel_named("sms whenever") == ""


def test_channels_that_an_order_does_not_name_come_last() -> None:
    order = with_the_rest((Way("sms"), Way("gone"), Way(DEPUTY, parse_duration("5m"))), ("email", "sms"))
    assert [way.channel for way in order] == ["sms", DEPUTY, "email"]


def test_only_ways_with_a_wait_follow_silence() -> None:
    assert [way.channel for way in awaited(ORDER, "wecom")] == ["sms", DEPUTY]
    assert [way.channel for way in awaited(ORDER, "sms")] == [DEPUTY]
    assert awaited(ORDER, "no-longer-there") == awaited(plain("wecom", "sms"), "wecom") == ()
