"""A request as plain values, so that what answers it needs no server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from alertd.messages.catalogue import LANGUAGES
from alertd.web.uploading import Sent

#: the cookies: who is signed in, who is about to be, and the language somebody chose
SESSION, ENTERING, LANGUAGE = "alertd", "alertd_entering", "alertd_language"
#: over https a cookie with this prefix is taken from this very host only (RFC 6265bis section 4.1.3.2)
_HOST_ONLY = "__Host-"


@dataclass(frozen=True, slots=True)
class Asked:
    """`given` are the fields of the form, or of the address; of one named twice, the first.

    `origin` is what the browser says the form came from, "" where it says nothing. `caller` is the address
    of the browser, or what a trusted proxy says it is; of an IPv6 address the network (RFC 6177).
    """

    method: str
    path: str
    given: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    secure: bool = False
    host: str = ""
    origin: str = ""
    site: str = ""  # Sec-Fetch-Site
    browser: str = ""
    caller: str = ""
    languages: str = ""  # Accept-Language
    headers: Mapping[str, str] = field(default_factory=dict)  # all, by their names in small letters
    placed: Mapping[str, str] = field(default_factory=dict)  # what stands in the path itself
    query: str = ""  # what follows the path, as it came
    body: bytes = b""
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # every value of each field
    files: tuple[Sent, ...] = ()
    unread: str = ""  # why its form could not be read: a key below `web.problem`

    @property
    def secret(self) -> str:
        """What the browser holds of a session, "" for none."""
        return self.cookies.get(cookie_name(SESSION, self.secure), "")

    @property
    def entering(self) -> str:
        """What the browser holds while it waits to be signed in, "" for nothing."""
        return self.cookies.get(cookie_name(ENTERING, self.secure), "")

    @property
    def own_site(self) -> bool:
        """Whether a form came from one of these pages, by what the browser itself says of it.

        A browser that says neither is older than this program's pages; it has to know the form's token.
        """
        if self.site:
            return self.site in ("same-origin", "none")
        scheme = "https" if self.secure else "http"
        return self.origin in ("", f"{scheme}://{self.host}")


def cookie_name(name: str, secure: bool) -> str:
    return f"{_HOST_ONLY}{name}" if secure else name


def caller_of(host: str) -> str:
    """What callers at this address are counted under: an IPv6 one has a network to itself, 64 bits wide."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    plain = address.ipv4_mapped
    return str(plain or ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def language_of(asked: Asked, own: str, default: str) -> str:
    """What was chosen by hand; else a person's `own`, what the browser prefers, and the node's."""
    chosen = asked.cookies.get(cookie_name(LANGUAGE, asked.secure), "")
    if chosen in LANGUAGES:
        return chosen
    return own or preferred(asked.languages) or default


def preferred_of(asked: Asked) -> str:
    """What another system asks for by Accept-Language; "" for nothing that there is. It holds no cookie."""
    return preferred(asked.languages)


def preferred(header: str) -> str:
    """The first language of Accept-Language (RFC 9110 section 12.5.4) that there is; "" for none."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        weighed.append((-weight, place, tag.strip().lower()))
    for weight, _, tag in sorted(weighed):
        if weight < 0 and (language := _language(tag)):
            return language
    return ""


def _language(tag: str) -> str:
    """zh-CN and zh-SG write simplified characters, as does zh alone; the others traditional ones."""
    if tag.partition("-")[0] == "en":
        return "en"
    if tag.partition("-")[0] != "zh":
        return ""
    if "hant" in tag or tag.endswith(("-tw", "-hk", "-mo")):
        return "zh-Hant"
    return "zh-Hans" if tag == "zh" or "hans" in tag or tag.endswith(("-cn", "-sg")) else "zh-Hant"
