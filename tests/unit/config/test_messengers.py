"""The file of a messenger, and the column of addresses on channels that have none of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from alertd.config.channels import Channels, load_channels, read_channels
from alertd.config.shapes import PersonShape
from alertd.core.abilities import abilities_of
from alertd.core.model import Person

WHOLE = """enabled = true
url = "https://ntfy.test/"
secret = { env = "S" }
headers = { Authorization = "Bearer {secret}" }
template = '{"topic": "{to}", "message": "{text}", "priority": {level}}'
levels = { ordinary = "3", urgent = "5" }
accepted = "id"
"""


def loaded(tmp_path: Path, text: str) -> Channels:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels/ntfy.toml").write_text(f'transport = "messenger"\n{text}\n')
    return load_channels(
        read_channels(tmp_path / "channels"), tmp_path, {"S": "s3cret", "U": "https://x.test:8443/k"}
    )


def test_a_whole_file_says_where_it_goes_and_shows_no_secret(tmp_path: Path) -> None:
    channels = loaded(tmp_path, WHOLE)
    assert channels.faults == []
    found = channels.known["ntfy"].settings
    assert found.endpoint == ("ntfy.test", 443)
    assert found.options()["secret"] == "s3cret"
    assert "s3cret" not in repr(channels.known["ntfy"])


def test_an_address_that_is_itself_a_secret_is_named_only(tmp_path: Path) -> None:
    channels = loaded(tmp_path, 'enabled = true\nurl = { env = "U" }\naccepted = "http = 202"')
    assert channels.faults == []
    assert channels.known["ntfy"].settings.endpoint == ("x.test", 8443)
    assert "x.test" not in repr(channels.known["ntfy"])


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line"),
    [
        ('url = "https://ntfy.test/"', "", "needed-when-enabled", 2),
        ('accepted = "id"', "", "needed-when-enabled", 2),
        ('secret = { env = "S" }', "", "needed-when-enabled", 2),
        ('ordinary = "3", ', "", "needed-when-enabled", 2),
        ('secret = { env = "S" }', 'secret = "s3cret"', "secret-inline", 4),
        ("https://ntfy.test/", "http://ntfy.test/", "bad-gateway-url", 3),
        ("https://ntfy.test/", "https://me:key@ntfy.test/", "secret-inline", 3),
        ("https://ntfy.test/", "https://ntfy.test/{topic}", "unknown-placeholder", 3),
        ('"{text}"', '"{number}"', "unknown-placeholder", 6),  # of text messages only
        ("Bearer {secret}", "Bearer {token}", "unknown-placeholder", 5),
        ('accepted = "id"', 'accepted = "/(/"', "bad-expression", 8),
        ('accepted = "id"', 'accepted = "id"\nmarkup = "html"', "not-one-of", 9),
    ],
)
def test_what_is_half_there_or_means_nothing_is_a_fault_where_it_stands(
    tmp_path: Path, was: str, becomes: str, code: str, line: int
) -> None:
    assert was in WHOLE
    faults = loaded(tmp_path, WHOLE.replace(was, becomes)).faults
    assert [(fault.code, fault.line) for fault in faults] == [(code, line)]
    assert not any("s3cret" in fault.text("en") for fault in faults)


@pytest.mark.parametrize(
    ("accounts", "code"),
    [
        (["ntfy"], "bad-account"),
        (["ntfy="], "bad-account"),
        (["=x"], "bad-account"),
        (["N Tfy=x"], "bad-account"),
        (["ntfy=a", "bark=b", "ntfy=c"], "account-twice"),
    ],
)
def test_what_is_no_account_is_a_fault(accounts: list[str], code: str) -> None:
    with pytest.raises(ValidationError) as raised:
        PersonShape(id="li", name="Li", unit="u", positions=["contact"], accounts=accounts)
    assert code in str(raised.value.errors())


def test_an_account_is_the_address_on_its_channel_only() -> None:
    given = PersonShape(
        id="li", name="Li", unit="u", positions=["contact"], accounts=["ntfy = a=b ", "bark=k"]
    ).accounts
    person = Person("li", "Li", "u", (), accounts=tuple(given))
    wanted = {"ntfy": "a=b", "bark": "k", "slack": "", "": ""}
    for channel, address in wanted.items():
        assert abilities_of("messenger", channel).address(person) == address
