"""The mails we assemble by hand, read back by the standard library's parser."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertd.transports.base import Outgoing
from alertd.transports.email.addresses import Mailbox, parse_mailbox, split_addresses, wire_form
from alertd.transports.email.mime import MailWriter

AT = datetime(2026, 11, 22, 6, 5, 4, tzinfo=UTC)
COMPOSER = MailWriter(Mailbox("督查室", "alertd@example.org"), Mailbox("", "office@example.org"))

anything = st.text(max_size=400)
chinese = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=120)
line = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=150)


def outgoing(**changes: object) -> Outgoing:
    values: dict[str, object] = {
        "delivery": 1, "address": "li@example.org", "name": "李明", "message_id": "d1.a2@example.org",
        "thread": (), "subject": "臨期", "text": "請於今日報送。\n", "html": "<p>請於今日報送。</p>\n",
    }  # fmt: skip
    return Outgoing(**(values | changes))  # type: ignore[arg-type]


def compose(to: list[str] | None = None, **changes: object) -> bytes:
    return COMPOSER.compose(outgoing(**changes), to or ["li@example.org"], AT)


def parse(mail: bytes) -> EmailMessage:
    parsed = message_from_bytes(mail, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def header_lines(mail: bytes) -> list[bytes]:
    return mail.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def crlf(text: str) -> bytes:
    return re.sub("\r\n|\r|\n", "\r\n", text).encode("utf-8", "replace")


@given(text=anything | chinese, html=anything.filter(bool) | chinese.filter(bool))
@example(text=".\n..\n.", html="\n.\r\n--=_alertd_=--\r\n")
@example(text="\ud800", html="a\r\rb")
@settings(max_examples=150)
def test_both_bodies_come_back_byte_for_byte_with_the_line_ends_of_mail(text: str, html: str):
    parsed = parse(compose(text=text, html=html))
    plain, rich = parsed.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_payload(decode=True) == crlf(text)
    assert rich.get_payload(decode=True) == crlf(html)


@given(subject=line | chinese)
@example(subject="[提醒] 發佈權威信息:今日07:10屆滿(東河鎮)" * 9)
@example(subject="=?utf-8?q?not_ours?=")
@example(subject="plain  with two spaces")
@settings(max_examples=150)
def test_the_subject_comes_back_as_it_was(subject: str):
    raw = message_from_bytes(compose(subject=subject), policy=policy.compat32)["Subject"]
    assert str(make_header(decode_header(raw))) == subject.strip()
    assert parse(compose(subject=subject))["Subject"] == subject.strip()


@given(subject=chinese | st.text(alphabet="a李𠮷é", max_size=90))
@example(subject="a" + "李" * 60)
def test_no_encoded_word_ends_inside_a_character(subject: str):
    found = compose(subject=subject).split(b"\r\nSubject: ")[1].split(b"\r\nDate: ")[0]
    words = re.findall(rb"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=", found)
    if words:
        assert "".join(base64.b64decode(word).decode() for word in words) == subject


@given(name=line.filter(str.strip) | chinese.filter(bool))
@example(name="Li, Ming")
@example(name='"Li" <x@example.org>')
@settings(max_examples=150)
def test_the_name_comes_back_as_it_was_and_the_address_beside_it(name: str):
    raw = message_from_bytes(compose(name=name), policy=policy.compat32)["To"]
    shown, _, address = raw.rpartition("<")
    assert str(make_header(decode_header(shown.strip()))) == name.strip()
    assert address == "li@example.org>"


@given(
    subject=anything,
    name=anything,
    message_id=anything,
    thread=st.tuples(anything, anything),
    urgent=st.booleans(),
)
@example(
    subject="a\r\nBcc: x@y",
    name="a\nBcc: x@y",
    message_id="a>\r\nBcc: <x",
    thread=("\x85Bcc: x\u2028Bcc: y", "b"),
    urgent=True,
)
@settings(max_examples=150)
def test_nothing_in_a_message_can_add_a_header_or_break_a_line(
    subject: str, name: str, message_id: str, thread: tuple[str, ...], urgent: bool
):
    mail = compose(subject=subject, name=name, message_id=message_id, thread=thread, urgent=urgent)
    names = [found.split(b":")[0] for found in header_lines(mail) if not found.startswith(b" ")]
    assert set(names) <= {
        b"From", b"Reply-To", b"MIME-Version", b"Auto-Submitted", b"X-Auto-Response-Suppress", b"To",
        b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Content-Type", b"Importance",
        b"X-Priority",
    }  # fmt: skip
    assert len(set(names)) == len(names)
    assert mail.isascii()
    assert re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", mail) is None
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert all(len(found) <= 76 for found in header_lines(mail) if b"=?" in found)


def test_the_headers_say_who_when_and_that_no_person_wrote_it():
    parsed = parse(compose())
    assert parsed["From"].addresses[0].display_name == "督查室"
    assert parsed["From"].addresses[0].addr_spec == "alertd@example.org"
    assert parsed["Reply-To"] == "office@example.org"
    assert parsed["Date"].datetime == AT
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Auto-Response-Suppress"] == "All"
    assert parsed["MIME-Version"] == "1.0"
    assert parsed["Message-ID"] == "<d1.a2@example.org>"


def test_the_date_is_written_in_the_zone_it_is_given_in():
    beijing = timezone(timedelta(hours=8))
    mail = COMPOSER.compose(outgoing(), ["li@example.org"], AT.astimezone(beijing))
    assert b"\r\nDate: Sun, 22 Nov 2026 14:05:04 +0800\r\n" in mail


def test_the_first_message_of_a_deadline_replies_to_nothing():
    for thread in ((), ("",), ("d1.a2@example.org",)):
        parsed = parse(compose(thread=thread))
        assert parsed["In-Reply-To"] is None
        assert parsed["References"] is None


def test_a_later_message_of_a_deadline_replies_to_the_last_one_and_refers_to_the_first():
    parsed = parse(compose(message_id="second@example.org", thread=("d1.a2@example.org",)))
    assert parsed["In-Reply-To"] == parsed["References"] == "<d1.a2@example.org>"
    parsed = parse(
        compose(message_id="third@example.org", thread=("first@example.org", "second@example.org"))
    )
    assert parsed["In-Reply-To"] == "<second@example.org>"
    assert parsed["References"].split() == ["<first@example.org>", "<second@example.org>"]


def test_only_what_is_urgent_says_so():
    plain, urgent = parse(compose()), parse(compose(urgent=True))
    assert (plain["Importance"], plain["X-Priority"]) == (None, None)
    assert (urgent["Importance"], urgent["X-Priority"]) == ("high", "1")


def test_without_html_the_mail_is_plain_text():
    parsed = parse(compose(html=""))
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_content() == "請於今日報送。\r\n"


def test_several_addresses_are_all_named_and_carry_nobody_elses_name():
    parsed = parse(compose(to=["a@example.org", "b@example.org"]))
    assert [(a.display_name, a.addr_spec) for a in parsed["To"].addresses] == [
        ("", "a@example.org"),
        ("", "b@example.org"),
    ]


def test_an_attempt_repeated_gives_the_same_bytes():
    assert compose() == compose()


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("li@example.org", "li@example.org"),
        (" li.ming+x@a-b.example.org ", "li.ming+x@a-b.example.org"),
        ("li@東河.example", "li@xn--7rvy0j.example"),
        ("李明@example.org", "李明@example.org"),
        ("root@[127.0.0.1]", "root@[127.0.0.1]"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_goes_over_the_wire_with_its_domain_in_ascii(address: str, wire: str):
    assert wire_form(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        "", "li", "@example.org", "li@", "li@@example.org", "l i@example.org", "li@exa mple.org",
        "li@example..org", "li@example.org>", "<li@example.org>", "li\r\n@example.org", "li\x00@example.org",
        "li@-", "\ud800@example.org", "l" * 250 + "@example.org", "李" * 90 + "@example.org",
        "li@" + "東" * 80 + ".example", 'a"b@example.org',
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_has_no_wire_form(address: str):
    assert wire_form(address) is None


@given(st.text(max_size=60))
def test_no_text_at_all_gets_a_control_character_or_a_bracket_onto_the_wire(text: str):
    for address in split_addresses(text)[0] + split_addresses(f"{text}@example.org")[0]:
        assert not re.search(r"[\s\x00-\x1f\x7f<>]", address)


def test_a_list_of_addresses_keeps_its_order_and_names_the_pieces_that_are_none():
    assert split_addresses("b@example.org, nobody,,a@example.org , b@example.org") == (
        ("b@example.org", "a@example.org"),
        ("nobody",),
    )


def test_a_sender_that_is_no_address_is_named_with_what_is_expected():
    assert parse_mailbox("督查室 <a@example.org>") == Mailbox("督查室", "a@example.org")
    with pytest.raises(ValueError, match=r"found 'nobody', expected a mail address"):
        parse_mailbox("nobody")


@pytest.mark.parametrize("usual", [None, Mailbox("", "office@example.org")])
def test_a_mail_may_be_answered_at_an_address_of_its_own(usual: Mailbox | None):
    writer = MailWriter(Mailbox("督查室", "alertd@example.org"), usual)
    mail = parse(writer.compose(outgoing(reply_to="alertd+x-y@a.test"), ["li@example.org"], AT))
    assert [address.addr_spec for address in mail["Reply-To"].addresses] == ["alertd+x-y@a.test"]
    assert len(mail.get_all("Reply-To", [])) == 1


def test_a_reminder_never_offers_to_be_unsubscribed_from():
    """RFC 8058 is for mail that somebody may do without; a deadline is none of it."""
    assert b"list-unsubscribe" not in compose(reply_to="alertd+x-y@a.test").lower()
