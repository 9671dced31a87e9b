"""What can go wrong with a store, in words a clerk can act on."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used. `code` is a catalogue key, `args_` its values; `str()` is English."""

    code = "store.error"

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message)
        self.values = values


class StoreBusy(StoreError):
    """Locked by somebody else, or out of reach, for longer than we wait. Trying again may help."""

    code = "store.busy"


class StoreInUse(StoreError):
    """Another daemon holds this SQLite file."""

    code = "store.in-use"


class StoreVanished(StoreError):
    """The file or database that was opened is not at its place any more; what is written to it is lost.

    `what` is "gone", "another", or "log" for a write-ahead log that was removed.
    """

    def __init__(self, message: str, what: str, path: str) -> None:
        super().__init__(message, path=path)
        self.code = f"store.vanished-{what}"


class StoreMissing(StoreError):
    """Messages are real by config.toml, and there is no store at its address."""

    code = "store.missing"


class StoreOther(StoreError):
    """Another store went live here than the one at its address, or that one is from before it went live."""

    code = "store.other"


class StoreNewer(StoreError):
    """Written by a newer program; using it could lose what that program stored."""

    code = "store.newer"


class StoreOlder(StoreError):
    """Written by an older program; `alertd db upgrade` brings it up to date."""

    code = "store.older"


class StoreCorrupt(StoreError):
    """The file is not a database, or is damaged."""

    code = "store.corrupt"


class StoreUnreadable(StoreError):
    """A row holds a value that is none of its column; whoever asked needs that row. The others are sound."""

    code = "store.unreadable"


class StoreAddress(StoreError):
    """The address is none; it is not shown, since it may hold a password."""

    code = "store.address"


class StoreFull(StoreError):
    """The disk is full or may not be written."""

    code = "store.full"
