"""`alertd check` and `alertd doctor` on a provider of accounts: half there, without its secret, or lying."""

from tests.support.accounts import accounts


def checks(ran):
    return {check["check"]: (check["level"], check["code"]) for check in ran.json["checks"]}


OPENID = """
[web.openid]
issuer = "{issuer}"
client_id = "alertd"
client_secret = {{ env = "OPENID_SECRET" }}
"""


def with_accounts(alertd, issuer):
    alertd.replace("config.toml", 'public_url = ""', 'public_url = "http://127.0.0.1:8470"')
    text = (alertd.folder / "config.toml").read_text()
    alertd.write("config.toml", text + OPENID.format(issuer=issuer))


def test_online_it_asks_the_provider_of_accounts_what_it_is(alertd):
    with accounts(lambda: 0.0) as provider:
        with_accounts(alertd, provider.url)
        alertd.environ["OPENID_SECRET"] = "x"
        assert checks(alertd("doctor", "--online", "--json"))["accounts"] == (
            "ok",
            "answers",
        )
        provider.about = {"issuer": "https://evil.test"}
        ran = alertd("doctor", "--online")
        assert "calls itself otherwise" in ran.out
        assert "it calls itself https://evil.test" in ran.out
        assert provider.times("/token") == 0
    assert checks(alertd("doctor", "--online", "--json"))["accounts"] == ("bad", "faulty")
    assert "accounts" not in checks(alertd("doctor", "--json"))


def test_a_secret_towards_the_provider_of_accounts_that_is_not_there_is_a_fault(alertd):
    with_accounts(alertd, "https://id.test")
    ran = alertd("doctor", "--json")
    assert checks(ran)["files"] == ("bad", "faulty")
    assert "OPENID_SECRET" in ran.out
    alertd.environ["OPENID_SECRET"] = "x"
    assert checks(alertd("doctor", "--json"))["files"] == ("ok", "sound")


def test_accounts_that_are_half_there_are_said_at_their_line(alertd):
    with_accounts(alertd, "http://id.test")
    ran = alertd("check")
    assert ran.code != 0
    assert "http:// only for this machine" in ran.out
