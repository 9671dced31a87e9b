"""The addresses of the API. They stand in routes.py beside the pages."""

from __future__ import annotations

from alertd.core.evidence import BYTES
from alertd.core.permits import May
from alertd.core.sights import Sight
from alertd.web.api import (
    acts,
    badge,
    cases,
    cloudevents,
    deadlines,
    events,
    evidence,
    feeds,
    figures,
    foreseen,
    looks,
)
from alertd.web.api.endpoint import BASE, READ_BACK, Endpoint
from alertd.web.badge import KIND
from alertd.web.uploading import MULTIPART

_ONE = f"{BASE}/deadlines/{{number:int}}"
_EVENT = f"{BASE}/events/{{event}}"
_OWN, _WHOLE, _KEEPING = Sight.OWN, Sight.WHOLE, Sight.KEEPING
_READ, _REPORT, _ACT, _PROGRESS = May.READ, May.REPORT, May.ACT, May.PROGRESS

_DEADLINES = (
    Endpoint(
        "GET", f"{BASE}/deadlines", "listDeadlines", "Deadlines, the next due first, by pages.",
        _OWN, _READ, deadlines.find, deadlines.Deadlines, deadlines.Wanted,
    ),
    Endpoint(
        "GET", _ONE, "getDeadline", "One deadline, what is asked for about it, and its breaches.",
        _OWN, _READ, deadlines.show, deadlines.Whole,
    ),
    Endpoint(
        "GET", f"{_ONE}/history", "getHistory", "What happened to a deadline, as the audit has it.",
        _OWN, _READ, deadlines.history, deadlines.History,
    ),
    Endpoint(
        "GET", f"{_ONE}/messages", "getMessages", "Who was told of a deadline, over what, and when.",
        _OWN, _READ, deadlines.messages, deadlines.Messages,
    ),
    Endpoint(
        "GET", f"{_ONE}/explain", "explainDeadline", "How its limit was counted, and who hears when.",
        _OWN, _READ, deadlines.explain, deadlines.Explained,
    ),
    Endpoint(
        "GET", f"{_ONE}/files", "listFiles", "The files that prove its hand-in, each with its SHA-256.",
        _OWN, _READ, evidence.find, evidence.Evidence,
    ),
    Endpoint(
        "GET", f"{_ONE}/files/{{file}}", "getFile", "One file as it was kept.",
        _OWN, _READ, evidence.download, None, kind=BYTES,
    ),
    Endpoint(
        "POST", f"{_ONE}/files", "addFiles", "Further files, all or none; the very same again is kept once.",
        _OWN, _ACT, evidence.add, evidence.Evidence, evidence.Files,
        reads=evidence.read, form=MULTIPART, uploads=True,
    ),
)  # fmt: skip

_ACTS = tuple(
    Endpoint(
        "POST", f"{_ONE}/{doing.name}", f"act-{doing.name}", doing.says,
        _OWN, _ACT, doing, acts.Done, doing.takes,
    )
    for doing in acts.DOINGS
)  # fmt: skip

_EVENTS = (
    Endpoint(
        "POST", f"{BASE}/events", "reportEvent",
        "Report an event; the same id with the same content is known already.",
        _OWN, _REPORT, events.report, events.Outcome, events.NewEvent, 201,
    ),
    Endpoint(
        "POST", f"{BASE}/events{READ_BACK}", "readBackEvent", "What reporting an event would do.",
        _OWN, _REPORT, events.report_read_back, events.WouldHappen, events.NewEvent,
    ),
    Endpoint(
        "POST", f"{BASE}/cloudevents", "receiveCloudEvent", "Report an event as a CloudEvent 1.0.",
        _OWN, _REPORT, cloudevents.receive, events.Outcome, cloudevents.CloudEvent, 201,
        reads=cloudevents.read, form=cloudevents.STRUCTURED,
    ),
    Endpoint(
        "POST", f"{_EVENT}/correct", "correctEvent", "Say what an event should have said.",
        _OWN, _REPORT, events.correct, events.Changed, events.Corrections,
    ),
    Endpoint(
        "POST", f"{_EVENT}/correct{READ_BACK}", "readBackCorrection", "What a correction would do.",
        _OWN, _REPORT, events.correct_read_back, events.WouldChange, events.Corrections,
    ),
    Endpoint(
        "POST", f"{_EVENT}/cancel", "cancelEvent", "It was a false alarm: cancel what it started.",
        _OWN, _REPORT, events.cancel, events.Changed, events.Because,
    ),
    Endpoint(
        "POST", f"{_EVENT}/cancel{READ_BACK}", "readBackCancellation", "What a cancellation would do.",
        _OWN, _REPORT, events.cancel_read_back, events.WouldChange, events.Because,
    ),
    Endpoint(
        "POST", f"{_EVENT}/confirm", "confirmEvent", "An unconfirmed event is true.",
        _OWN, _REPORT, events.confirm, events.Changed, events.Nothing,
    ),
    Endpoint(
        "POST", f"{_EVENT}/confirm{READ_BACK}", "readBackConfirmation", "Which gates confirming goes past.",
        _OWN, _REPORT, events.confirm_read_back, events.WouldChange, events.Nothing,
    ),
    Endpoint(
        "POST", f"{_EVENT}/upgrade", "upgradeEvent", "It is graver than reported.",
        _OWN, _REPORT, events.upgrade, events.Changed, events.Graver,
    ),
)  # fmt: skip

_CASES = (
    Endpoint(
        "GET", f"{BASE}/cases", "listCases", "Open cases, the newest first.",
        _OWN, _READ, cases.find, cases.Cases,
    ),
    Endpoint(
        "GET", f"{BASE}/cases/{{case}}", "getCase", "One case with all its events and clocks.",
        _OWN, _READ, cases.show, cases.Case,
    ),
)  # fmt: skip

_FEEDS = (
    Endpoint(
        "POST", f"{BASE}/feeds/{{feed}}", "noteFeed", "A sign of life of a system that reports events.",
        _OWN, _REPORT, feeds.alive, feeds.Noted,
    ),
)  # fmt: skip

_FIGURES = (
    Endpoint(
        "POST", f"{BASE}/progress", "addProgress", "Entries towards a quota, all or none.",
        _OWN, _PROGRESS, figures.add, figures.Added, figures.Entries,
    ),
    Endpoint(
        "POST", f"{BASE}/rates", "setRate", "So many of so many on a day.",
        _OWN, _PROGRESS, figures.rate, figures.Rated, figures.Rate,
    ),
)  # fmt: skip

_LOOKS = (
    Endpoint(
        "GET", f"{BASE}/board", "getBoard", "Open deadlines by colour, by unit or by item.",
        _WHOLE, _READ, looks.board, looks.Board, looks.By,
    ),
    Endpoint(
        "GET", f"{BASE}/badge/{{unit}}.svg", "getBadge", "How a unit stands, as a small picture.",
        _OWN, _READ, badge.of_unit, None, kind=KIND,
    ),
    Endpoint(
        "GET", f"{BASE}/when", "getLimits", "When something is due by a rule, and how that is counted.",
        _OWN, _READ, looks.when, looks.When, looks.Rule,
    ),
    Endpoint(
        "GET", f"{BASE}/bulletin", "getBulletin", "The bulletin of some days, as it is or was known.",
        _WHOLE, _READ, foreseen.bulletin, foreseen.Bulletin, foreseen.Period,
    ),
    Endpoint(
        "GET", f"{BASE}/preview", "getPreview", "Every message that would go out in the next days.",
        _KEEPING, _READ, foreseen.preview, foreseen.Preview, foreseen.Days,
        apart=True,
    ),
    Endpoint(
        "GET", f"{BASE}/plan", "getPlan", "What the files on this node would change.",
        _KEEPING, _READ, foreseen.plan, foreseen.Plan, apart=True,
    ),
)  # fmt: skip

#: every address there is
ENDPOINTS: tuple[Endpoint, ...] = (*_DEADLINES, *_ACTS, *_EVENTS, *_CASES, *_FEEDS, *_FIGURES, *_LOOKS)
