"""Every transport of alertd keeps the contract that alertd.testing ships for those of others."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alertd.core.abilities import OWN
from alertd.testing import Rig
from alertd.testing.contract import TransportContract
from tests.support import rigs, rigs_of_servers

SERVERS = {"email": rigs_of_servers.email, "telegram": rigs_of_servers.telegram}
NAMES = [*SERVERS, *rigs.OVER_HTTP]


class TestEveryTransport(TransportContract):
    @pytest.fixture(params=NAMES)
    async def rig(self, request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
        name: str = request.param
        if name in SERVERS:
            async with SERVERS[name]() as server:
                yield server
        else:
            with rigs.OVER_HTTP[name]() as over_http:
                yield over_http


def test_every_transport_has_a_rig() -> None:
    kept = {"inbox"}  # nobody is called
    named = {name.partition("-")[0] for name in NAMES} | {"messenger"}
    assert kept | named >= OWN
