"""What nodes know in common of a channel, without a store."""

from __future__ import annotations

from alertd.transports.base import NotNow, Shelved, Unsettled


class Store:
    """What several shelves have in common, `away` says that nobody comes to it."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, float | None]] = {}
        self.finders: dict[str, str] = {}
        self.away = self.forgets_nothing = False
        self.unsettled: list[Unsettled] = []


class MemoryShelf:
    """The shelf of one node."""

    def __init__(self, store: Store, node: str = "a") -> None:
        self._store, self._node = store, node

    async def look(self, name: str, lease: float) -> Shelved:
        if self._store.away:
            raise NotNow("away")
        if name in self._store.kept:
            return Shelved(*self._store.kept[name])
        return Shelved(yours=self._store.finders.setdefault(name, self._node) == self._node)

    async def keep(self, name: str, value: str, seconds: float | None) -> None:
        if self._store.away:
            raise NotNow("away")
        self._store.kept[name] = value, seconds

    async def unsettled(self, most: int) -> list[Unsettled]:
        if self._store.away:
            raise NotNow("away")
        return self._store.unsettled[:most]

    async def forget(self, name: str, value: str) -> None:
        if self._store.away or self._store.forgets_nothing:
            raise NotNow("away")
        if self._store.kept.get(name, ("", None))[0] == value:
            del self._store.kept[name]
            self._store.finders.pop(name, None)
