"""`alertd test-send`: one drill through the real transport."""

import asyncio

import pytest

from tests.support.botapi import TOKEN, FakeBotAPI
from tests.support.smtp import SmtpSink

PERSON = "qin-wenbo.government-office"


def mail_to(program, port):
    program.write(
        "channels/email.toml",
        f'transport = "email"\nenabled = true\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        'sender = "alertd <alertd@city.test>"\ntimeout = 5\n',
    )


def telegram_to(program, url):
    program.environ["TELEGRAM_TOKEN"] = TOKEN
    program.write(
        "channels/telegram.toml",
        f'transport = "telegram"\nenabled = true\ntoken = {{ env = "TELEGRAM_TOKEN" }}\nbase_url = "{url}"\n',
    )


@pytest.fixture
async def sink():
    server = SmtpSink()
    await server.start()
    yield server
    await server.stop()


async def test_a_person_gets_a_real_mail_marked_as_a_drill(alertd, sink):
    mail_to(alertd, sink.port)
    ran = await asyncio.to_thread(alertd, "test-send", "email", "秦文博")
    assert (ran.code, ran.err) == (0, "")
    assert f"{PERSON}@example.org: sent" in ran.out
    (received,) = sink.messages
    assert received.recipients == (f"{PERSON}@example.org",)
    assert received.mail["Subject"] == "[DRILL] [alertd] Trial of channel email"


async def test_it_is_kept_with_its_receipt_and_who_sent_it(alertd, sink):
    mail_to(alertd, sink.port)
    sent = (await asyncio.to_thread(alertd, "test-send", "email", PERSON, "--by", "石若蘭", "--json")).json
    assert sent.items() >= {"person": PERSON, "result": "accepted", "channel": "email"}.items()
    kept = alertd("outbox", sent["id"], "--json").json
    assert (kept["state"], kept["drill"], kept["message_id"]) == ("accepted", True, sent["message_id"])
    assert [receipt["result"] for receipt in kept["receipts"]] == ["accepted"]
    assert "shi-ruolan.government-office (" in kept["text"]


async def test_an_address_may_be_given_instead_of_a_person(alertd, sink):
    mail_to(alertd, sink.port)
    ran = await asyncio.to_thread(alertd, "test-send", "email", "clerk@city.test")
    assert ran.code == 0
    assert sink.messages[0].recipients == ("clerk@city.test",)


async def test_a_server_without_login_needs_no_password(alertd, sink):
    mail_to(alertd, sink.port)
    alertd.replace("channels/email.toml", "timeout = 5", 'timeout = 5\npassword = { env = "NOT_SET" }')
    ran = await asyncio.to_thread(alertd, "test-send", "email", "clerk@city.test")
    assert (ran.code, ran.err) == (0, "")


async def test_a_refusal_ends_with_1_and_the_servers_words(alertd):
    server = SmtpSink(replies={"RCPT": ["550 no such user here"]})
    await server.start()
    mail_to(alertd, server.port)
    ran = await asyncio.to_thread(alertd, "test-send", "email", PERSON)
    await server.stop()
    assert ran.code == 1
    assert "refused by the other side" in ran.out
    assert "no such user here" in ran.out


async def test_a_server_that_is_not_there_ends_with_1(alertd, sink):
    mail_to(alertd, sink.port)
    await sink.stop()
    ran = await asyncio.to_thread(alertd, "test-send", "email", PERSON)
    assert ran.code == 1
    assert "not sent yet" in ran.out
    (kept,) = alertd("outbox", "--channel", "email", "--json").json
    assert (kept["state"], kept["not_before"]) == ("refused", None)  # a trial is not tried again


async def test_a_bot_sends_without_taking_the_presses_of_the_daemon(alertd):
    async with FakeBotAPI() as api:
        telegram_to(alertd, api.url)
        ran = await asyncio.to_thread(alertd, "test-send", "telegram", "12345")
        assert (ran.code, ran.err) == (0, "")
        assert [(call.method, call.params["chat_id"]) for call in api.calls] == [("sendMessage", "12345")]
        assert api.polls == []


def test_the_inbox_needs_no_server(alertd):
    assert alertd("test-send", "inbox", PERSON).code == 0
    assert "Trial of channel inbox" in alertd("outbox", "--person", PERSON).out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("fax", PERSON), "There is no channel “fax”. Channels: dingtalk, email, inbox, sms"),
        (("email", "nobody"), "neither a person of the people file nor an address"),
        (("telegram", PERSON), "秦文博 has no address on channel telegram"),
        (("telegram", "a@city.test"), "neither a person of the people file nor an address"),
    ],
)
def test_what_cannot_be_sent_is_said(alertd, argv, words):
    ran = alertd("test-send", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


def test_a_secret_that_is_missing_is_a_fault_of_the_configuration(alertd):
    telegram_to(alertd, "")
    del alertd.environ["TELEGRAM_TOKEN"]
    ran = alertd("test-send", "telegram", "12345")
    assert (ran.code, ran.out) == (78, "")
    assert ran.err.startswith("channels/telegram.toml:3:")
    assert "TELEGRAM_TOKEN" in ran.err


def test_a_token_that_is_none_is_said_and_not_shown(alertd):
    telegram_to(alertd, "")
    alertd.environ["TELEGRAM_TOKEN"] = "secret-but-wrong"
    ran = alertd("test-send", "telegram", "12345")
    assert ran.code == 1
    assert "Channel telegram cannot be used" in ran.err
    assert "secret-but-wrong" not in ran.err
