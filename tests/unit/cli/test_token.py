"""`alertd token`: a token is shown once, listed without its secret, and ended."""


def test_a_token_is_made_listed_and_ended(alertd):
    made = alertd("token", "new", "platform", "--may", "report,read", "--party", "water-bureau",
                  "--until", "2099-12-31")  # fmt: skip
    assert made.code == 0, made.err
    secret = made.out.splitlines()[0]
    assert secret.startswith("alertd-")
    listed = alertd("token", "list")
    assert "platform" in listed.out
    assert secret not in listed.out
    assert "2100" not in listed.out  # the day is said that is the last, not the midnight after it
    assert alertd("token", "end", "platform").code == 0
    assert alertd("token", "list", "--json").json[0]["over"] is True
    assert alertd("token", "end", "platform").code == 1


def test_a_token_for_what_there_is_not_is_refused(alertd):
    assert alertd("token", "new", "platform", "--may", "write").code == 1
    assert alertd("token", "list", "--json").json == []
