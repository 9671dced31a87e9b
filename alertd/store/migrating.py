"""Bringing a database to the shape this program knows, and refusing one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alertd.store.database import Store, speaking_plainly
from alertd.store.errors import StoreNewer, StoreOlder

_SCRIPTS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def newest() -> str:
    """The version this program writes."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def version_of(connection: Connection) -> str:
    """The version of a database, "" for an empty one."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def check(store: Store) -> bool:
    """Whether the database is exactly as this program writes it. Raises StoreNewer for a newer one."""
    with speaking_plainly(store), store.engine.connect() as connection:
        current = version_of(connection)
    if current == newest():
        return True
    scripts = ScriptDirectory.from_config(_config())
    if current and current not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreNewer(
            f"the store was written by a newer alertd (version {current}; this one knows {newest()}): "
            "install that version, or restore a backup made before the upgrade",
            found=current,
            known=newest(),
        )
    return False


def upgrade(store: Store) -> str:
    """Bring the database up to date, in one transaction; returns the version it had before."""
    from alembic import command

    if store.path is not None:
        store.path.parent.mkdir(parents=True, exist_ok=True)
    if check(store):
        return newest()
    config = _config()
    with store.write() as connection:
        before = version_of(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before


def require_current(store: Store) -> None:
    """Raises StoreOlder or StoreNewer unless the database fits this program."""
    if not check(store):
        raise StoreOlder("the store was written by an older alertd: run `alertd db upgrade`")
