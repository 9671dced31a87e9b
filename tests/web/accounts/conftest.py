"""Pages beside a provider of accounts that listens on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.accounts import Accounts, accounts
from tests.support.accounts_pages import Office, office_of
from tests.support.play import Play


@pytest.fixture
def provider(play: Play) -> Iterator[Accounts]:
    with accounts(lambda: play.now.timestamp()) as found:
        found.account = {"email": "ann@town-a.test", "email_verified": True}
        yield found


@pytest.fixture
def office(play: Play, provider: Accounts) -> Iterator[Office]:
    found = office_of(play, provider)
    yield found
    found.pages.client.close()
