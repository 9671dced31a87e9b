"""The ways over which somebody is reached, in words."""

from __future__ import annotations

from collections.abc import Sequence

from alertd.core.model import Way
from alertd.core.ways import DEPUTY
from alertd.messages.dates import duration_text
from alertd.saying.voice import Voice


def profile(urgent: bool) -> str:
    """Which of somebody's two orders it is, as JSON and the catalogues call it."""
    return "urgent" if urgent else "normal"


def way_said(way: Way, voice: Voice) -> str:
    """sms / sms（5分鐘未簽收） / 代理人（10分鐘未簽收）"""
    channel = voice.words.say("way.deputy") if way.channel == DEPUTY else way.channel
    if way.after is None:
        return channel
    return voice.words.say("way.after", channel=channel, length=duration_text(way.after, voice.language))


def ways_said(ways: Sequence[Way], voice: Voice) -> str:
    """All of them in their order."""
    return voice.words.say("way.then").join(way_said(way, voice) for way in ways)


def way_text(way: Way) -> str:
    """As an order in a file has it."""
    if way.after is None:
        return way.channel
    return f"{way.channel} after {duration_text(way.after, 'en')}"
