"""What a page is: an address, who sees it, what goes in, what it works in, what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from alertd.config.openid_shapes import OpenIdSettings
from alertd.config.web_shapes import WebSettings
from alertd.core.sights import Sight
from alertd.engine.operations.signing_in import Visitor
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.messages.render import Renderer
from alertd.openid.provider import Provider
from alertd.web.backing import Kept, RuledBy
from alertd.web.counting import Counted, Counts
from alertd.web.keeping import Keeping
from alertd.web.uploading import Sent

_LONGEST_ONCE = 64


class Fields(BaseModel):
    """What goes in: fields of an address or of a form. What nobody asked for is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=2000)


class Shown(BaseModel):
    """What comes out of a page, in plain values; its template says it in words."""

    model_config = ConfigDict(frozen=True)


class Nothing(Fields):
    """No fields."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one page, within one transaction. `scope.actor` is whoever looks, in `language`.

    `caller` is the address of the browser, `entering` what it holds while it waits to be signed in, `place`
    what the addresses of these pages begin with, and `early` what was found before the transaction. `openid`
    is a provider of accounts, None for none.
    """

    scope: Scope
    visitor: Visitor
    asked: Any
    browser: str = ""
    keeping: Keeping | None = None
    language: str = "zh-Hant"
    ruled_by: RuledBy | None = None  # makes the picture of texts that ruled once
    counts: Counts = field(default_factory=Counts)
    caller: str = ""
    entering: str = ""
    place: str = ""
    early: Any = None
    files: tuple[Sent, ...] = ()
    openid: OpenIdSettings | None = None

    def counted(self, name: str, count: Callable[[], Any]) -> Counted:
        """What `count` gives, or gave a moment ago to somebody else: the same for all who may see it."""
        return self.counts.get(name, self.scope.world, self.scope.now, count)

    @property
    def renderer(self) -> Renderer:
        """What puts messages into words."""
        return self.keeping.renderer() if self.keeping else Renderer()

    @property
    def once(self) -> Scope:
        """The scope of what is pressed: drawn once, done once, however often the browser sends it."""
        drawn = str(getattr(self.asked, "once", ""))[:_LONGEST_ONCE]
        linked = self.visitor.linked
        whose = f"link:{linked.delivery:x}" if linked else f"web:{self.visitor.session:x}"
        key = f"{whose}:{drawn}" if drawn else ""
        return replace(self.scope, idempotency_key=key)


@dataclass(frozen=True, slots=True)
class Apart:
    """One request to a page that reads files, or takes long: it is in no transaction.

    Asks the store by transactions of its own (`keeping.store`). `actor` is whoever looks.
    """

    keeping: Keeping
    world: World
    now: datetime
    language: str
    actor: Actor
    asked: Any


@dataclass(frozen=True, slots=True)
class Afar:
    """One request to a page that asks somebody else's server, and so is in no transaction.

    Asks the store by transactions of its own (`store`), which raise StoreError. The rest is as of a Call.
    """

    store: Kept
    world: World
    now: datetime
    language: str
    visitor: Visitor
    asked: Any
    browser: str
    entering: str
    openid: OpenIdSettings | None
    place: str
    provider: Provider


@dataclass(frozen=True, slots=True)
class Gone:
    """After something was pressed: where the browser goes, and what it holds from now on.

    `to` begins where the pages of whoever looks begin: below the link, for who came by one.
    `session` is the secret of a session and `entering` what it waits with to be signed in, "" to hold none
    any more; `lasts` is for how many seconds. `language` is what was chosen.
    """

    to: str
    session: str | None = None
    entering: str | None = None
    lasts: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """What is served as it is: a picture, a calendar, something to keep.

    `kind` is its media type. With a `name` the browser keeps it under that, and never shows it. `tagged`
    says that whoever asks again may keep what they have while it is the same (RFC 9110 section 8.8.3), and
    `embedded` that pages of other sites may show it. `noted` is written when it was read; what becomes of
    that changes nothing for whoever asks.
    """

    content: bytes
    kind: str
    name: str = ""
    tagged: bool = False
    embedded: bool = False
    noted: Callable[[Scope], object] | None = None


class Missing(Exception):
    """There is nothing at an address; whoever asks learns no more than that."""


@dataclass(frozen=True, slots=True)
class Early:
    """What there is before the transaction, for what takes a while: the fields, what the browser holds while
    it waits to be signed in, and how pages are served.
    """

    asked: Any
    entering: str
    settings: WebSettings
    now: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """One address. A GET shows, and changes nothing; a POST does something and goes to a page.

    `token` says that a form must prove that it came from a page of this session, `uploads` that it may have
    files. `work` takes a Call, or where it is `apart` an Apart, or `afar` an Afar: that one is given threads
    of its own, so that who waits for somebody else's server is in nobody's way. `early` is done before the
    transaction, of somebody who may.
    """

    method: str
    path: str
    sight: Sight
    work: Callable[[Any], Shown | Gone | File]
    template: str = ""
    takes: type[Fields] = Nothing
    gives: type[Shown] | None = None
    token: bool = True
    apart: bool = False
    early: Callable[[Early], Any] | None = None
    uploads: bool = False
    afar: bool = False

    @property
    def by_link(self) -> Route:
        """The same for whoever comes by the link of a message that is about what it shows."""
        return replace(self, path=f"/m/{{link}}{self.path}", sight=Sight.MESSAGE)

    @property
    def changes(self) -> bool:
        return self.method == "POST"
