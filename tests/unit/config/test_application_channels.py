"""The file of an office's application at a messenger, and the column that says who is who there."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.config.channels import Channels, load_channels, read_channels
from alertd.config.shapes import PersonShape
from alertd.installation import build_transport

#: of each transport: the keys it needs besides its secret, and where its vendor is called
NEEDED = {
    "dingtalk": (('app_key = "k"', "agent_id = 7"), "oapi.dingtalk.com"),
    "wecom": (('corp_id = "ww1"', "agent_id = 7"), "qyapi.weixin.qq.com"),
    "zhezhengding": (('app_key = "k"', "tenant_id = 7"), "openplatform-pro.ding.zj.gov.cn"),
}
SECRET = 'secret = { env = "S" }'
EACH = pytest.mark.parametrize("name", sorted(NEEDED))


def loaded(tmp_path: Path, name: str, *lines: str) -> Channels:
    (tmp_path / "channels").mkdir()
    text = "\n".join((f'transport = "{name}"', *lines, ""))
    (tmp_path / "channels/office.toml").write_text(text)
    return load_channels(read_channels(tmp_path / "channels"), tmp_path, {"S": "s3cret"})


@EACH
async def test_a_whole_file_makes_a_transport_and_shows_no_secret(tmp_path: Path, name: str) -> None:
    keys, host = NEEDED[name]
    channels = loaded(tmp_path, name, "enabled = true", *keys, SECRET)
    assert channels.faults == []
    found = channels.known["office"]
    assert found.settings.endpoint == (host, 443)
    made = build_transport(found)
    assert made.timeout == 20
    await made.stop()
    assert "s3cret" not in repr(found)


@EACH
def test_another_server_is_where_the_doctor_looks(tmp_path: Path, name: str) -> None:
    keys, _ = NEEDED[name]
    more = 'base_url = "https://im.city.test:8443"'
    found = loaded(tmp_path, name, "enabled = true", *keys, SECRET, more).known["office"].settings
    assert found.endpoint == ("im.city.test", 8443)


@EACH
def test_what_is_half_there_is_a_fault(tmp_path: Path, name: str) -> None:
    whole = (*NEEDED[name][0], SECRET)
    for at, left_out in enumerate(whole):
        folder = tmp_path / str(at)
        folder.mkdir()
        rest = [each for each in whole if each != left_out]
        faults = loaded(folder, name, "enabled = true", *rest).faults
        assert "needed-when-enabled" in [fault.code for fault in faults]


@EACH
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('base_url = "http://im.city.test"', "bad-base-url"),
        ('base_url = "https://im.city.test/?access_token=1"', "bad-base-url"),
        ('base_url = "https://me:key@im.city.test"', "bad-base-url"),
        ('secret = "s3cret"', "secret-inline"),
    ],
)
def test_what_leads_elsewhere_or_shows_the_secret_is_a_fault(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    faults = loaded(tmp_path, name, text).faults
    assert code in [fault.code for fault in faults]
    assert not any("s3cret" in fault.text("en") for fault in faults)


def test_who_forbids_several_calls_at_once_is_called_once_at_a_time(tmp_path: Path) -> None:
    assert loaded(tmp_path, "zhezhengding", "connections = 2").faults


@pytest.mark.parametrize(
    ("column", "cell", "kept"),
    [
        ("wecom", "", ""),
        ("wecom", "Li.Na", "Li.Na"),
        ("wecom", "13800138001", "13800138001"),
        ("wecom", "+86 138 0013 8001", "+8613800138001"),
        ("wecom", "8613800138001", "+8613800138001"),
        ("wecom", "+85261234567", "+85261234567"),
        ("dingtalk", "manager4220", "manager4220"),
        ("dingtalk", "+86 138 0013 8001", "+8613800138001"),
        ("zhezhengding", "", ""),
        ("zhezhengding", "78698966", "78698966"),
        ("zhezhengding", "13800138001", "+8613800138001"),
        ("zhezhengding", "+8613800138001", "+8613800138001"),
    ],
)
def test_a_cell_is_an_account_or_a_number(column: str, cell: str, kept: str) -> None:
    assert getattr(_person(column, cell), column) == kept


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("wecom", cell) for cell in ("@all", "a|b", "李娜", "a b", "+123", "x" * 65)),
        *(("dingtalk", cell) for cell in ("a,b", "@all", "李娜", "+123")),
        *(("zhezhengding", cell) for cell in ("GE_1", "1,2", "0", "李娜", "+123", "1" * 20)),
    ],
)
def test_a_cell_that_could_reach_others_is_refused(column: str, cell: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        _person(column, cell)


def _person(column: str, cell: str) -> PersonShape:
    keys = {"id": "a.b", "name": "A", "unit": "b", "positions": ["contact"], column: cell}
    return PersonShape.model_validate(keys)
