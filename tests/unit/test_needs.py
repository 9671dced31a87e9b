"""A test that needs something says so, and the run says what was missing."""

from __future__ import annotations

import psycopg
import pytest

from tests.support import needs
from tests.support.postgres import PostgresServer


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(needs.NEEDS, "absent", needs.Need(lambda: False, "the Debian package absent"))
    return "absent"


def test_a_missing_program_skips_the_test_and_names_its_package(
    absent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="brought by the Debian package absent"):
        needs.require(absent)


def test_in_ci_a_missing_program_fails_the_test(absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="nothing may be skipped"):
        needs.require(absent)


def test_an_unknown_need_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match="known are"):
        needs.require("no-such-thing")


def test_each_test_gets_a_database_of_its_own(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(_plain(postgres_server.url(first)), autocommit=True) as connection:
        connection.execute("CREATE TABLE seen (n int)")
    copy = postgres_server.create_database(template=first)
    assert [_tables(postgres_server.url(name)) for name in (first, second, copy)] == [["seen"], [], ["seen"]]
    for name in (first, second, copy):
        postgres_server.drop_database(name)


def test_the_url_is_the_one_sqlalchemy_takes(postgres_url: str) -> None:
    assert postgres_url.startswith("postgresql+psycopg://")
    assert _tables(postgres_url) == []


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def _tables(url: str) -> list[str]:
    with psycopg.connect(_plain(url)) as connection:
        return [
            row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        ]
