"""`alertd db`: upgrade, backup, and the copy to PostgreSQL."""

import sqlite3

import pytest
from sqlalchemy import make_url, text

from alertd.store import migrating
from alertd.store.database import Store
from alertd.store.migrating import NEWEST

SECRET = "correct-horse-battery"


def store_of(program):
    return program.folder / "var" / "alertd.db"


def test_a_backup_may_be_used_in_place_of_the_store(alertd):
    listed = alertd("list", "--json").out
    ran = alertd("db", "backup", "copy.db")
    assert (ran.code, ran.err) == (0, "")
    assert "Copied and checked" in ran.out
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    (alertd.folder / "copy.db").rename(store_of(alertd))
    assert alertd("list", "--json").out == listed


def test_a_backup_says_its_size_in_json(alertd):
    made = alertd("db", "backup", "copy.db", "--json").json
    assert made == {
        "file": str(alertd.folder / "copy.db"),
        "bytes": (alertd.folder / "copy.db").stat().st_size,
        "version": NEWEST,
    }


def test_a_backup_overwrites_nothing(alertd):
    alertd.write("copy.db", "precious")
    ran = alertd("db", "backup", "copy.db")
    assert (ran.code, ran.out) == (1, "")
    assert "exists; nothing is overwritten" in ran.err
    assert (alertd.folder / "copy.db").read_text() == "precious"


def test_postgresql_is_copied_with_the_command_named(alertd):
    alertd.replace("config.toml", '[store]\nurl = ""', '[store]\nurl = "postgresql://clerk@db.city/alertd"')
    ran = alertd("db", "backup", "copy.dump")
    assert ran.code == 1
    assert "pg_dump --format=custom" in ran.err


def test_a_store_that_is_up_to_date_is_left_alone(alertd):
    ran = alertd("db", "upgrade")
    assert (ran.code, ran.out) == (0, f"The store is up to date (version {NEWEST}).\n")
    assert alertd("db", "upgrade", "--json").json == {"before": NEWEST, "version": NEWEST, "changed": False}


def test_a_store_that_is_not_there_is_made(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    (alertd.folder / "var").rmdir()
    assert alertd("db", "upgrade").out == f"Made the store (version {NEWEST}).\n"
    assert store_of(alertd).exists()


def test_nothing_is_upgraded_below_a_running_daemon(alertd):
    daemon = Store(f"sqlite:///{store_of(alertd)}")
    daemon.claim_alone()
    ran = alertd("db", "upgrade")
    daemon.close()
    assert ran.code == 75
    assert "Another alertd" in ran.err


def test_a_newer_store_is_refused(alertd):
    with sqlite3.connect(store_of(alertd)) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    assert alertd("db", "upgrade").code == 78


@pytest.fixture
def target(postgres_server):
    """The address of an empty PostgreSQL database."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.mark.needs("postgres")
def test_the_store_goes_on_in_postgresql(alertd, target):
    listed = alertd("list", "--json").out
    ran = alertd("db", "copy", "--to", target.replace("+psycopg", ""))  # as an admin writes it
    assert (ran.code, ran.err) == (0, "")
    assert "rows copied and compared" in ran.out
    alertd.replace("config.toml", '[store]\nurl = ""', f'[store]\nurl = "{target}"')
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    ran = alertd("list", "--json")
    assert (ran.out, ran.err) == (listed, "")
    assert alertd("done", "1").code == 0
    assert "sound" in {each["code"] for each in alertd("doctor", "--json").json["checks"]}


@pytest.mark.needs("postgres")
def test_what_was_copied_is_said_table_by_table(alertd, target):
    found = {each["table"]: each for each in alertd("db", "copy", "--to", target, "--json").json}
    assert found["deadlines"]["rows"] == len(alertd("list", "--json").json)
    assert len(found["deadlines"]["sha256"]) == 64


@pytest.mark.needs("postgres")
def test_a_database_that_holds_rows_is_refused(alertd, target):
    alertd("db", "copy", "--to", target)
    address = make_url(target)
    known = address.set(password=address.password or SECRET).render_as_string(hide_password=False)
    ran = alertd("db", "copy", "--to", known)
    assert (ran.code, ran.out) == (1, "")
    assert "not empty" in ran.err
    assert "deadlines" in ran.err
    assert SECRET not in ran.err


@pytest.mark.needs("postgres")
def test_a_row_that_arrives_otherwise_than_it_left_is_found_and_nothing_is_kept(alertd, target):
    store = Store(target)
    migrating.upgrade(store)
    with store.write() as tx:  # a column that keeps less than it is given
        tx.execute(
            text(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF NEW.number = 7 THEN NEW.trace := left(NEW.trace, 8); END IF; RETURN NEW; END $$"
            )
        )
        tx.execute(text("CREATE TRIGGER cut BEFORE INSERT ON deadlines FOR EACH ROW EXECUTE FUNCTION cut()"))
    ran = alertd("db", "copy", "--to", target)
    assert (ran.code, ran.out) == (1, "")
    assert "Table deadlines differs after copying" in ran.err
    with store.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM revisions")).scalar_one() == 0
    store.close()


def test_a_daemon_must_have_stopped_before_its_store_is_copied(alertd):
    daemon = Store(f"sqlite:///{store_of(alertd)}")
    daemon.claim_alone()
    ran = alertd("db", "copy", "--to", f"sqlite:///{alertd.folder / 'copy.db'}")
    daemon.close()
    assert ran.code == 75
    assert not (alertd.folder / "copy.db").exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"postgresql://clerk:{SECRET}@127.0.0.1:1/alertd", 75),
        (f"postgresql://clerk:{SECRET}@127.0.0.1:port/alertd", 64),
        (f"mysql://clerk:{SECRET}@127.0.0.1/alertd", 64),
        (f"postgresql://clerk:{SECRET}", 64),
    ],
)
def test_no_password_of_an_address_is_printed(alertd, url, code):
    ran = alertd("db", "copy", "--to", url)
    assert ran.code == code, ran.err
    assert ran.err
    assert SECRET not in ran.out + ran.err


def test_an_address_that_is_none_is_not_quoted(alertd):
    (alertd.folder / "address").write_text(f"postgresql://clerk:{SECRET}@db.city.test:port/alertd")
    alertd.replace("config.toml", '[store]\nurl = ""', '[store]\nurl = { file = "address" }')
    ran = alertd("list")
    assert (ran.code, ran.out) == (78, "")
    assert "it is not shown" in ran.err
    assert SECRET not in ran.err
