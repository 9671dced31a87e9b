"""The file of a WeCom application, and the column that says who is who there."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.config.channels import Channels, load_channels, read_channels
from alertd.config.shapes import PersonShape
from alertd.transports.wecom import WecomOptions, WecomTransport

WHOLE = 'enabled = true\ncorp_id = "ww1"\nagent_id = 7\nsecret = { env = "S" }'


def loaded(tmp_path: Path, text: str) -> Channels:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels/office.toml").write_text(f'transport = "wecom"\n{text}\n')
    return load_channels(read_channels(tmp_path / "channels"), tmp_path, {"S": "s3cret"})


def test_a_whole_file_makes_a_transport_and_shows_no_secret(tmp_path: Path) -> None:
    channels = loaded(tmp_path, WHOLE)
    assert channels.faults == []
    found = channels.known["office"].settings
    assert found.endpoint == ("qyapi.weixin.qq.com", 443)
    assert WecomTransport(WecomOptions(**found.options())).timeout == 20
    assert "s3cret" not in repr(found)


def test_another_server_is_where_the_doctor_looks(tmp_path: Path) -> None:
    found = loaded(tmp_path, f'{WHOLE}\nbase_url = "https://wx.city.test:8443"').known["office"].settings
    assert found.endpoint == ("wx.city.test", 8443)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("enabled = true", "needed-when-enabled"),
        ('enabled = true\ncorp_id = "ww1"\nagent_id = 7', "needed-when-enabled"),
        ('enabled = true\ncorp_id = "ww1"\nsecret = { env = "S" }', "needed-when-enabled"),
        ('base_url = "http://wx.city.test"', "bad-wecom-url"),
        ('base_url = "https://wx.city.test/?access_token=1"', "bad-wecom-url"),
        ('base_url = "https://me:key@wx.city.test"', "bad-wecom-url"),
        ('secret = "s3cret"', "secret-inline"),
    ],
)
def test_what_is_half_there_or_leads_elsewhere_is_a_fault(tmp_path: Path, text: str, code: str) -> None:
    faults = loaded(tmp_path, text).faults
    assert code in [fault.code for fault in faults]
    assert not any("s3cret" in fault.text("en") for fault in faults)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("", ""),
        ("Li.Na", "Li.Na"),
        ("13800138001", "13800138001"),
        ("+86 138 0013 8001", "+8613800138001"),
        ("8613800138001", "+8613800138001"),
        ("+85261234567", "+85261234567"),
    ],
)
def test_a_cell_is_a_userid_or_a_number_with_its_plus(cell: str, kept: str) -> None:
    assert _person(cell).wecom == kept


@pytest.mark.parametrize("cell", ["@all", "a|b", "李娜", "a b", "+123", "x" * 65])
def test_a_cell_that_could_reach_others_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        _person(cell)


def _person(cell: str) -> PersonShape:
    keys = {"id": "a.b", "name": "A", "unit": "b", "positions": ["contact"], "wecom": cell}
    return PersonShape.model_validate(keys)
