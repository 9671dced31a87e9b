"""The table [mail-in] of config.toml."""

from __future__ import annotations

import pytest

from alertd.config.node import load_node

CONFIG = '[admin]\nto = ["admin@example.org"]\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "channels").mkdir()
    return tmp_path


def mail_in_of(folder, table: str):
    (folder / "config.toml").write_text(f"{CONFIG}[mail-in]\n{table}\n")
    return load_node(folder / "config.toml", {"IMAP": "secret"})


def test_without_the_table_no_mail_comes_in(folder):
    loaded = mail_in_of(folder, "")
    assert loaded.node is not None
    settings = loaded.node.mail_in
    assert (settings.replies, settings.bounces, settings.mailbox) == ("", "", None)


def test_the_mailbox_that_answers_lie_in(folder):
    loaded = mail_in_of(
        folder,
        'replies = "alertd+{token}@a.test"\nhost = "imap.a.test"\nusername = "alertd"\n'
        'password = { env = "IMAP" }\nca_file = "ca.pem"',
    )
    assert loaded.faults == ()
    assert loaded.node is not None
    settings = loaded.node.mail_in
    assert settings.replies == "alertd+{token}@a.test"
    assert settings.mailbox is not None
    assert (settings.mailbox.port, settings.mailbox.security, settings.mailbox.folder) == (
        993,
        "tls",
        "INBOX",
    )
    assert settings.mailbox.password is not None
    assert settings.mailbox.password.reveal() == "secret"
    assert settings.mailbox.ca_file == folder / "ca.pem"
    assert "secret" not in repr(loaded.node)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ('replies = "alertd@a.test"', "bad-return-address"),
        ('replies = "{token}{token}@a.test"', "bad-return-address"),
        ('replies = "alertd+{token}"', "bad-return-address"),
        ('bounces = "a-very-long-name-of-a-mailbox+{token}@a.test"', "long-return-address"),
        ("bounces = 5", "expected-text"),
        ('host = "imap.a.test"\nusername = "x"\npassword = { env = "IMAP" }', "mailbox-without"),
        ('replies = "{token}@a.test"\nhost = "imap.a.test"', "mailbox-without"),
        ('replies = "{token}@a.test"\nhost = "imap.a.test"\nusername = "x"', "login-without-password"),
        ('password = "hunter2"', "secret-inline"),
    ],
)
def test_what_is_wrong_with_how_mail_comes_in(folder, table, code):
    loaded = mail_in_of(folder, table)
    assert [fault.code for fault in loaded.faults] == [code]
    assert not any("hunter2" in fault.text() for fault in loaded.faults)
