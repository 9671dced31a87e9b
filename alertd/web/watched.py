"""What machines ask: whether this process lives, whether it is ready, and its figures.

None of it asks who somebody is. The first two say nothing but yes or no. The figures are for the networks
that config.toml names, and are counted no more often than they cost: many who ask are answered alike.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

import anyio
import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as Served

from alertd.config.web_shapes import WebSettings
from alertd.engine.reporting.attempts import SETTLED, Attempts
from alertd.engine.reporting.vitals import Vitals, running, vitals_of
from alertd.engine.ruling.scope import Scope
from alertd.installation import StoreError
from alertd.web.backing import Backing
from alertd.web.exposing import KIND, Exposed

log = structlog.get_logger("alertd.web")

#: seconds in which a question has its answer, or is taken to have none; Prometheus waits for 10
LONGEST = 8.0
#: seconds for which all who ask are answered alike
SAME = 1.0
#: figures are counted anew after so many seconds, or so many times as long as counting took
FRESH, AT_MOST = 10.0, 50
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class Watched:
    """The answers to machines over one backing. Each question has one thread of its own at most, so that a
    store that hangs holds up neither pages nor the other questions.
    """

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        self._attempts = Attempts(SETTLED)
        self._counted: tuple[float, Vitals] | None = None  # until when it is fresh, in seconds

    def routes(self) -> list[Served]:
        """What is served."""
        figures = _Question("metrics", self._figures)
        ready, alive = _Question("readyz", self._ready), _Question("livez", self._alive)

        async def metrics(request: Request) -> Response:
            client = request.client.host if request.client else ""
            proxied = not self._backing.settings.trusted_proxies and any(
                name in request.headers for name in _FORWARDED
            )
            if proxied or not may_read(self._backing.settings, client):
                return PlainTextResponse("not for this address\n", 403)
            return await figures()

        async def readyz(request: Request) -> Response:
            return await ready()

        async def livez(request: Request) -> Response:
            return await alive()

        return [Served("/livez", livez), Served("/readyz", readyz), Served("/metrics", metrics)]

    def _alive(self) -> Response:
        """Whether this process gets anywhere: what the watchdog of systemd asks, for whoever else watches."""
        if self._backing.pulse is None:
            return _said()  # it has no loop but the one that answers
        pulse = self._backing.pulse()
        return _said(*(["loop"] if pulse is None else ["tasks"] if pulse.ill else []))

    def _ready(self) -> Response:
        """Whether what is due is looked at now, and the store answers."""
        missing = []
        pulse = self._backing.pulse
        if pulse is not None and ((felt := pulse()) is None or felt.ill or not felt.turns):
            missing.append("loop")
        try:
            with self._backing.store.read() as tx:
                if pulse is None and not running(tx, self._backing.now(), not self._backing.store.embedded):
                    missing.append("daemon")
        except StoreError as fault:
            log.warning("not-ready", reason=str(fault))
            missing.append("store")
        return _said(*missing)

    def _figures(self) -> Response:
        vitals = self._vitals()
        pulse = self._backing.pulse
        exposed = Exposed(vitals, self._attempts, pulse is not None, pulse() if pulse else None)
        return Response(exposed.text, media_type=KIND)

    def _vitals(self) -> Vitals | None:
        """As counted lately; None while the store does not answer."""
        began = time.monotonic()
        if self._counted is not None and began < self._counted[0]:
            return self._counted[1]
        backing = self._backing
        try:
            with backing.store.read() as tx:
                scope = Scope(tx, backing.world(), backing.now())
                found = vitals_of(scope, not backing.store.embedded)
                self._attempts.look(scope)
        except StoreError as fault:
            log.warning("not-counted", reason=str(fault))
            self._counted = None
            return None
        ended = time.monotonic()
        self._counted = ended + max(FRESH, AT_MOST * (ended - began)), found
        return found


def may_read(settings: WebSettings, client: str) -> bool:
    """Whether figures are for an address; one that is none reads none."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in settings.metrics_from)


def _said(*missing: str) -> Response:
    return PlainTextResponse(
        "".join(f"missing: {each}\n" for each in missing) or "ok\n", 503 if missing else 200
    )


class _Question:
    """One question, answered on one thread at a time, and alike to all who ask within a second."""

    def __init__(self, name: str, work: Callable[[], Response]) -> None:
        self._name, self._work = name, work
        self._limiter: anyio.CapacityLimiter | None = None  # made within the loop that serves
        self._last: tuple[float, Response] | None = None

    async def __call__(self) -> Response:
        self._limiter = self._limiter or anyio.CapacityLimiter(1)
        answered: Response | None = None
        with anyio.move_on_after(LONGEST):
            answered = await anyio.to_thread.run_sync(
                self._answer, limiter=self._limiter, abandon_on_cancel=True
            )
        return answered or _said("store")

    def _answer(self) -> Response:
        if self._last is None or time.monotonic() > self._last[0] + SAME:
            try:
                answered = self._work()
            except Exception:
                log.exception("question-failed", question=self._name)
                answered = PlainTextResponse("failed\n", 500)
            self._last = time.monotonic(), answered
        return self._last[1]
