"""For whoever writes a transport (docs/transports.md): what every one must do, and what to try it with.

Imported by tests only; needs pytest and pytest-asyncio. Of alertd it may use what the engine may.

Modules:
    contract   what every transport does, whatever its provider does: subclass TransportContract
    rigs       a transport with its provider, which misbehaves as a test wants it to
    server     a provider that speaks HTTP, on a port of loopback
    loopback   what that stands on
    recording  a transport that keeps what it is given and answers as it is told
    city       a small city whose messages leave over any transport, on a clock that stands still
"""

from alertd.clock import SettableClock
from alertd.testing.city import City
from alertd.testing.recording import RecordingTransport
from alertd.testing.rigs import HttpRig, Rig, Way, outgoing
from alertd.testing.server import Asked, HttpServer, http_server

__all__ = [
    "Asked",
    "City",
    "HttpRig",
    "HttpServer",
    "RecordingTransport",
    "Rig",
    "SettableClock",
    "Way",
    "http_server",
    "outgoing",
]
