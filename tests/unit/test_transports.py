"""Each transport is registered whole, and only there: no list and no comparison elsewhere names one."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alertd.config.channel_settings import SHAPES
from alertd.config.channels import load_channels, read_channels
from alertd.config.csv_tables import columns_of
from alertd.config.shapes import PersonShape
from alertd.core.abilities import INBOX, TRANSPORTS, abilities_of
from alertd.core.model import Person
from alertd.installation import build_transport
from alertd.messages.catalogue import LANGUAGES, Catalogue
from alertd.transports.registered import FACTORIES
from tests.support.hook import SECRET

ROOT = Path(__file__).resolve().parents[2]
#: where a transport's name may stand as such: its registration and its own modules
OWN = ("core/abilities.py", "config/channel_settings/", "transports/")
#: where the same word is the name of a key, a column or a claim and says nothing of the transport
KEYS = (
    "config/city_sheets.py",
    "config/toml_traps.py",
    "engine/operations/accounts.py",
    "openid/client.py",
)
SECRETS = {
    "telegram_token": "123:abc",
    "smtp_password": "a password",
    "webhook_secret": SECRET,
    "sms_secret": "a key",
    "wecom_secret": "a secret",
    **{f"{name}_token": "a token" for name in ("slack", "matrix", "ntfy", "home_assistant")},
    **{f"{name}_url": "https://a.test/hook" for name in ("teams", "mattermost")},
    "zhezhengding_secret": "a secret",
    "dingtalk_secret": "a secret",
    "sms_push_secret": "another",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(value)
    return {"CREDENTIALS_DIRECTORY": str(tmp_path)}


def test_each_transport_is_in_every_table() -> None:
    assert TRANSPORTS.keys() == SHAPES.keys() == FACTORIES.keys()
    for name, shape in SHAPES.items():
        assert shape.model_json_schema()["properties"]["transport"]["const"] == name


@pytest.mark.parametrize("name", sorted(name for name, can in TRANSPORTS.items() if not can.changes))
def test_a_transport_finds_its_address_in_a_column_of_people(name: str) -> None:
    assert TRANSPORTS[name].column in columns_of(PersonShape).names


@pytest.mark.parametrize("name", sorted(TRANSPORTS))
def test_what_the_admin_hears_of_a_dead_address_has_words(name: str) -> None:
    for language in LANGUAGES:
        assert f"admin.{TRANSPORTS[name].dead_topic}.subject" in Catalogue(language)


@pytest.mark.parametrize("name", sorted(TRANSPORTS))
async def test_a_transport_is_made_of_the_file_it_is_shipped_with(name: str, environ: dict[str, str]) -> None:
    folders = [read_channels(ROOT / "channels" / more) for more in ("", "examples")]
    made = [load_channels(found, ROOT, environ) for found in folders]
    assert [each.faults for each in made] == [[], []]
    known = [each for loaded in made for each in loaded.known.values()]
    channel = next(each for each in known if each.transport == name)
    transport = build_transport(channel)
    assert transport.timeout > 0
    await transport.stop()


def test_making_the_daemon_imports_no_transport_that_is_not_used() -> None:
    code = "import sys, alertd.service; print({'telegram', 'aiosmtplib'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("transport", "text", "is_one"),
    [
        ("email", "a@example.org", True),
        ("email", "12345", False),
        ("telegram", "-12345", True),
        ("telegram", "a@example.org", False),
        (INBOX, "12345", False),
        ("fax", "12345", False),
    ],
)
def test_an_address_that_stands_for_a_person(transport: str, text: str, is_one: bool) -> None:
    assert abilities_of(transport).is_address(text) is is_one


@pytest.mark.parametrize(
    ("transport", "address"),
    [("email", "a@example.org"), ("telegram", "-5"), (INBOX, "a"), ("fax", "")],
)
def test_a_persons_address_on_a_transport(transport: str, address: str) -> None:
    person = Person("a", "A", "unit", (), "a@example.org", -5)
    assert abilities_of(transport).address(person) == address


def test_another_system_reaches_nobody() -> None:
    person = Person("a", "A", "unit", (), "a@example.org", -5)
    for can in TRANSPORTS.values():
        assert not (can.changes and (can.reaches_people or can.kept or can.mail or can.address(person)))


def test_who_has_no_chat_has_no_address_there() -> None:
    assert TRANSPORTS["telegram"].address(Person("a", "A", "unit", ())) == ""


def _named(root: Path) -> Iterator[str]:
    """Places that name a transport by a literal and are not its own."""
    for path in sorted((root / "alertd").rglob("*.py")):
        where = path.relative_to(root / "alertd").as_posix()
        if where.startswith(OWN) or where in KEYS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in TRANSPORTS:
                yield f"alertd/{where}:{node.lineno}: {node.value!r}"


def test_nothing_else_names_a_transport() -> None:
    assert list(_named(ROOT)) == [], "ask its abilities (alertd/core/abilities.py)"


def test_a_transport_named_elsewhere_is_found(tmp_path: Path) -> None:
    path = tmp_path / "alertd" / "engine" / "notify" / "addressing.py"
    path.parent.mkdir(parents=True)
    path.write_text('def f(transport):\n    return transport == "telegram"\n')
    assert list(_named(tmp_path)) == ["alertd/engine/notify/addressing.py:2: 'telegram'"]
