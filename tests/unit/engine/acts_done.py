"""Each act as a test does it: what comes before, and the act itself. For test_catalogue_of_acts.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from alertd.core.bulletins import BulletinSchedule, newest_over
from alertd.core.measures import Fraction
from alertd.core.rules import parse_rule
from alertd.core.timing import Duration, TimeUnit
from alertd.engine.operations import (
    accounts,
    acts,
    calendars,
    codes,
    events,
    evidence,
    going_live,
    handing_over,
    linking,
    mailing,
    more_time,
    moving,
    paging,
    pins,
    progress,
    proposals,
    rating,
    resending,
    signing_in,
    silencing,
    taking_back,
    tokens,
    trial,
    unblocking,
    writing,
)
from alertd.engine.operations.events import Cancel, Confirm, Correct, Report, Upgrade
from alertd.engine.operations.progress import Entry, Sheet
from alertd.engine.operations.proposals import Proposal
from alertd.engine.ruling.scope import Actor
from alertd.store import addresses, tables
from alertd.store import codes as code_store
from alertd.store.sign_ins import Who
from alertd.transports.base import Outcome, Result
from tests.support.play import RENDERER, Play
from tests.support.register import at
from tests.support.rows import add_delivery

#: kept of no PIN that anybody has
PIN = pins.Kept("scrypt$14$8$5$AAAA$AAAA")
ANN, CAI, GAO = Actor("ann"), Actor("cai"), Actor("gao")  # contact and leader of town-a, receiver
REPORT = "yearly-report@2026/town-a"
MONTH = Duration(30, TimeUnit.DAY)
HOURS = Entry("jd-1", 1, date(2026, 3, 1))
FIRE = Report(
    "incident", "fire", ("town-a",), {"published": at("2026-12-17T09:00")}, id="e1", severity="minor"
)
PUBLISHED = replace(FIRE, type="information-published", id="e2", severity="")
INCIDENT = "incident-information@fire/town-a"


Doing = Callable[[Play], Any]


def _on(function: Callable[..., Any], *args: Any, name: str = REPORT, **more: Any) -> Doing:
    return lambda play: play.do(function, play.row(name).number, *args, **more)


def _handed_in(play: Play) -> None:
    play.done(REPORT, by="ann")


def _asked(play: Play) -> None:
    _on(more_time.ask_extension, date(2027, 1, 15), "slow", ANN)(play)


def _declined(play: Play) -> None:
    _on(moving.decline, "theirs", "town-b", ANN)(play)


def _suspended(play: Play) -> None:
    play.do(more_time.suspend, play.row(REPORT).number, play.now, "wait", GAO)


def _reported(play: Play, **changes: Any) -> None:
    play.do(events.report, replace(FIRE, **changes))
    play.fire()
    play.deliver()


TOKEN = tokens.NewToken("platform", ("report",))
#: a key that was given, until it is used
_KEYS: list[str] = []

#: what is done before, and the act
DONE: dict[str, tuple[Callable[[Play], Any] | None, Doing]] = {
    "acknowledge": (None, _on(acts.acknowledge, actor=ANN)),
    "take-back": (
        lambda play: play.acknowledge(REPORT, "ann"), _on(taking_back.take_back_received, actor=ANN)
    ),
    "page": (None, _on(paging.page, "ann", "now", actor=GAO)),
    "hand-over": (None, _on(handing_over.hand_over, "cai", actor=ANN)),
    "silence": (None, _on(silencing.silence, date(2026, 12, 20), "agreed", GAO)),
    "end-silence": (
        _on(silencing.silence, date(2026, 12, 20), "agreed", GAO), _on(silencing.end_silence, actor=GAO)
    ),
    "hand-in": (None, lambda play: play.done(REPORT, by="cai")),
    "attach": (None, _on(evidence.keep, (evidence.File("a.pdf", b"%PDF"),), ANN)),
    "return": (_handed_in, _on(acts.send_back, "wrong", GAO)),
    "verify": (_handed_in, _on(acts.verify, actor=GAO)),
    "verify-several": (_handed_in, lambda play: play.do(acts.verify_all, [REPORT], GAO)),
    "verify-occurrence": (
        _handed_in, lambda play: play.do(acts.verify_occurrence, "yearly-report", "2026", GAO)
    ),
    "waive": (None, _on(acts.waive, "merged", "Li", GAO)),
    "reopen": (_handed_in, _on(acts.reopen, "not it", GAO)),
    "suspend": (None, lambda play: _on(more_time.suspend, play.now, "wait", GAO)(play)),
    "resume": (_suspended, lambda play: _on(more_time.resume, play.now, "", GAO)(play)),
    "restart": (
        lambda play: _reported(play),
        lambda play: _on(more_time.restart, play.now, "wrong", "Li", name=INCIDENT, actor=GAO)(play),
    ),
    "ask-extension": (None, _asked),
    "grant-extension": (_asked, _on(more_time.grant_extension, actor=CAI)),
    "refuse-extension": (_asked, _on(more_time.refuse_extension, "no", CAI)),
    "reassign": (None, _on(moving.reassign, "town-b", "theirs", GAO)),
    "decline": (None, _declined),
    "accept-decline": (_declined, _on(moving.accept_decline, actor=GAO)),
    "refuse-decline": (_declined, _on(moving.refuse_decline, "yours", GAO)),
    "report-event": (
        _reported, lambda play: play.do(events.report, PUBLISHED)
    ),
    "import-proposals": (
        None,
        lambda play: play.do(
            proposals.import_proposals, [Proposal("p-1", ("town-a",), (), date(2026, 12, 30))]
        ),
    ),
    "correct-event": (
        _reported,
        lambda play: play.do(
            events.correct, Correct("e1", {"published": at("2026-12-17T08:00")}, reason="x")
        ),
    ),
    "cancel-event": (_reported, lambda play: play.do(events.cancel, Cancel("e1", "false"))),
    "confirm-event": (
        lambda play: _reported(play, unconfirmed=True),
        lambda play: play.do(events.confirm, Confirm("e1")),
    ),
    "upgrade-event": (
        _reported,
        lambda play: play.do(events.upgrade, Upgrade("e1", "major")),
    ),
    "add-progress": (None, lambda play: play.do(progress.add, "training", [HOURS])),
    "import-sheet": (
        None,
        lambda play: play.do(progress.import_sheet, Sheet({"training": [HOURS]}, "x")),
    ),
    "undo-sheet": (
        lambda play: play.do(progress.add, "training", [HOURS], "b1"),
        lambda play: play.do(progress.undo, "b1"),
    ),
    "set-rate": (
        None, lambda play: play.do(rating.set_rate, "rate", "town-a", Fraction(1, 2), date(2026, 12, 1))
    ),
    "go-live": (None, lambda play: play.do(going_live.go_live, going_live.GoLive(1))),
    "change-keys": (None, lambda play: play.do(linking.change_signing_keys)),
    "invite": (None, lambda play: play.do(signing_in.invite, "ann")),
    "sign-in": (
        lambda play: _KEYS.append(play.do(signing_in.invite).key),
        lambda play: play.do(signing_in.enter, _KEYS.pop()),
    ),
    "sign-out": (
        lambda play: _signed_in(play),
        lambda play: play.do(signing_in.leave, play.all(tables.sessions)[0].id),
    ),
    "give-calendar": (None, lambda play: play.do(calendars.give_address, "unit", "town-a")),
    "end-calendar": (
        lambda play: play.do(calendars.give_address, "unit", "town-a"),
        lambda play: play.do(calendars.end_address, "unit", "town-a"),
    ),
    "new-token": (None, lambda play: play.do(tokens.new_token, TOKEN)),
    "end-token": (
        lambda play: play.do(tokens.new_token, TOKEN),
        lambda play: play.do(tokens.end_token, TOKEN.name),
    ),
    "ask-code": (None, lambda play: play.do(codes.ask_code, "ann", "10.0.0.1", "https://here.test")),
    "sign-in-by-code": (None, lambda play: _entered_by_code(play)),
    "ask-account": (None, lambda play: play.do(accounts.begin, "https://id.test", "10.0.0.1", "/")),
    "sign-in-by-account": (
        None, lambda play: play.do(accounts.enter_by_account, accounts.Account("ann", by_mail=False))
    ),
    "sign-out-all": (lambda play: _signed_in(play), lambda play: play.do(signing_in.leave_all, Who())),
    "set-pin": (None, lambda play: play.do(pins.set_pin, "ann", PIN)),
    "remove-pin": (
        lambda play: play.do(pins.set_pin, "ann", PIN), lambda play: play.do(pins.remove_pin, "ann")
    ),
    "test-send": (None, lambda play: _tried(play)),
    "keep-writing": (None, lambda play: play.do(writing.keep_writing, _written(play))),
    "keep-elsewhere": (None, lambda play: play.do(writing.keep_elsewhere, _written(play))),
    "put-mail-aside": (None, lambda play: play.do(writing.put_aside, "m1", "ValueError")),
    "mail-bulletin": (None, lambda play: _mailed(play)),
    "resend": (None, lambda play: _resent(play)),
    "unblock-address": (None, lambda play: _unblocked(play)),
    "unblock-person": (None, lambda play: _unblocked_named(play)),
}  # fmt: skip


#: what follows from an act here, and is on record as what it is
BESIDES = {"report-event": {"done", "case-closed"}, "cancel-event": {"case-closed"}}


def _signed_in(play: Play) -> None:
    play.do(signing_in.enter, play.do(signing_in.invite).key)


def _entered_by_code(play: Play) -> None:
    asked = "held", "ann", "123456", "key", play.now, play.now + codes.LASTS
    play.do(lambda scope: code_store.add(scope.tx, *asked))
    play.do(codes.enter_by_code, "held", "123456", "10.0.0.1")


def _resent(play: Play) -> None:
    number = play.store.transact(lambda tx: add_delivery(tx, state="refused", not_before=None))
    play.do(resending.resend, resending.Resend((number,)))


def _mailed(play: Play) -> None:
    schedule = BulletinSchedule(parse_rule("weekly by monday at 09:00"), ("principal",))
    play.world = replace(play.world, bulletin=schedule)
    issue = newest_over(schedule, play.now, play.world.calendar)
    play.do(mailing.mail_bulletin, mailing.Made(issue, play.now, play.now, {}))


def _unblocked(play: Play) -> None:
    play.do(lambda scope: addresses.block(scope.tx, "email", "a@b.test", "550 5.1.1", scope.now))
    play.do(unblocking.unblock, "email", "a@b.test")


def _unblocked_named(play: Play) -> None:
    play.do(lambda scope: addresses.block(scope.tx, "email", "a@b.test", "550 5.1.1", scope.now))
    play.do(unblocking.unblock_named, "a@b.test")


def _written(play: Play) -> writing.Writing:
    row = play.deliveries_to("ann")[0]
    return writing.Writing(row.id, "ann", (play.row(REPORT).number,), "what is this?", row.address)


def _tried(play: Play) -> None:
    sent = trial.trial_to(play.world, "email", "email", "x@city.gov.test")
    message = trial.trial_message(sent, RENDERER, "en", "city.gov.test", "clerk")
    play.do(trial.record_trial, sent, message, Outcome(Result.ACCEPTED), 0.1)
