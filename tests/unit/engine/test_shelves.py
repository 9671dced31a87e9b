"""What a transport keeps in common with other nodes, as it sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from alertd.engine.ruling.scope import Scope
from alertd.engine.running.shelves import StoreShelf
from alertd.store.tables import settings
from alertd.transports.base import NotNow, Shelved
from tests.support.play import Play


def shelf_of(play: Play, node: str, channel: str = "chat") -> StoreShelf:
    world = replace(play.world, node=node)

    async def carry_out(work: Callable[[Scope], Any]) -> Any:
        return play.store.transact(lambda tx: work(Scope(tx, world, play.now)))

    return StoreShelf(channel, carry_out)


async def test_what_one_node_found_out_the_other_knows_with_the_time_it_holds(play: Play) -> None:
    one, other = shelf_of(play, "a"), shelf_of(play, "b")
    assert await one.look("token", 10) == Shelved(yours=True)
    assert await other.look("token", 10) == Shelved()
    await one.keep("token", "abc", 60)
    await one.keep("user", "li.na", None)
    assert await other.look("token", 10) == Shelved("abc", 60.0)
    assert await other.look("user", 10) == Shelved("li.na", None)
    assert (await shelf_of(play, "b", "another channel").look("token", 10)).value is None


async def test_a_row_that_cannot_be_read_is_as_if_the_store_were_away(play: Play) -> None:
    one = shelf_of(play, "a")
    await one.keep("token", "abc", 60)
    spoilt = {"value": "abc", "until": "some day"}
    play.store.transact(lambda tx: tx.execute(update(settings).values(value=spoilt)))
    with pytest.raises(NotNow):
        await one.look("token", 10)


async def test_what_is_to_be_asked_about_is_that_of_its_own_channel(play: Play) -> None:
    assert await shelf_of(play, "a").unsettled(10) == []


async def test_what_one_forgets_nobody_uses(play: Play) -> None:
    one, other = shelf_of(play, "a"), shelf_of(play, "b")
    await one.keep("token", "abc", 60)
    await other.forget("token", "something else")
    assert (await one.look("token", 10)).value == "abc"
    await other.forget("token", "abc")
    assert (await one.look("token", 10)).yours
