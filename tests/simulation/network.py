"""Connections in memory: bytes arrive later, in order, or not at all."""

from __future__ import annotations

import asyncio
import contextvars
import os
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Factory = Callable[[], asyncio.BaseProtocol]


@dataclass(slots=True)
class Weather:
    """How it is on the way to one server. `latency` is in seconds, one way."""

    latency: float = 0.01
    refused: bool = False  # nobody listens
    lost: bool = False  # nothing arrives any more, either way, and nobody hears of it
    cut: float = 0.0  # the chance that a write cuts the connection instead


@dataclass(slots=True)
class Network:
    """Who listens where, and the weather on the way there."""

    loop: Any
    chance: random.Random
    servers: dict[tuple[str, int], Factory] = field(default_factory=dict)
    weather: dict[tuple[str, int], Weather] = field(default_factory=dict)
    open: list[Pipe] = field(default_factory=list)
    _crowded: int = 50

    def listen(self, host: str, port: int, factory: Factory) -> Weather:
        self.servers[host, port] = factory
        return self.weather.setdefault((host, port), Weather())

    async def connect(self, factory: Factory, host: str, port: int) -> tuple[Any, Any]:
        """As `loop.create_connection`: raises ConnectionRefusedError, or waits for ever."""
        weather = self.weather.get((host, port), Weather(refused=True))
        await asyncio.sleep(weather.latency * (1 + self.chance.random()))
        if weather.refused or (host, port) not in self.servers:
            raise ConnectionRefusedError(111, f"Connect call failed ('{host}', {port})")
        if weather.lost:
            await self.loop.create_future()
        ours, theirs = factory(), self.servers[host, port]()
        near = Pipe(self, weather, ours, (host, port), contextvars.copy_context())
        far = Pipe(self, weather, theirs, ("10.0.0.1", 40000), contextvars.Context())
        near.other, far.other = far, near
        self.open.append(near)
        if len(self.open) > self._crowded:
            self.open = [pipe for pipe in self.open if not pipe.gone]
            self._crowded = 2 * len(self.open) + 50
        made = self.loop.create_future()
        self.loop.call_soon(theirs.connection_made, far, context=far.context)
        self.loop.call_soon(ours.connection_made, near, context=near.context)
        self.loop.call_soon(made.set_result, None)
        await made
        return near, ours

    def reset(self, process: Any, of: Callable[[contextvars.Context], Any]) -> None:
        """All connections of a process break, as when the operating system closes them for it."""
        for pipe in self.open:
            if of(pipe.context) is process and pipe.other is not None:
                pipe.gone = True
                pipe.other.break_off()


class _Socket:
    """What a client may ask its socket; poll finds it readable once the connection is gone."""

    family = socket.AF_INET

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def getpeername(self) -> Any:
        return self._pipe.get_extra_info("peername")

    def getsockname(self) -> Any:
        return self._pipe.get_extra_info("sockname")

    def fileno(self) -> int:
        return _ENDED if self._pipe.gone or self._pipe.is_closing() else _QUIET


_QUIET, _OTHER = os.pipe()
_ENDED = os.open(os.devnull, os.O_RDONLY)


class Pipe(asyncio.Transport):
    """One end of a connection."""

    def __init__(
        self, network: Network, weather: Weather, protocol: Any, peer: Any, context: contextvars.Context
    ) -> None:
        super().__init__({"peername": peer, "sockname": ("10.0.0.1", 40000), "socket": _Socket(self)})
        self._network, self._weather, self._protocol = network, weather, protocol
        self.context = context
        self.other: Pipe | None = None
        self.gone = False
        self._closing = False
        self._paused = False
        self._kept: list[bytes | None] = []
        self._last = 0.0

    # ------------------------------------------------------------ writing

    def write(self, data: Any) -> None:
        if self._closing or self.gone or not data:
            return
        if self._weather.cut and self._network.chance.random() < self._weather.cut:
            self._cut()
            return
        self._later(bytes(data))

    def _later(self, data: bytes | None) -> None:
        other, loop = self.other, self._network.loop
        if other is None or self._weather.lost:
            return
        delay = self._weather.latency * (0.5 + self._network.chance.random())
        self._last = max(self._last + 1e-9, loop.time() + delay)
        loop.call_at(self._last, other._arrive, data, context=other.context)

    def _cut(self) -> None:
        for end in (self, self.other):
            if end is not None:
                end.break_off()

    def can_write_eof(self) -> bool:
        return False

    def write_eof(self) -> None:
        """Nothing here closes one way only."""

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._later(None)
            self._network.loop.call_soon(self._lost, None, context=self.context)

    def abort(self) -> None:
        self.close()

    def break_off(self) -> None:
        """The connection is gone without a good-bye."""
        if not self._closing:
            self._closing = True
            fault = ConnectionResetError(104, "Connection reset by peer")
            self._network.loop.call_soon(self._lost, fault, context=self.context)

    def _lost(self, fault: Exception | None) -> None:
        if not self.gone:
            self.gone = True
            self._protocol.connection_lost(fault)

    # ------------------------------------------------------------ reading

    def _arrive(self, data: bytes | None) -> None:
        if self.gone or self._closing:
            return
        if self._paused:
            self._kept.append(data)
        elif data is None:
            if not self._protocol.eof_received():
                self.close()
        else:
            self._protocol.data_received(data)

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        kept, self._kept = self._kept, []
        for data in kept:
            self._network.loop.call_soon(self._arrive, data, context=self.context)

    def is_reading(self) -> bool:
        return not self._paused

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def get_protocol(self) -> Any:
        return self._protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is buffered."""

    def get_write_buffer_size(self) -> int:
        return 0
