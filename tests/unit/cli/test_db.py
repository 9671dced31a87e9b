"""`alertd db`: upgrade and backup."""

import sqlite3

from alertd.store.database import Store
from alertd.store.migrating import NEWEST


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
    alertd.replace("config.toml", 'url = ""', 'url = "postgresql://clerk@db.city/alertd"')
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
