"""[web.openid] of config.toml: a provider of accounts, whole or said to be half there."""

from __future__ import annotations

import pytest

from alertd.config.node import load_node

CONFIG = '[admin]\nto = ["a@example.org"]\n[web]\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "channels").mkdir()
    return tmp_path


def web_of(folder, table: str):
    (folder / "config.toml").write_text(f"{CONFIG}{table}\n")
    return load_node(folder / "config.toml", {})


PUBLIC = 'public_url = "https://a.gov.test"\n[web.openid]\n'


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (f'{PUBLIC}issuer = "https://id.test"', "openid-without"),
        (f'{PUBLIC}client_id = "alertd"', "openid-without"),
        (f'{PUBLIC}client_secret = {{ env = "X" }}', "openid-without"),
        ('[web.openid]\nissuer = "https://id.test"\nclient_id = "a"', "openid-without-public-url"),
        (f'{PUBLIC}issuer = "http://id.test"\nclient_id = "a"', "bad-issuer"),
        (f'{PUBLIC}issuer = "https://id.test?x=1"\nclient_id = "a"', "bad-issuer"),
        (f'{PUBLIC}issuer = "https://id.test/#a"\nclient_id = "a"', "bad-issuer"),
        (f'{PUBLIC}issuer = "https://me:secret@id.test"\nclient_id = "a"', "secret-inline"),
        (f'{PUBLIC}issuer = "id.test"\nclient_id = "a"', "bad-issuer"),
        (f'{PUBLIC}issuer = 5\nclient_id = "a"', "expected-text"),
        (f'{PUBLIC}issuer = "https://id.test"\nclient_id = "a"\nclient_secret = "secret"', "secret-inline"),
        (f'{PUBLIC}issuer = "https://id.test"\nclient_id = "a"\nclaim = "sub"\nunverified = true',
         "openid-not-by-mail"),
    ],
)  # fmt: skip
def test_accounts_that_are_half_there_are_a_fault(folder, table, code):
    loaded = web_of(folder, table)
    assert [fault.code for fault in loaded.faults] == [code]
    assert "secret@" not in " ".join(fault.text() for fault in loaded.faults)


def test_a_provider_of_accounts_is_known_with_the_place_of_its_secret(folder):
    table = 'issuer = "http://127.0.0.1:9"\nclient_id = "alertd"\nca_file = "ca.pem"\n'
    table += 'client_secret = { file = "s" }'
    (folder / "s").write_text("hidden\n")
    loaded, again = web_of(folder, PUBLIC + table), web_of(folder, PUBLIC + table)
    assert loaded.node is not None
    found = loaded.node.web.openid
    assert (found.issuer, found.client_id, found.claim, found.timeout) == (
        "http://127.0.0.1:9",
        "alertd",
        "",
        10,
    )
    assert found.ca_file == folder / "ca.pem"
    assert found.client_secret.reveal() == "hidden"
    assert "hidden" not in repr(found)
    assert again.node.web == loaded.node.web  # so that pages are not served anew at each saved file
    assert web_of(folder, PUBLIC + table.replace('"s"', '"t"')).node.web != loaded.node.web
    assert web_of(folder, PUBLIC).node.web.openid is None
