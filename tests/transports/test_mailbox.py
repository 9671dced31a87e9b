"""A mailbox over IMAP: with TLS and without, and what is said of a server that is not as it should be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alertd.transports.mailbox import Mailbox, MailboxFault, MailboxOptions, MailRefused
from tests.support.certificates import Authority, make_authority
from tests.support.imap import ImapServer

MAIL = b"From: ann@example.org\r\n\r\nreceived\r\n"
#: seconds: long enough for a busy machine to answer on loopback, short where a test waits for it to pass
ENOUGH, SHORT = 20.0, 0.3

Begin = Callable[..., ImapServer]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of its own, and a certificate for another host."""
    return make_authority(tmp_path_factory.mktemp("stranger"), "mail.elsewhere.example")


@pytest.fixture
def begin() -> Iterator[Begin]:
    begun: list[ImapServer] = []

    def make(**fields: Any) -> ImapServer:
        begun.append(ImapServer(**fields))
        return begun[-1]

    yield make
    for server in begun:
        server.stop()


def mailbox(server: ImapServer, **more: Any) -> Mailbox:
    options = {
        "host": "localhost", "port": server.port, "security": server.security, "username": "alertd",
        "password": server.password, "timeout": ENOUGH,
    }  # fmt: skip
    return Mailbox(MailboxOptions(**options | more))


def read_all(box: Mailbox) -> list[bytes | None]:
    box.open()
    try:
        return [box.fetch(uid, 1000) for uid in box.unseen()]
    finally:
        box.close()


def fault_of(box: Mailbox) -> str:
    with pytest.raises(MailboxFault) as raised:
        box.open()
    box.close()
    return str(raised.value)


# TLS --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mailbox_is_read_over_tls_with_a_private_authority(
    begin: Begin, authority: Authority, security: str, host: str
) -> None:
    server = begin(security=security, context=authority.server_context)
    server.deliver(MAIL)
    assert read_all(mailbox(server, host=host, ca_file=authority.ca_file)) == [MAIL]
    assert [safe for safe, said in server.heard if "secret" in said] == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_news_are_heard_over_tls(begin: Begin, authority: Authority, security: str) -> None:
    server = begin(security=security, context=authority.server_context)
    box = mailbox(server, ca_file=authority.ca_file)
    box.open()
    assert box.unseen() == []
    threading.Timer(0.2, server.deliver, [MAIL]).start()
    box.wait(ENOUGH)
    assert box.unseen() == ["1"]
    box.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_said_and_the_password_stays_here(
    begin: Begin, authority: Authority, security: str
) -> None:
    server = begin(security=security, context=authority.server_context)
    said = fault_of(mailbox(server))
    assert said.startswith("the server's certificate is not trusted (")
    assert said.endswith("check host and ca_file")
    assert not any("secret" in heard for _, heard in server.heard)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_another_host_is_said(begin: Begin, stranger: Authority, security: str) -> None:
    server = begin(security=security, context=stranger.server_context)
    said = fault_of(mailbox(server, ca_file=stranger.ca_file))
    assert "localhost" in said
    assert "check host and ca_file" in said
    assert not any("secret" in heard for _, heard in server.heard)


def test_a_server_that_offers_no_starttls_gets_no_password(begin: Begin) -> None:
    server = begin()
    assert "TLS not supported" in fault_of(mailbox(server, security="starttls"))
    assert not any("secret" in heard for _, heard in server.heard)


def test_tls_where_none_is_spoken_is_said(begin: Begin) -> None:
    said = fault_of(mailbox(begin(), security="tls"))
    assert "TLS with localhost port" in said
    assert "check security and port" in said


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_a_file_of_authorities_that_cannot_be_read_is_named(
    begin: Begin, tmp_path: Path, content: str | None
) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    said = fault_of(mailbox(begin(), security="tls", ca_file=str(ca_file)))
    assert said.startswith(f"{ca_file}: ")
    assert said.endswith("expected a readable file of certificates")


# What a server says -----------------------------------------------------------------------------------------


def test_nobody_there_is_said_with_the_place(begin: Begin) -> None:
    server = begin()
    server.stop()
    assert fault_of(mailbox(server)) == f"no connection with localhost port {server.port}: Connection refused"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"says": {"LOGIN": "NO [AUTHENTICATIONFAILED] no secret"}}, "refuses the login of alertd: [AUTH"),
        ({"says": {"SELECT": "NO [NONEXISTENT] no such"}}, "the folder INBOX cannot be opened: [NONEX"),
        ({"says": {"SELECT": "OK [READ-ONLY] look"}}, "the folder INBOX can only be read"),
        ({"greeting": b"* BYE too many\r\n"}, "BYE too many"),
        ({"greeting": b"220 smtp.example.org ESMTP\r\n"}, "unexpected response"),
        ({"greeting": b""}, "no answer from localhost"),
        ({"hangs_up_at": "LOGIN"}, "closed the connection"),
        ({"silent_at": "LOGIN"}, "no answer from localhost"),
    ],
    ids=["login", "no-folder", "read-only", "bye", "smtp", "hangs", "hangs-up", "silent"],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(begin: Begin, fields: dict[str, Any], said: str) -> None:
    patience = SHORT if said.startswith("no answer") else ENOUGH
    found = fault_of(mailbox(begin(**fields), timeout=patience))
    assert said in found
    assert "secret" not in found


def test_a_server_that_drips_its_greeting_is_left_at_once_when_told_to(begin: Begin) -> None:
    box = mailbox(begin(greeting=b"* OK" + b" ready" * 1000, drips=0.05))
    threading.Timer(0.5, box.abort).start()
    fault_of(box)


def test_a_password_in_another_script_is_taken(begin: Begin) -> None:
    server = begin(password="電池 staple", capabilities="IMAP4rev1 AUTH=PLAIN")
    server.deliver(MAIL)
    assert read_all(mailbox(server)) == [MAIL]


def test_a_server_that_wants_to_know_who_comes_is_told_before_the_folder_is_opened(begin: Begin) -> None:
    server = begin(capabilities="IMAP4rev1 ID")
    read_all(mailbox(server))
    verbs = [said.partition(" ")[0] for _, said in server.heard]
    assert verbs.index("ID") < verbs.index("SELECT")
    server.says["ID"] = "NO go away"
    assert read_all(mailbox(server)) == []


def test_one_message_that_is_refused_is_another_matter_than_the_mailbox(begin: Begin) -> None:
    server = begin(refused={1})
    server.deliver(MAIL)
    server.deliver(MAIL)
    box = mailbox(server)
    box.open()
    with pytest.raises(MailRefused, match="SERVERBUG"):
        box.fetch("1", 1000)
    assert box.fetch("2", 1000) == MAIL
    server.says["STORE"] = "NO [OVERQUOTA] full"
    with pytest.raises(MailRefused, match="OVERQUOTA"):
        box.mark("2")
    server.hangs_up_at = "STORE"
    with pytest.raises(MailboxFault) as raised:
        box.mark("2")
    assert not isinstance(raised.value, MailRefused)
    box.close()


def test_a_message_is_named_so_that_another_one_with_its_number_is_not_taken_for_it(begin: Begin) -> None:
    server = begin()
    names = []
    for _ in range(2):
        box = mailbox(server)
        box.open()
        names.append(box.name_of("1"))
        box.close()
        server.renumber()
    assert names == ["INBOX;UIDVALIDITY=1;UID=1", "INBOX;UIDVALIDITY=2;UID=1"]
