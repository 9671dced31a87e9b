"""config.toml and channels/ while live: what they say rules at once, what they say no more waits.

Every case is tried as a restart meets it, which knows nothing but the store, and as the running daemon does.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alertd.core.abilities import INBOX
from alertd.engine.operations.releasing import Release, release_files
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode, World
from alertd.installation import Installation
from alertd.store import settings
from alertd.store.database import Store
from alertd.store.tables import deliveries
from alertd.store.tables import settings as settings_table
from tests.support.installed import NOW, change, installation, lay_down, started, with_real_addresses

CONFIG, EMAIL = "config.toml", "channels/email.toml"


@dataclass
class City:
    """A city that is live, its daemon as it looks at its files, and its store."""

    folder: Path
    store: Store
    here: Installation

    def looks(self) -> World:
        """What rules after the running daemon has read its files."""
        look = self.here.look(self.here.remembered(self.store))
        found = look.installation.reconcile(self.store, NOW, look.files)
        self.here = look.installation
        assert found.world is not None
        return found.world

    def starts(self) -> World:
        """What rules after the daemon was started anew."""
        self.here = installation(self.folder).settled(self.store)
        found = self.here.reconcile(self.store, NOW)
        assert found.world is not None
        return found.world

    def write(self, file: str, change_it: Callable[[str], str]) -> None:
        path = self.folder / file
        path.write_text(change_it(path.read_text("utf-8")), "utf-8")

    def release(self) -> None:
        """`alertd plan --apply`."""
        found = installation(self.folder)
        asked = Release(
            found.files(), frozenset(found.node.channels), "meant", node=found.as_written(self.store)
        )
        release_files(self.store, found.make_world, NOW, Actor("clerk"), asked)

    def told(self) -> list[str]:
        """The topics the admin was told of, over which channel."""
        with self.store.read() as tx:
            rows = tx.execute(select(deliveries).order_by(deliveries.c.id)).fetchall()
        return [f"{row.payload['topic']} by {row.channel}" for row in rows if row.template == "admin"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a city that is live, and its store; made once, copied by each test."""
    folder = with_real_addresses(lay_down(tmp_path_factory.mktemp("made")))
    started(folder)[1].close()  # while config.toml says live no store is made
    change(folder / CONFIG, 'mode = "rehearsal"', 'mode = "live"')
    _, store = started(folder)
    store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, (NOW - timedelta(days=9)).isoformat()))
    store.close()
    return folder


@pytest.fixture
def city(made: Path, tmp_path: Path) -> Iterator[City]:
    folder = tmp_path / "city"
    shutil.copytree(made, folder)
    found = installation(folder)
    store = found.open_store(upgrade=False)
    begun = City(folder, store, found)
    assert begun.starts().mode is Mode.LIVE
    yield begun
    store.close()


LOOKS = pytest.mark.parametrize("meets", [City.looks, City.starts])


def _without(line: str) -> Callable[[str], str]:
    return lambda text: "".join(each for each in text.splitlines(True) if not each.startswith(line))


def _until(words: str) -> Callable[[str], str]:
    return lambda text: text[: text.index(words)]


# ---------------------------------------------------------------- config.toml


@LOOKS
@pytest.mark.parametrize(
    "cut", [_until("[sending]"), _until("mode ="), _without("mode ="), _until("redirect_to")]
)
def test_a_config_cut_anywhere_in_sending_does_not_leave_live(
    city: City, cut: Callable[[str], str], meets: Callable[[City], World]
) -> None:
    city.write(CONFIG, cut)
    world = meets(city)
    assert (world.mode, world.drilling, world.channels[0]) == (Mode.LIVE, False, "email")
    assert city.told() == ["loss-held by email"]


@LOOKS
@pytest.mark.parametrize("mode", ["hold", "rehearsal"])
def test_another_mode_that_is_written_rules_at_once(
    city: City, mode: str, meets: Callable[[City], World]
) -> None:
    city.write(CONFIG, lambda text: text.replace('mode = "live"', f'mode = "{mode}"'))
    assert meets(city).mode == mode
    assert city.told() == []


@LOOKS
def test_another_mode_rules_at_once_in_a_file_that_lost_something_else(
    city: City, meets: Callable[[City], World]
) -> None:
    before = meets(city)
    city.write(CONFIG, lambda text: _until("[thresholds]")(text.replace('mode = "live"', 'mode = "hold"')))
    city.write(CONFIG, lambda text: text.replace("closes = 17:30:00\n", ""))
    world = meets(city)
    assert (world.mode, world.office, world.deadline_threshold) == (Mode.HOLD, before.office, 20)


@LOOKS
def test_a_setting_that_is_gone_goes_on_as_it_was(city: City, meets: Callable[[City], World]) -> None:
    city.write(CONFIG, lambda text: text.replace("deadlines = 20", "deadlines = 5"))
    assert meets(city).deadline_threshold == 5
    city.write(CONFIG, _without("deadlines ="))
    assert meets(city).deadline_threshold == 5
    assert city.here.loaded.waiting == ("- config.toml  thresholds.deadlines",)


@LOOKS
def test_a_bulletin_that_the_file_says_no_more_is_mailed_until_somebody_lets_it_go(
    city: City, meets: Callable[[City], World]
) -> None:
    table = '[bulletin]\nrule = "weekly by friday at 16:00"\nto = ["supervisor"]\n\n'
    city.write(CONFIG, lambda text: text.replace("[thresholds]", f"{table}[thresholds]"))
    said = meets(city).bulletin
    assert said is not None
    city.write(CONFIG, lambda text: text.replace(table, ""))
    assert meets(city).bulletin == said
    assert city.here.loaded.waiting == ("- config.toml  bulletin",)
    city.release()
    assert meets(city).bulletin is None


@LOOKS
def test_a_setting_that_is_gone_and_was_what_holds_without_it_is_not_missed(
    city: City, meets: Callable[[City], World]
) -> None:
    city.write(CONFIG, _until("[thresholds]"))
    meets(city)
    assert (city.here.loaded.waiting, city.told()) == ((), [])


def test_a_config_with_a_fault_leaves_the_running_daemon_and_its_channels_as_they_are(city: City) -> None:
    city.write(CONFIG, lambda text: text.replace('mode = "live"', "mode = live"))
    city.write(EMAIL, lambda text: text.replace("port = 587", "port = 25"))
    world = city.looks()
    assert world.mode is Mode.LIVE
    assert city.here.node.channels["email"].settings.endpoint == ("smtp.city.gov.test", 25)
    assert [fault.file for fault in city.here.faults] == [CONFIG]


def test_a_config_that_is_moved_away_leaves_the_running_daemon_as_it_is(city: City) -> None:
    (city.folder / CONFIG).rename(city.folder / "config.old")
    assert city.looks().mode is Mode.LIVE
    assert [fault.file for fault in city.here.faults] == [CONFIG]


@LOOKS
def test_what_is_gone_from_config_rules_no_more_when_that_is_released(
    city: City, meets: Callable[[City], World]
) -> None:
    city.write(CONFIG, _without("mode ="))
    meets(city)
    city.release()
    assert meets(city).mode is Mode.REHEARSAL
    assert city.here.loaded.waiting == ()


@LOOKS
def test_what_comes_back_is_not_waited_for(city: City, meets: Callable[[City], World]) -> None:
    whole = (city.folder / CONFIG).read_text("utf-8")
    city.write(CONFIG, _until("[sending]"))
    meets(city)
    (city.folder / CONFIG).write_text(whole, "utf-8")
    assert meets(city).mode is Mode.LIVE
    assert (city.here.loaded.waiting, city.told()) == ((), ["loss-held by email"])


@LOOKS
def test_in_a_rehearsal_nothing_waits(city: City, meets: Callable[[City], World]) -> None:
    city.write(CONFIG, lambda text: text.replace('mode = "live"', 'mode = "rehearsal"'))
    meets(city)
    city.write(CONFIG, _until("[sending]"))
    (city.folder / EMAIL).unlink()
    world = meets(city)
    assert (world.mode, "email" in world.channels) == (Mode.REHEARSAL, False)
    assert city.told() == []


# ---------------------------------------------------------------- channels/


def _emptied(path: Path) -> None:
    path.write_text("")


def _cut(path: Path) -> None:
    path.write_text('transport = "email"\n')


def _broken(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("enabled = true", "enabled = tr"), "utf-8")


def _misspelt(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("port =", "prot ="), "utf-8")


def _bad_byte(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\xff")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _gone(path: Path) -> None:
    path.unlink()


def _all_gone(path: Path) -> None:
    shutil.move(path.parent, path.parent.with_name("elsewhere"))


def _unsaid(path: Path) -> None:
    path.write_text(_without("enabled =")(path.read_text("utf-8")), "utf-8")


@LOOKS
@pytest.mark.parametrize(
    "spoil",
    [_emptied, _cut, _broken, _misspelt, _bad_byte, _folder, _pipe, _to_itself, _gone, _all_gone, _unsaid],
)
def test_a_channel_goes_on_whatever_becomes_of_its_file(
    city: City, spoil: Callable[[Path], None], meets: Callable[[City], World]
) -> None:
    spoil(city.folder / EMAIL)
    world = meets(city)
    assert (world.mail_channel, world.reaching) == ("email", ("email",))
    assert city.here.node.channels["email"].settings.endpoint == ("smtp.city.gov.test", 587)
    assert city.here.faults or city.here.loaded.waiting
    assert all(line.endswith("by email") for line in city.told())
    assert len(city.told()) <= 1


@LOOKS
def test_a_channel_that_is_said_to_be_off_is_off_at_once(city: City, meets: Callable[[City], World]) -> None:
    city.write(EMAIL, lambda _: 'transport = "email"\nenabled = false\n')
    assert meets(city).channels == (INBOX,)
    assert city.told() == []


@LOOKS
def test_a_setting_of_a_channel_that_is_gone_goes_on_as_it_was(
    city: City, meets: Callable[[City], World]
) -> None:
    city.write(EMAIL, lambda text: text.replace("port = 587", "port = 2525"))
    meets(city)
    city.write(EMAIL, _without("port ="))
    meets(city)
    assert city.here.node.channels["email"].settings.endpoint == ("smtp.city.gov.test", 2525)
    assert city.here.loaded.waiting == ("- channels/email.toml  port",)
    assert city.told() == ["loss-held by email"]


@LOOKS
def test_a_channel_that_is_gone_rules_no_more_when_that_is_released(
    city: City, meets: Callable[[City], World]
) -> None:
    (city.folder / EMAIL).unlink()
    meets(city)
    city.release()
    assert meets(city).channels == (INBOX,)


@LOOKS
def test_a_channel_with_a_fault_is_not_lost_by_releasing_something_else(
    city: City, meets: Callable[[City], World]
) -> None:
    _misspelt(city.folder / EMAIL)
    meets(city)
    city.release()
    assert meets(city).mail_channel == "email"


def test_another_transport_under_the_same_name_takes_nothing_from_the_one_before(city: City) -> None:
    city.write(EMAIL, lambda _: 'transport = "telegram"\nenabled = true\ntoken = { env = "T" }\n')
    city.looks()
    assert city.here.node.channels["email"].transport == "telegram"
    assert city.here.loaded.waiting == ()


def test_what_was_released_meanwhile_is_not_taken_back_by_a_daemon_that_read_before(city: City) -> None:
    city.write(CONFIG, _without("mode ="))
    look = city.here.look(city.here.remembered(city.store))
    city.release()
    look.installation.reconcile(city.store, NOW, look.files)
    assert city.looks().mode is Mode.REHEARSAL


def test_the_store_keeps_where_a_secret_lies_and_nothing_else_that_an_admin_wrote(city: City) -> None:
    city.write(EMAIL, lambda text: "# the password is hunter2\n" + text)
    city.write(CONFIG, lambda text: text.replace('url = ""', 'url = "postgresql://db.city.test/alertd"'))
    city.looks()
    with city.store.read() as tx:
        kept = [str(tuple(row)) for row in tx.execute(select(settings_table))]  # a row shortens itself
    assert any("smtp_password" in row for row in kept)
    assert not any("hunter2" in row or "postgresql" in row for row in kept)


def test_a_command_decides_by_what_rules_and_not_by_half_a_file(city: City) -> None:
    city.write(CONFIG, _until("[sending]"))
    _cut(city.folder / EMAIL)
    world = installation(city.folder).ruling(city.store, NOW)
    assert (world.mode, world.drilling, world.mail_channel) == (Mode.LIVE, False, "email")
