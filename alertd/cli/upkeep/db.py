"""`alertd db upgrade`, `alertd db backup FILE` and `alertd db copy --to URL`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import CommandGroup, Paths, as_json, command
from alertd.cli.exits import USAGE, Said


@command("upgrade")
@as_json
def upgrade(session: Session, as_json: bool) -> None:
    from alertd.cli.output import console, print_json
    from alertd.store import migrating, went_live
    from alertd.store.database import Store

    store = Store(session.node.store_url.reveal())
    try:
        went_live.require_stored(store, session.installation.is_live)
        if store.path is not None:
            store.path.parent.mkdir(parents=True, exist_ok=True)
        store.claim_alone()  # never below the feet of a daemon
        with console(error=True).status(session.say("db.upgrading")):
            before = migrating.upgrade(store)
    finally:
        store.close()
    newest = migrating.NEWEST
    if as_json:
        print_json({"before": before or None, "version": newest, "changed": before != newest})
    elif before == newest:
        print(session.say("db.current", version=newest))
    else:
        print(session.say("db.upgraded" if before else "db.made", before=before, version=newest))


@command("backup")
@click.argument("file", metavar="FILE", type=Paths(path_type=Path))
@as_json
def backup(session: Session, file: Path, as_json: bool) -> None:
    from alertd.cli.output import console, print_json
    from alertd.store.backup import BackupRefused
    from alertd.store.backup import backup as copy
    from alertd.store.database import Store

    store = Store(session.node.store_url.reveal())
    try:
        with console(error=True).status(session.say("db.copying")):
            made = copy(store, session.cwd / file)
    except BackupRefused as refused:
        values: dict[str, Any] = dict(refused.values)
        raise Said(f"backup.{refused.code}", **values) from refused
    finally:
        store.close()
    if as_json:
        print_json({"file": str(made.path), "bytes": made.size, "version": made.version})
    else:
        print(session.say("db.copied", file=made.path, megabytes=f"{made.size / 1e6:.1f}"))


@command("copy")
@click.option("--to", "target", metavar="URL", required=True)
@as_json
def copy(session: Session, target: str, as_json: bool) -> None:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import console, print_json, print_table
    from alertd.store.copying import CopyRefused
    from alertd.store.copying import copy as copy_all
    from alertd.store.database import Store
    from alertd.store.errors import StoreAddress

    source = existing_store(session)
    if source is None:
        raise Said("copy.no-store")
    if not target.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
        raise Said("copy.no-url", exit_code=USAGE)
    source.claim_alone()  # what a daemon wrote meanwhile would be missing
    try:
        store = Store(target)
    except StoreAddress:
        raise Said("copy.no-url", exit_code=USAGE) from None
    try:
        with console(error=True).status(session.say("db.copying")) as status:
            found = copy_all(
                source, store, lambda name: status.update(f"{session.say('db.copying')}: {name}")
            )
    except CopyRefused as refused:
        values: dict[str, Any] = dict(refused.values)
        raise Said(f"copy.{refused.code}", **values) from refused
    finally:
        store.close()
    if as_json:
        print_json([{"table": each.table, "rows": each.rows, "sha256": each.digest} for each in found])
        return
    print_table(
        [session.say("copy.table"), session.say("copy.rows"), "sha256"],
        [[each.table, str(each.rows), each.digest[:16]] for each in found],
    )
    print(session.say("copy.done", count=sum(each.rows for each in found)))


db = CommandGroup("db", commands={"upgrade": upgrade, "backup": backup, "copy": copy})
