"""What the admin is told of: each topic has its sentences, and these name only what the topic has."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from alertd.core.abilities import TRANSPORTS
from alertd.engine.notify import (
    duty_topics,
    feed_topics,
    mail_topics,
    override_topics,
    sign_in_topics,
    store_topics,
    text_topics,
    topics,
)
from alertd.engine.notify.topics import Listed, Single, Topic
from alertd.engine.operations import writing
from alertd.engine.sending import texted
from alertd.messages.catalogue import Catalogue
from alertd.messages.listing import listed

#: sentences of messages that are no topic of the admin's: to officials, or made by hand
_OTHERS = {"other", "gate-shut", "event-unconfirmed", "event-upgraded", "sign-in", "test-send"}
_OTHERS |= {writing.UNCLEAR, writing.WHICH, writing.REFUSED, writing.NOT_ASKED}
_OTHERS |= {texted.UNCLEAR, texted.WHICH, texted.REFUSED, texted.NOT_ASKED}
_FIGURES = {"most", "again", "open", "deadlines", "people", "number", "seconds", "held"}


def _all() -> list[type[Topic]]:
    others = (sign_in_topics, feed_topics, text_topics, override_topics, duty_topics)
    every = (topics, store_topics, mail_topics, *others)
    found = [
        each for m in every for each in vars(m).values() if isinstance(each, type) and issubclass(each, Topic)
    ]
    return [each for each in found if each not in (Topic, Single, Listed)]


def _made(kind: type[Topic]) -> Topic:
    values: dict[str, Any] = {"items": ("a line",)} if issubclass(kind, Single) else {}
    for each in fields(kind):
        if each.default is MISSING:
            values[each.name] = 7 if each.name in _FIGURES else f"<{each.name}>"
    return kind(**values)


TOPICS = {kind.name: kind for kind in _all()}


@pytest.mark.parametrize("name", TOPICS)
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_topics_sentences_name_only_what_it_has(name: str, language: str) -> None:
    made, words = _made(TOPICS[name]), Catalogue(language)
    for part in ("subject", "what", "do"):
        said = words.say(f"admin.{name}.{part}", **made.values)
        assert not re.search(r"[{}]", said), said


@pytest.mark.parametrize("name", [name for name, kind in TOPICS.items() if issubclass(kind, Listed)])
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_list_has_a_line_for_each_and_names_how_many(name: str, language: str) -> None:
    words, entry = Catalogue(language), _made(TOPICS[name]).values
    lines = listed(name, [entry] * 3, 4, "alertd doctor", words)
    assert len(lines.items) == 4
    assert lines.values == {"count": 7}
    assert "4" in lines.items[-1]
    assert "alertd doctor" in lines.items[-1]
    for part in ("subject", "what"):
        said = words.say(f"admin.{name}.many.{part}", **lines.values)
        assert not re.search(r"[{}]", said), said
    assert "7" in words.say(f"admin.{name}.many.subject", **lines.values)


@pytest.mark.parametrize("name", [name for name, kind in TOPICS.items() if issubclass(kind, Listed)])
def test_what_to_do_is_the_same_for_one_and_for_many(name: str) -> None:
    for language in ("en", "zh-Hant"):
        assert "{" not in Catalogue(language).template(f"admin.{name}.do")


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_has_a_key_and_values_that_a_store_can_keep(name: str) -> None:
    made = _made(TOPICS[name])
    assert made.key
    assert {type(value) for value in made.values.values()} <= {str, int}


def test_no_topic_has_the_name_of_another() -> None:
    assert len(TOPICS) == len(_all())


def test_every_group_of_sentences_has_its_topic() -> None:
    parts = [key.split(".") for key in sorted(Catalogue("en").keys())]
    known = {key[1] for key in parts if key[0] == "admin" and key[-1] == "what" and len(key) == 3}
    assert known == set(TOPICS) | _OTHERS


def test_what_is_told_of_a_dead_address_is_a_topic() -> None:
    dead = {topics.AddressDead.name, topics.ChatBlocked.name}
    assert {can.dead_topic for can in TRANSPORTS.values()} <= dead


def test_a_policy_that_is_missing_is_told_once_however_many_deadlines_follow_it() -> None:
    one, two = (topics.PolicyMissing(deadline=name, policy="near") for name in ("a", "b"))
    assert one.key == two.key
