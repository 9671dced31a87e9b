"""What is served as it is: shown where it is a picture, kept where it has a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alertd.core.sights import Sight
from alertd.web import application
from alertd.web.page import File, Route
from tests.support.pages import Pages, pages_of
from tests.support.play import Play

PICTURE = Route("GET", "/picture", Sight.ENTRANCE, lambda call: File(b"<svg/>", "image/svg+xml"))
KEPT = Route("GET", "/kept", Sight.ENTRANCE, lambda call: File(b"\0a", "text/csv", '報 "告";\r\n.csv'))


@pytest.fixture
def pages(play: Play, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    monkeypatch.setattr(application, "ROUTES", (PICTURE, KEPT))
    found = pages_of(play)
    yield found
    found.client.close()


def test_a_picture_is_shown(pages: Pages) -> None:
    answered = pages.get("/picture")
    assert (answered.content, answered.headers["content-type"]) == (b"<svg/>", "image/svg+xml")
    assert "content-disposition" not in answered.headers


def test_what_has_a_name_is_kept_under_it_whatever_stands_in_the_name(pages: Pages) -> None:
    answered = pages.get("/kept")
    assert answered.content == b"\0a"
    name = "%E5%A0%B1%20%22%E5%91%8A%22%3B%0D%0A.csv"
    assert answered.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
