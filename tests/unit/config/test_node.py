import copy
import pickle
from datetime import time
from pathlib import Path

import pytest

from alertd.config import (
    EmailSettings,
    Fault,
    InboxSettings,
    NodeConfig,
    SecretMissing,
    TelegramSettings,
    find_config,
    load_node,
)

SHIPPED = Path(__file__).parents[3]
CONFIG = """\
language = "en"
zone = "Asia/Shanghai"
[admin]
to = ["admin@example.org"]
[office]
opens = 08:00:00
closes = "17:00"
[sending]
mode = "redirect"
redirect_to = "drill@example.org"
channel_order = ["email", "inbox"]
[thresholds]
people = 5
"""
EMAIL = """\
transport = "email"
enabled = true
host = "smtp.example.org"
username = "alertd"
password = { credential = "smtp_password" }
ca_file = "ca.pem"
sender = "alertd <alertd@example.org>"
"""
TELEGRAM = 'transport = "telegram"\nenabled = true\ntoken = { env = "TOKEN" }\n'
INBOX = 'transport = "inbox"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "channels").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "channels" / "email.toml").write_text(EMAIL)
    (tmp_path / "channels" / "telegram.toml").write_text(TELEGRAM)
    (tmp_path / "channels" / "inbox.toml").write_text(INBOX)
    return tmp_path


def node_of(folder, environ=None) -> NodeConfig:
    loaded = load_node(folder / "config.toml", environ or {})
    assert loaded.node is not None, [fault.text() for fault in loaded.faults]
    return loaded.node


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return load_node(folder / "config.toml", {})


def test_a_node_holds_what_its_files_say(folder):
    node = node_of(folder)
    assert (node.language, node.zone.key, node.folder) == ("en", "Asia/Shanghai", folder)
    assert (node.schedules, node.channels_folder) == (folder / "schedules", folder / "channels")
    assert (node.admin_to, node.mode, node.redirect_to) == (
        ("admin@example.org",),
        "redirect",
        "drill@example.org",
    )
    assert (node.office.opens, node.office.closes) == (time(8), time(17))
    assert (node.deadline_threshold, node.people_threshold) == (20, 5)
    assert (node.log_level, node.log_format) == ("info", "auto")
    assert node.name


def test_the_admin_may_have_a_name(folder):
    assert node_of(folder).admin_name == ""
    change(folder, "config.toml", "[office]", 'name = "馬文"\n[office]')
    assert node_of(folder).admin_name == "馬文"


def test_each_transport_has_its_settings(folder):
    channels = node_of(folder).channels
    email = channels["email"].settings
    assert isinstance(email, EmailSettings)
    assert (email.host, email.port, email.security, email.timeout) == (
        "smtp.example.org",
        587,
        "starttls",
        30,
    )
    assert email.ca_file == folder / "ca.pem"
    assert isinstance(channels["telegram"].settings, TelegramSettings)
    assert isinstance(channels["inbox"].settings, InboxSettings)
    assert all(channel.enabled for channel in channels.values())


def test_without_an_order_mail_comes_first_and_the_inbox_last(folder):
    loaded = change(folder, "config.toml", 'channel_order = ["email", "inbox"]\n', "")
    assert loaded.node is not None
    assert loaded.node.channel_order == ("email", "telegram", "inbox")


def test_the_store_is_a_file_in_the_state_folder_unless_named(folder):
    assert node_of(folder).store_url.reveal() == f"sqlite:///{folder}/var/alertd.db"
    environ = {"STATE_DIRECTORY": "/var/lib/alertd:/other"}
    assert node_of(folder, environ).store_url.reveal() == "sqlite:////var/lib/alertd/alertd.db"
    change(folder, "config.toml", "[admin]", '[store]\nurl = "postgresql://alertd@db/alertd"\n[admin]')
    assert node_of(folder).store_url.reveal() == "postgresql+psycopg://alertd@db/alertd"


def test_the_address_of_the_store_may_be_a_secret(folder):
    change(folder, "config.toml", "[admin]", '[store]\nurl = { env = "STORE" }\n[admin]')
    node = node_of(folder, {"STORE": "postgresql+psycopg://a:b@db/x"})
    assert "a:b" not in repr(node)
    assert node.store_url.reveal() == "postgresql+psycopg://a:b@db/x"


def test_the_shipped_files_have_no_fault_and_only_rehearse():
    loaded = load_node(SHIPPED / "config.toml", {})
    assert [fault.text() for fault in loaded.faults] == []
    assert loaded.node is not None
    assert loaded.node.mode == "rehearsal"
    assert [name for name, channel in loaded.node.channels.items() if channel.enabled] == ["inbox"]


# file, what stands there, what is written instead, code, line, column
CASES = [
    ("config.toml", '[admin]\nto = ["admin@example.org"]\n', "", "missing-key", 1, 1),
    ("config.toml", '["admin@example.org"]', "[]", "empty-list", 4, 6),
    ("config.toml", '"admin@example.org"', '"admin"', "bad-email", 4, 7),
    ("config.toml", '"en"', '"english"', "not-one-of", 1, 12),
    ("config.toml", "Asia/Shanghai", "Asia/Beijing", "bad-zone", 2, 8),
    ("config.toml", "Asia/Shanghai", "../../etc/passwd", "bad-zone", 2, 8),
    ("config.toml", '"17:00"', '"25:00"', "expected-time", 7, 10),
    ("config.toml", '"17:00"', "8", "expected-time", 7, 10),
    ("config.toml", '"17:00"', '"7:00"', "office-reversed", 7, 10),
    ("config.toml", '"redirect"', '"rehersal"', "not-one-of", 9, 8),
    ("config.toml", '"drill@example.org"', '""', "redirect-nowhere", 9, 8),
    ("config.toml", '"email", "inbox"', '"emial", "inbox"', "unknown-channel", 11, 18),
    ("config.toml", "people = 5", "people = -1", "out-of-range-ge", 13, 10),
    ("config.toml", "people = 5", "poeple = 5", "unknown-key", 13, 1),
    ("config.toml", "[admin]", "[stoer]\n[admin]", "unknown-key", 3, 2),
    ("config.toml", "[admin]", '[store]\nurl = "mysql://x"\n[admin]', "bad-store", 4, 7),
    ("config.toml", "[admin]", '[store]\nurl = "postgresql://a:b@c/d"\n[admin]', "secret-inline", 4, 7),
    ("config.toml", "[admin]", '[bulletin]\nrule = "5 hours"\nto = ["x"]\n[admin]', "bulletin-rule", 4, 8),
    (
        "config.toml",
        "[admin]",
        '[bulletin]\nrule = "每年6月25日、12月25日前"\nto = ["x"]\n[admin]',
        "bulletin-rule",
        4,
        8,
    ),
    ("config.toml", "[admin]", '[bulletin]\nrule = "次月5日前"\nto = []\n[admin]', "empty-list", 5, 6),
    ("config.toml", "[admin]", '[bulletin]\nto = ["supervisor"]\n[admin]', "missing-key", 3, 1),
    ("config.toml", '"Asia/Shanghai"', "Asia/Shanghai", "unquoted-text", 2, 8),
    ("channels/email.toml", '{ credential = "smtp_password" }', '"hunter2"', "secret-inline", 5, 12),
    ("channels/email.toml", '{ credential = "smtp_password" }', "12345", "secret-inline", 5, 12),
    ("channels/email.toml", "credential =", "credentials =", "unknown-key", 5, 14),
    ("channels/email.toml", '"smtp_password"', '"../smtp"', "secret-name", 5, 27),
    ("channels/email.toml", '"smtp_password" }', '"a", env = "b" }', "secret-place", 5, 12),
    ("channels/email.toml", "password = {", "# password = {", "login-without-password", 4, 12),
    ("channels/email.toml", 'host = "smtp.example.org"\n', "", "needed-when-enabled", 2, 11),
    ("channels/email.toml", "<alertd@example.org>", "<alertd>", "bad-sender", 7, 10),
    ("channels/email.toml", "<alertd@example.org>", "alertd@example.org", "bad-sender", 7, 10),
    ("channels/email.toml", "enabled = true", "enabled = true\nport = 70000", "out-of-range-le", 3, 8),
    ("channels/email.toml", "enabled = true", 'enabled = true\nsecurity = "ssl"', "not-one-of", 3, 12),
    ("channels/telegram.toml", '"telegram"', '"telegramm"', "not-one-of", 1, 13),
    ("channels/telegram.toml", 'transport = "telegram"\n', "", "missing-key", 1, 1),
    ("channels/telegram.toml", "token =", "tokn =", "needed-when-enabled+unknown-key", 3, 1),
    ("channels/telegram.toml", "enabled = true", 'enabled = true\nbase_url = "x"', "bad-web-address", 3, 12),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "line", "column"), CASES)
def test_a_wrong_setting_is_named_at_its_place(folder, file, old, new, code, line, column):
    loaded = change(folder, file, old, new)
    assert all("hunter2" not in fault.text() + fault.text("zh-Hant") for fault in loaded.faults)
    if "+" in code:
        assert (file, line, column) in {(fault.file, fault.line, fault.column) for fault in loaded.faults}
        return
    (fault,) = loaded.faults
    assert (fault.file, fault.code, fault.line, fault.column) == (file, code, line, column)


def test_a_broken_channel_takes_no_other_down(folder):
    loaded = change(folder, "channels/email.toml", "enabled = true", "enabled = yes")
    assert [fault.file for fault in loaded.faults] == ["channels/email.toml"]
    assert loaded.node is not None
    assert loaded.node.channels.keys() == {"telegram", "inbox"}


def test_a_broken_config_names_the_faults_of_the_channels_too(folder):
    change(folder, "channels/email.toml", "enabled = true", "enabled = 1")
    loaded = change(folder, "config.toml", '"en"', '"english"')
    assert loaded.node is None
    assert [fault.file for fault in loaded.faults] == ["channels/email.toml", "config.toml"]


def test_a_channels_folder_that_is_not_there_is_named(folder):
    loaded = change(folder, "config.toml", 'language = "en"', 'language = "en"\nchannels = "chanels"')
    assert [fault.code for fault in loaded.faults] == ["no-folder"]


def test_the_name_of_a_channel_file_must_be_an_id(folder):
    (folder / "channels" / "My Mail.toml").write_text(INBOX)
    loaded = load_node(folder / "config.toml", {})
    assert [(fault.file, fault.code) for fault in loaded.faults] == [("channels/My Mail.toml", "bad-id")]


def test_the_name_of_a_channel_fits_into_the_store(folder):
    (folder / "channels" / f"{'m' * 41}.toml").write_text(INBOX)
    loaded = load_node(folder / "config.toml", {})
    assert [fault.code for fault in loaded.faults] == ["long-id"]


def test_a_config_that_cannot_be_read_is_a_fault(folder):
    (folder / "config.toml").write_bytes(CONFIG.encode("utf-16"))
    loaded = load_node(folder / "config.toml", {})
    assert (loaded.node, loaded.faults[0].code) == (None, "encoding-utf16")


# ---------------------------------------------------------------- secrets


def secret_of(folder, place, environ):
    change(folder, "channels/email.toml", '{ credential = "smtp_password" }', place)
    settings = node_of(folder, environ).channels["email"].settings
    assert isinstance(settings, EmailSettings)
    assert settings.password is not None
    return settings.password


@pytest.mark.parametrize("place", ['{ credential = "pw" }', '{ env = "PW" }', '{ file = "secrets/pw" }'])
def test_a_secret_is_read_where_the_file_says_and_never_shown(folder, place):
    (folder / "secrets").mkdir()
    (folder / "secrets" / "pw").write_text("hunter2\n")
    secret = secret_of(folder, place, {"CREDENTIALS_DIRECTORY": str(folder / "secrets"), "PW": "hunter2"})
    assert secret.reveal() == "hunter2"
    assert (repr(secret), str(secret), f"{secret}", f"{secret:>9}") == ("***",) * 4
    assert copy.deepcopy(secret) is secret
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("place", ['{ credential = "pw" }', '{ env = "PW" }', '{ file = "secrets/pw" }'])
def test_a_missing_secret_is_named_where_the_file_asks_for_it(folder, place):
    secret = secret_of(folder, place, {"CREDENTIALS_DIRECTORY": str(folder)})
    with pytest.raises(SecretMissing) as caught:
        secret.reveal()
    fault = caught.value.fault
    assert (fault.file, fault.line, fault.column) == ("channels/email.toml", 5, 12)
    assert "pw" in str(caught.value).lower()


def test_a_rotated_secret_is_seen_without_a_restart(folder):
    secret = secret_of(folder, '{ file = "pw" }', {})
    for value in ("one", "two"):
        (folder / "pw").write_text(value)
        assert secret.reveal() == value


# ---------------------------------------------------------------- which file


def test_a_named_file_or_folder_goes_first(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for named in (str(folder), str(folder / "config.toml")):
        assert find_config(named, {"ALERTD_CONFIG": "/nowhere"}, elsewhere) == folder / "config.toml"
        assert find_config(None, {"ALERTD_CONFIG": named}, elsewhere) == folder / "config.toml"
    assert find_config(folder.name, {}, folder.parent) == folder / "config.toml"


def test_without_a_name_the_file_lies_here_or_in_etc(folder, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setattr("alertd.config.node.SYSTEM_FOLDER", folder)
    assert find_config(None, {}, elsewhere) == folder / "config.toml"
    (elsewhere / "config.toml").write_text(CONFIG)
    assert find_config(None, {}, elsewhere) == elsewhere / "config.toml"


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(folder):
    fault = find_config("other.toml", {}, folder)
    assert isinstance(fault, Fault)
    assert fault.code == "config-not-found"
    assert "other.toml" in fault.text()


def test_an_installed_node_keeps_its_store_in_var_lib(folder, monkeypatch):
    monkeypatch.setattr("alertd.config.node.SYSTEM_FOLDER", folder)
    assert node_of(folder).store_url.reveal() == "sqlite:////var/lib/alertd/alertd.db"


def test_a_bulletin_is_mailed_by_a_rule_of_one_day_in_each_period(folder):
    text = '[bulletin]\nrule = "次月第5個工作日9時前"\nto = ["督查室", "石若蘭"]\nranking = true\n'
    (folder / "config.toml").write_text(CONFIG + text)
    found = node_of(folder).bulletin
    assert found is not None
    assert (str(found.kind), found.rule.at, found.to, found.ranking) == (
        "month", time(9), ("督查室", "石若蘭"), True
    )  # fmt: skip
    (folder / "config.toml").write_text(CONFIG)
    assert node_of(folder).bulletin is None


def web_of(folder, table: str):
    (folder / "config.toml").write_text(f"{CONFIG}[web]\n{table}\n")
    return load_node(folder / "config.toml", {})


def test_without_a_place_to_listen_no_pages_are_served(folder):
    assert node_of(folder).web.listen is None
    assert node_of(folder).web.url == ""


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("127.0.0.1:8470", "http://127.0.0.1:8470"),
        ("localhost:80", "http://127.0.0.1:80"),
        ("[::1]:8470", "http://[::1]:8470"),
    ],
)
def test_pages_on_loopback_need_no_more(folder, listen, url):
    loaded = web_of(folder, f'listen = "{listen}"')
    assert loaded.faults == ()
    assert loaded.node is not None
    assert loaded.node.web.url == url


def test_people_are_sent_to_the_public_address(folder):
    loaded = web_of(
        folder, 'listen = "10.0.0.2:80"\npublic_url = "https://a.gov.test/"\ntrusted_proxies = ["10.0.0.9"]'
    )
    assert loaded.node is not None
    web = loaded.node.web
    assert (web.url, web.trusted_proxies) == ("https://a.gov.test", ("10.0.0.9/32",))


@pytest.mark.parametrize(
    ("table", "readers"),
    [
        ("", ("127.0.0.0/8", "::1/128")),
        ('public_url = "http://localhost:8470"', ("127.0.0.0/8", "::1/128")),
        ('public_url = "https://a.gov.test"', ()),  # everybody comes through a proxy that is not named
        ('public_url = "https://a.gov.test"\ntrusted_proxies = ["127.0.0.1"]', ("127.0.0.0/8", "::1/128")),
        ('public_url = "https://a.gov.test"\nmetrics_from = ["10.0.0.7"]', ("10.0.0.7/32",)),
        ("metrics_from = []", ()),
    ],
)
def test_figures_are_read_from_this_machine_unless_others_are_named(folder, table, readers):
    loaded = web_of(folder, table)
    assert loaded.node is not None
    assert loaded.node.web.metrics_from == readers


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ('listen = "0.0.0.0:8470"', "web-in-the-open"),
        ('listen = "[::]:8470"', "web-in-the-open"),
        ('listen = "8470"', "bad-listen"),
        ('listen = "127.0.0.1:0"', "bad-listen"),
        ('listen = "127.0.0.1:65536"', "bad-listen"),
        ('listen = "example.org:80"', "bad-listen"),
        ("listen = 8470", "expected-text"),
        ('public_url = "http://alertd.example.org"', "public-url-plain"),
        ('public_url = "https://alertd.example.org/pages"', "bad-public-url"),
        ('public_url = "https://me:secret@alertd.example.org"', "secret-inline"),
        ('public_url = "javascript:alert(1)"', "bad-public-url"),
        ('public_url = "https://[::1"', "bad-public-url"),
        ('public_url = "https://a.test:99999"', "bad-public-url"),
        ('trusted_proxies = ["proxy.test"]', "bad-network"),
        ("trusted_proxies = [5]", "bad-network"),
    ],
)
def test_a_place_that_cannot_be_or_is_in_the_open_is_a_fault(folder, table, code):
    loaded = web_of(folder, table)
    assert [(fault.line, fault.code) for fault in loaded.faults] == [(CONFIG.count("\n") + 2, code)]
    assert "secret" not in " ".join(fault.text() for fault in loaded.faults)
