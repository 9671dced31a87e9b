"""The table of docs/transports.md: each channel, and the test that holds each thing of it.

`python -m tests.support.transports_table` writes it; a test holds page and code equal.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from alertd.testing import Rig, Way
from tests.support import rigs, rigs_of_servers
from tests.support.documents import TOP

PAGE = TOP / "docs" / "transports.md"
COLUMNS = (
    "accepted", "retry", "refused", "dead address", "rate limit", "size limit", "formatting", "answering",
    "card changed afterwards",
)  # fmt: skip
_HEAD = f"| channel | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}\n"
_TABLE = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")
_NONE = "–"
#: tests of the contract, and the way of the provider that each needs
CONTRACT: Mapping[str, tuple[str, Way]] = {
    "accepted": ("test_what_is_taken_is_accepted", Way.TAKES),
    "retry": ("test_what_is_to_come_later_comes_again", Way.LATER),
    "refused": ("test_what_is_refused_is_not_tried_again_and_blames_no_address", Way.REFUSES),
    "dead address": ("test_a_dead_address_is_said_to_be_dead", Way.DEAD),
    "rate limit": ("test_it_waits_as_long_as_it_is_asked_to", Way.LATER),
    "size limit": ("test_a_long_message_fits_and_says_whose_it_is", Way.TAKES),
    "formatting": ("test_what_looks_like_markup_ends_nothing", Way.TAKES),
}
_SHORT = "unit/messages/test_short.py::test_whatever_it_says_it_is_one_text_of_at_most_seventy"
_BY_LINK = "story/test_answered_by_links.py::test_a_night_answered_from_the_mail_alone"
_BY_TEXT = "story/test_answered_by_text.py::test_an_official_answers_by_one_and_two"
#: what other tests hold
_ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("email", "answering"): "story/test_answered_by_mail.py::test_a_night_answered_by_mail_alone",
    ("telegram", "answering"): "transports/test_telegram_receiving.py::"
    "test_a_press_reaches_the_engine_and_is_answered_with_its_sentence",
    (
        "wecom",
        "rate limit",
    ): "unit/engine/test_cards_sent.py::test_what_would_come_too_fast_and_be_dropped_waits_for_a_minute",
    ("dingtalk", "rate limit"): "unit/engine/test_unlike_cards.py::"
    "test_who_got_as_many_as_the_vendor_takes_in_a_day_is_reached_another_way_and_the_admin_hears",
    ("zhezhengding", "rate limit"): "unit/engine/test_unlike_cards.py::"
    "test_who_got_as_many_as_the_vendor_takes_in_a_day_is_reached_another_way_and_the_admin_hears",
    **{(name, "answering"): _BY_TEXT for name in ("sms", "sms-aliyun", "sms-tencent")},
    **{(name, "size limit"): _SHORT for name in ("sms", "sms-aliyun", "sms-tencent")},
    ("webhook", "answering"): _NONE,
}


async def _rigs() -> dict[str, Rig]:
    """What each rig says of itself; closed by now."""
    found: dict[str, Rig] = {}
    async with rigs_of_servers.email() as mail, rigs_of_servers.telegram() as bot:
        found |= {"email": mail, "telegram": bot}
    for name, opening in rigs.OVER_HTTP.items():
        with opening() as rig:
            found[name] = rig
    return found


def _cell(name: str, column: str, rig: Rig) -> str:
    if (name, column) in _ELSEWHERE:
        return _ELSEWHERE[name, column]
    if column == "answering":
        return _BY_LINK
    if column not in CONTRACT:
        return _NONE
    test, way = CONTRACT[column]
    lacks = {"rate limit": rig.wait is None, "size limit": rig.longest is None}.get(column, False)
    return _NONE if lacks or way in rig.lacks else f"{test}[{name}]"


def cells() -> dict[str, list[str]]:
    """The cells of each channel, in the order of COLUMNS."""
    found = asyncio.run(_rigs())
    return {name: [_cell(name, column, rig) for column in COLUMNS] for name, rig in found.items()}


def with_table(page: str) -> str:
    """The page with its table as the tests are."""
    rows = [
        f"| {name} | {' | '.join(each if each == _NONE else f'`{each}`' for each in row)} |\n"
        for name, row in cells().items()
    ]
    made = _HEAD + "".join(rows)
    return _TABLE.sub(lambda _: made, page, count=1) if _TABLE.search(page) else page.rstrip() + "\n\n" + made


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
