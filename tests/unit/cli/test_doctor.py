"""`alertd doctor`: one look at everything."""

import socket
from datetime import UTC, datetime

import pytest

from alertd.store import seals
from alertd.store.database import Store
from tests.support.imap import ImapServer


def checks(ran):
    return {check["check"]: (check["level"], check["code"]) for check in ran.json["checks"]}


def test_a_city_that_rehearses_and_never_ran_has_nothing_bad(alertd):
    ran = alertd("doctor", "--json")
    assert ran.code == 0
    assert ran.json["ok"] is True
    found = checks(ran)
    assert {name for name, (level, _) in found.items() if level == "warn"} == {"daemon", "calendar"}
    assert set(found) >= {
        "files", "store", "disk", "revisions", "sending", "daemon", "planned", "evidence", "audit",
        "recorded", "spoken", "sent", "next", "clock", "addresses", "outbox", "people", "positions",
        "calendar",
    }  # fmt: skip


def test_each_check_has_a_sentence_and_what_is_not_good_says_what_to_do(alertd):
    alertd.replace("schedules/policies.toml", "daily = 5", "daily = five")
    for check in alertd("doctor", "--json").json["checks"]:
        assert check["message"]
        assert check["level"] == "ok" or check["todo"], check


def test_people_read_marks_sentences_and_what_to_do(alertd):
    out = alertd("doctor").out
    assert "[ good ] The files have no faults." in out
    assert "[ note ] No daemon has run on this store yet." in out
    assert "→ Start it with alertd run" in out


def test_faults_are_bad_and_listed(alertd):
    alertd.replace("schedules/policies.toml", "daily = 5", "daily = five")
    ran = alertd("doctor", "--json")
    assert ran.code == 1
    assert ran.json["ok"] is False
    files = ran.json["checks"][0]
    assert (files["check"], files["level"]) == ("files", "bad")
    assert files["items"][0].startswith("schedules/policies.toml:")


def test_a_missing_secret_of_an_enabled_channel_is_a_fault(alertd):
    alertd.replace("channels/telegram.toml", "enabled = false", "enabled = true")
    ran = alertd("doctor", "--json")
    assert ran.code == 1
    assert "telegram_token" in ran.json["checks"][0]["items"][0]


def test_a_running_daemon_is_seen_by_its_lock(alertd):
    store = Store(f"sqlite:///{alertd.folder / 'var' / 'alertd.db'}")
    store.claim_alone()
    assert checks(alertd("doctor", "--json"))["daemon"] == ("ok", "running")
    store.close()


def test_files_that_do_not_rule_yet_are_noted(alertd):
    alertd.replace("schedules/policies.toml", "daily = 5", "daily = 4")
    assert checks(alertd("doctor", "--json"))["revisions"] == ("warn", "differ")


def test_without_a_store_only_the_files_are_looked_at(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    ran = alertd("doctor", "--json")
    found = {"files": ("ok", "sound"), "zones": ("ok", "here"), "store": ("warn", "none")}
    assert (ran.code, checks(ran)) == (0, found)
    assert not list((alertd.folder / "var").iterdir())


def test_a_file_that_is_no_database_is_bad(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    alertd.write("var/alertd.db", "no database at all, but long enough to look like one " * 40)
    ran = alertd("doctor", "--json")
    assert ran.code == 1
    assert checks(ran)["store"] == ("bad", "unusable")


@pytest.mark.parametrize(
    ("listens", "expected"), [(True, ("ok", "answers")), (False, ("bad", "unreachable"))]
)
def test_online_it_connects_to_the_servers(alertd, listens, expected):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        alertd.write(
            "channels/email.toml",
            f'transport = "email"\nenabled = true\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            'sender = "alertd@city.test"\n',
        )
        if not listens:
            server.close()
        ran = alertd("doctor", "--online", "--json")
        assert checks(ran)["channel"] == expected
        assert ran.code == (0 if listens else 1)
    assert "channel" not in checks(alertd("doctor", "--json"))


@pytest.mark.parametrize(
    ("password", "code", "said"),
    [("secret", "opens", ""), ("wrong", "shut", "refuses the login of alertd"), ("", "", "IMAP_PASSWORD")],
)
def test_online_it_opens_the_mailbox_for_answers(alertd, password, code, said):
    with ImapServer() as server:
        server.deliver(b"From: a@b.test\n\nreceived\n")
        alertd.replace("config.toml", 'replies = ""', 'replies = "alertd+{token}@city.test"')
        alertd.replace(
            "config.toml", 'host = ""  ', f'port = {server.port}\nsecurity = "none"\nhost = "127.0.0.1"  '
        )
        alertd.replace("config.toml", 'username = ""', 'username = "alertd"')
        alertd.replace("config.toml", '{ credential = "imap_password" }', '{ env = "IMAP_PASSWORD" }')
        alertd.environ |= {"IMAP_PASSWORD": password} if password else {}
        before = alertd("doctor", "--json")
        assert server.logins == 0
        assert ("IMAP_PASSWORD" in before.out) is (not password)
        ran = alertd("doctor", "--online", "--json")
        found = [check for check in ran.json["checks"] if check["code"] in ("opens", "shut")]
        assert [check["code"] for check in found] == ([code] if code else [])
        assert said in ran.out
        assert ran.code == (0 if code == "opens" else 1)
        assert not server.seen(1)
        assert not any("FETCH" in heard for _, heard in server.heard)


def test_rows_that_cannot_be_read_are_named_and_every_other_check_is_made(incident):
    incident.spoil("deadlines", "last_day", "incident-information@fire-1/justice-bureau")
    incident.spoil("events", "instants", "e1", "{broken")
    ran = incident("doctor", "--json")
    assert ran.code == 1
    rows = next(check for check in ran.json["checks"] if check["check"] == "rows")
    assert (rows["level"], rows["code"]) == ("bad", "unreadable")
    assert sorted(rows["items"]) == [
        "deadlines incident-information@fire-1/justice-bureau: deadlines.last_day",
        "events e1: events.instants",
    ]
    assert rows["todo"]
    assert {"planned", "audit", "outbox", "people", "limits"} <= set(checks(ran))


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [("audit", "detail", "audit"), ("settings", "value", "look"), ("cases", "opened_at", "rows")],
)
def test_a_check_that_stumbles_over_a_row_says_so(incident, table, column, check):
    incident.spoil(table, column, None, "{broken")
    ran = incident("doctor", "--json")
    assert ran.code == 1
    assert check in {each["check"] for each in ran.json["checks"] if each["level"] == "bad"}
    assert "Traceback" not in ran.out + ran.err


def test_what_was_changed_past_the_program_is_said_in_one_line_with_what_to_do(incident):
    name = "incident-information@fire-1/justice-bureau"
    incident.spoil("deadlines", "state", name, "cancelled")
    ran = incident("doctor", "--json")
    found = next(check for check in ran.json["checks"] if check["check"] == "recorded")
    assert (ran.code, found["level"], found["code"]) == (1, "bad", "differ")
    assert found["items"] == [f"{name}: the state is false alarm, withdrawn, its history says open"]
    assert "last backup" in found["todo"]
    incident.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    assert f"{name}：狀態為 " in incident("doctor").out


def test_a_seal_noted_earlier_is_looked_up(alertd):
    store = Store(f"sqlite:///{alertd.folder / 'var' / 'alertd.db'}")
    with store.write() as tx:
        seals.seal(tx, datetime.now(UTC))
        noted = seals.newest(tx)
    store.close()
    assert noted is not None
    assert f"{noted.number}:{noted.hash}" in alertd("doctor").out
    ran = alertd("doctor", "--seal", f"{noted.number}:{noted.hash[:12]}", "--json")
    assert (ran.code, checks(ran)["seal"]) == (0, ("ok", "same"))
    other = "0" if noted.hash[0] != "0" else "1"
    ran = alertd("doctor", "--seal", f"{noted.number}:{other}{noted.hash[1:]}", "--json")
    assert (ran.code, checks(ran)["seal"]) == (1, ("bad", "differs"))
    ran = alertd("doctor", "--seal", "the last one")
    assert ran.code == 1
    assert "“the last one” is no seal." in ran.out
