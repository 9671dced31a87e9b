"""What every transport does, whatever its provider does: tests to be inherited.

    class TestMine(TransportContract):
        @pytest.fixture
        def rig(self): ...

A way that a provider has not is skipped, with the reason that the rig gives. Each test is a promise that the
dispatcher relies on; the words of the promises are those of transports/base.py.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from alertd.testing.rigs import Rig, Way
from alertd.transports.base import LONGEST_CODE, LONGEST_DETAIL, Outcome, Result, Transport

#: seconds after which a transport that still says nothing has broken its word
_PATIENCE = 15.0
_TAKEN = (Result.ACCEPTED, Result.HANDED_OVER)
#: what may be tried again: nobody knows, or nothing has arrived
_AGAIN = (Result.RETRY, Result.UNKNOWN)
_MARKUP = '<b>a</b> & *b* _c_ `d` [e](http://f.test) "g" \\ {secret} {{x}} %s <!channel> @all'
_BROKEN = (
    Way.BUSY,
    Way.REDIRECTS,
    Way.SILENT,
    Way.DRIPS,
    Way.DROPPED,
    Way.GARBAGE,
    Way.EMPTY,
    Way.HUGE,
    Way.ABSENT,
)


def has(rig: Rig, *ways: Way) -> None:
    """Skip the test where the provider has not this way."""
    for way in ways:
        if way in rig.lacks:
            pytest.skip(rig.lacks[way])


async def attempt(transport: Transport, rig: Rig, **changes: object) -> Outcome:
    """One attempt, within the time that the dispatcher allows it."""
    message = replace(rig.message, **changes)  # type: ignore[arg-type]
    return await asyncio.wait_for(transport.send(message), _PATIENCE)


async def once(rig: Rig, way: Way, **changes: object) -> Outcome:
    """One attempt at a message with which the provider does this."""
    has(rig, way)
    transport = await rig.facing(way)
    await transport.start()
    try:
        return await attempt(transport, rig, **changes)
    finally:
        await transport.stop()


@pytest.mark.asyncio
class TransportContract:
    """Subclasses give the fixture `rig`."""

    async def test_what_is_taken_is_accepted(self, rig: Rig) -> None:
        outcome = await once(rig, Way.TAKES)
        assert outcome.result in _TAKEN
        assert (outcome.server, outcome.address_dead) == (False, False)
        assert len(rig.heard()) == 1

    async def test_an_error_inside_a_yes_is_no_acceptance(self, rig: Rig) -> None:
        outcome = await once(rig, Way.ERROR_INSIDE)
        assert outcome.result not in _TAKEN
        assert outcome.code

    async def test_what_is_taken_for_nobody_or_in_part_is_no_acceptance(self, rig: Rig) -> None:
        assert (await once(rig, Way.PARTLY)).result not in _TAKEN

    async def test_what_is_to_come_later_comes_again(self, rig: Rig) -> None:
        outcome = await once(rig, Way.LATER)
        assert (outcome.result, outcome.address_dead) == (Result.RETRY, False)

    async def test_it_waits_as_long_as_it_is_asked_to(self, rig: Rig) -> None:
        if rig.wait is None:
            pytest.skip("its provider names no time")
        assert (await once(rig, Way.LATER)).retry_after == rig.wait

    async def test_what_is_refused_is_not_tried_again_and_blames_no_address(self, rig: Rig) -> None:
        outcome = await once(rig, Way.REFUSES)
        assert (outcome.result, outcome.address_dead, outcome.server) == (Result.REFUSED, False, False)

    async def test_a_dead_address_is_said_to_be_dead(self, rig: Rig) -> None:
        outcome = await once(rig, Way.DEAD)
        assert (outcome.result, outcome.address_dead, outcome.server) == (Result.REFUSED, True, False)

    async def test_who_refuses_us_blames_no_address(self, rig: Rig) -> None:
        outcome = await once(rig, Way.DENIED)
        assert (outcome.result, outcome.address_dead, outcome.server) == (Result.RETRY, False, True)

    @pytest.mark.parametrize("way", _BROKEN, ids=[way.name.lower() for way in _BROKEN])
    async def test_a_broken_provider_is_held_against_itself_and_the_message_comes_again(
        self, rig: Rig, way: Way
    ) -> None:
        outcome = await once(rig, way)
        assert outcome.result in _AGAIN
        assert (outcome.server, outcome.address_dead) == (True, False)
        assert outcome.code

    async def test_of_who_is_not_there_nothing_is_unknown(self, rig: Rig) -> None:
        assert (await once(rig, Way.ABSENT)).result is Result.RETRY

    @pytest.mark.parametrize("way", [Way.DROPPED, Way.GARBAGE, Way.BUSY], ids=["dropped", "garbage", "busy"])
    async def test_after_a_fault_the_next_message_is_taken(self, rig: Rig, way: Way) -> None:
        has(rig, way)
        transport = await rig.facing(way)
        await transport.start()
        try:
            await attempt(transport, rig)
            assert (await attempt(transport, rig)).result in _TAKEN
        finally:
            await transport.stop()

    async def test_no_secret_and_no_address_stands_in_a_receipt(self, rig: Rig) -> None:
        outcome = await once(rig, Way.ECHO)
        said = f"{outcome.code} {outcome.detail} {outcome.provider_id}"
        assert [each for each in rig.secrets if each in said] == []
        assert (len(outcome.code), len(outcome.detail)) <= (LONGEST_CODE, LONGEST_DETAIL)

    async def test_a_repeat_keeps_its_key_and_another_message_has_another(self, rig: Rig) -> None:
        transport = await rig.facing(Way.TAKES)
        await transport.start()
        try:
            for number in (42, 42, 43):
                await attempt(transport, rig, delivery=number, message_id=f"{number:x}@example.org")
        finally:
            await transport.stop()
        keys = rig.keys()
        if keys is None:
            pytest.skip("its provider knows no request again")
        assert len(keys) == 3
        assert keys[0] == keys[1] != keys[2]

    async def test_a_verdict_that_comes_later_is_heard(self, rig: Rig) -> None:
        for delivered in (True, False):
            told = rig.later(delivered)
            if told is None:
                pytest.skip("its provider says nothing later")
            assert [each.delivered for each in told] == [delivered]
            assert all(each.provider_id or each.delivery is not None for each in told)

    async def test_a_long_message_fits_and_says_whose_it_is(self, rig: Rig) -> None:
        if rig.longest is None:
            pytest.skip("its provider sets no limit, or the message is short by itself")
        text = "\n".join(
            f"第{number}項\U0001f468\u200d\U0001f469\u200d\U0001f467" + "督" * 30 for number in range(400)
        )
        outcome = await once(rig, Way.TAKES, text=text, html="")
        assert outcome.result in _TAKEN
        assert all(rig.measure(shown) <= rig.longest for shown in rig.heard())
        assert "年度報告" in rig.heard()[0]
        assert not any("\ufffd" in shown for shown in rig.heard())

    async def test_what_looks_like_markup_ends_nothing(self, rig: Rig) -> None:
        outcome = await once(rig, Way.TAKES, subject=_MARKUP, text=_MARKUP, html="")
        assert outcome.result in _TAKEN
        assert not any(each in shown for each in rig.secrets for shown in rig.heard())

    async def test_many_at_once_are_all_answered(self, rig: Rig) -> None:
        transport = await rig.facing(Way.TAKES)
        await transport.start()
        try:
            tries = [
                attempt(transport, rig, delivery=100 + number, message_id=f"{number}@example.org")
                for number in range(2 * transport.concurrency)
            ]
            found = await asyncio.gather(*tries)
        finally:
            await transport.stop()
        assert all(outcome.result in _TAKEN for outcome in found)

    async def test_it_can_be_stopped_in_the_middle_and_started_again(self, rig: Rig) -> None:
        has(rig, Way.SILENT)
        transport = await rig.facing(Way.SILENT)
        transport.timeout = _PATIENCE
        await transport.start()
        trying = asyncio.create_task(attempt(transport, rig))
        await asyncio.sleep(0)
        trying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trying
        await transport.stop()
        await transport.stop()

    async def test_it_says_how_long_it_takes_at_most_and_how_many_at_once(self, rig: Rig) -> None:
        transport = await rig.facing(Way.TAKES)
        assert transport.timeout > 0
        assert transport.concurrency >= 1
        await transport.stop()
