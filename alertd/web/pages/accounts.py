"""Signing in by an account of the office: to its provider, and back.

A form may lead nowhere else (the policy of every page says so, and browsers hold redirects to it), so the
button leads to a page of ours that leads on. Nothing that the provider says is shown but whose account it is.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from alertd.config.openid_shapes import OpenIdSettings
from alertd.config.secret import SecretMissing
from alertd.engine.operations import accounts
from alertd.engine.operations.accounts import MAIL, Account, NotKnown
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.openid import provider
from alertd.openid.client import Client, Fault, Wrong
from alertd.web.page import Afar, Call, Fields, Gone, Missing, Shown
from alertd.web.pages.entrance import let_in, own_page

log = structlog.get_logger("alertd.web")

#: what a provider says where somebody said no (RFC 6749, 4.1.2.1; Core 1.0, 3.1.2.6)
_DENIED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})
_AWAY = frozenset({"server_error", "temporarily_unavailable"})
#: and where it does not take what this program asks
_OF_THE_CLIENT = frozenset(
    {"invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope"}
)
#: characters of what a browser comes back with
_LONGEST = 2000


class Back(Fields):
    """What a browser comes back with."""

    code: str = ""
    state: str = ""
    error: str = ""
    iss: str = ""


class Going(Shown):
    """Where a browser goes to sign in."""

    address: str
    host: str


def begin(call: Call) -> Gone:
    """Await this browser, and send it away."""
    if call.openid is None:
        raise Missing
    if call.visitor.signed_in:
        return Gone("/")
    begun = accounts.begin(call.scope, _name(call.openid), call.caller, own_page(call.asked.next))
    lasts = int((begun.ends_at - call.scope.now).total_seconds())
    return Gone("/account", entering=begun.secret, lasts=lasts)


def go(afar: Afar) -> Going | Gone:
    """Where this browser is led on, which has begun to sign in."""
    settings = _settings(afar)
    if afar.visitor.signed_in:
        return Gone("/")
    with afar.store.read() as tx:
        if not accounts.is_awaited(tx, afar.entering, _name(settings), afar.now):
            raise Refused("account-over")
    taken = accounts.taken_along(afar.entering)
    going = provider.Going(taken.state, taken.nonce, taken.challenge, afar.language)
    try:
        address = afar.provider.address(client_of(settings, afar.place), going)
    except Fault as fault:
        raise _told(afar, settings, fault) from None
    return Going(address=address, host=urlsplit(address).hostname or "")


def come_back(afar: Afar) -> Gone:
    """Sign in whoever comes back. What was begun is used up before the provider is asked anything."""
    settings, back = _settings(afar), afar.asked
    if afar.visitor.signed_in:
        return Gone("/")
    name = _name(settings)
    to = afar.store.transact(
        lambda tx: accounts.come_back(_scope(afar, tx), afar.entering, name, back.state),
        wake=False,
    )
    try:
        account = _account(afar, settings, back)
    except Fault as fault:
        raise _told(afar, settings, fault) from None
    found = afar.store.transact(lambda tx: accounts.enter_by_account(_scope(afar, tx), account, afar.browser))
    if isinstance(found, NotKnown):
        log.warning("account-refused", issuer=settings.issuer, reason=found.code)
        if found.code == "account-unverified":
            _tell(afar, settings, Wrong.UNVERIFIED)
        raise Refused(found.code, account=found.said)
    return let_in(found, afar.now, own_page(to))


def _account(afar: Afar, settings: OpenIdSettings, back: Back) -> Account:
    """Whose account it is. Raises Fault, and Refused: "account-denied"."""
    if back.iss and back.iss != settings.issuer:
        raise Fault(Wrong.ISSUER, "another provider sent the browser back")
    if back.error:
        raise _said_no(settings, back.error)
    try:
        secret = settings.client_secret.reveal() if settings.client_secret else ""
    except SecretMissing:
        raise Fault(Wrong.SECRET) from None
    client = client_of(settings, afar.place, secret)
    if not back.iss and afar.provider.says_who_answers(client):
        raise Fault(Wrong.ISSUER, "it does not say which provider sent the browser back")
    if not back.code or len(back.code) >= _LONGEST:
        raise Fault(Wrong.NONSENSE, "it sent the browser back without a code")
    taken = accounts.taken_along(afar.entering)
    came = provider.Came(back.code, taken.verifier, taken.nonce)
    claims = afar.provider.claims(client, came, afar.now)
    found = accounts.account_of(claims, settings.claim, settings.unverified)
    if found is None:
        raise Fault(Wrong.CLAIM, f"no {settings.claim or MAIL}")
    return found


def _said_no(settings: OpenIdSettings, error: str) -> Fault | Refused:
    """What to raise where the provider let nobody in. Its words are anybody's: only known ones are kept."""
    if error in _DENIED:
        log.info("account-refused", issuer=settings.issuer, reason=error)
        return Refused("account-denied")
    if error in _AWAY:
        return Fault(Wrong.AWAY, error)
    known = error in _OF_THE_CLIENT
    return Fault(Wrong.CLIENT if known else Wrong.NONSENSE, error if known else "an error that is none")


def _told(afar: Afar, settings: OpenIdSettings, fault: Fault) -> Refused:
    """What whoever signs in is told, after the log and, where somebody can mend it, the admin."""
    log.warning("account-faulty", issuer=settings.issuer, reason=fault.wrong, detail=fault.detail)
    if fault.wrong is Wrong.OVER:
        return Refused("account-over")
    _tell(afar, settings, fault.wrong)
    return Refused("account-away" if fault.wrong is Wrong.AWAY else "account-faulty")


def _tell(afar: Afar, settings: OpenIdSettings, wrong: Wrong) -> None:
    afar.store.transact(lambda tx: accounts.was_faulty(_scope(afar, tx), settings.issuer, wrong))


def _scope(afar: Afar, tx: Connection) -> Scope:
    return Scope(tx, afar.world, afar.now)


def _settings(afar: Afar) -> OpenIdSettings:
    """Raises Missing where there is no provider."""
    if afar.openid is None:
        raise Missing
    return afar.openid


def _name(settings: OpenIdSettings) -> str:
    """Which provider, and what it knows this program by: what was begun with one is over with another."""
    return f"{settings.issuer} {settings.client_id}"


def client_of(settings: OpenIdSettings, url: str, secret: str = "") -> Client:
    """This program towards the provider; `url` is what the addresses of our pages begin with."""
    scopes = settings.scopes if settings.claim else (MAIL, *settings.scopes)
    return Client(
        issuer=settings.issuer,
        id=settings.client_id,
        place=f"{url}/account/back",
        claim=settings.claim or MAIL,
        scopes=scopes,
        secret=secret,
        ca_file=settings.ca_file,
        timeout=float(settings.timeout),
    )
