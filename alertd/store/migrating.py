"""Bringing a database to the shape this program knows, and refusing one that is newer.

Alembic is imported only when there is something to bring up to date: it costs memory and start-up time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from alertd.store.database import Store
from alertd.store.errors import StoreNewer, StoreOlder

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
#: the version this program writes; a test holds it against the migrations
NEWEST = "0022"


def config() -> Config:
    """Alembic's configuration for our migrations."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS))
    return made


def version_of(store: Store) -> str:
    """The version of a database, "" for an empty one. Raises StoreError."""
    with store.read() as connection:
        return _version_in(connection)


def _version_in(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("select version_num from alembic_version")).scalar_one_or_none() or "")


def check(store: Store) -> bool:
    """Whether the database is exactly as this program writes it. Raises StoreNewer for a newer one."""
    current = version_of(store)
    if current == NEWEST:
        return True
    if current and current not in _known():
        raise StoreNewer(
            f"the store was written by a newer alertd (version {current}; this one knows {NEWEST}): "
            "install that version, or restore a backup made before the upgrade",
            found=current,
            known=NEWEST,
        )
    return False


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def upgrade(store: Store) -> str:
    """Bring the database up to date, in one transaction; returns the version it had before."""
    if store.path is not None:
        store.make_file()
    if check(store):
        return NEWEST
    from alembic import command

    settings = config()
    with store.write() as connection:
        store.await_setup(connection)
        before = _version_in(connection)  # another node may have upgraded while this one waited
        if before != NEWEST:
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    return before


def require_current(store: Store) -> None:
    """Raises StoreOlder or StoreNewer unless the database fits this program."""
    if not check(store):
        raise StoreOlder("the store was written by an older alertd: run `alertd db upgrade`")
