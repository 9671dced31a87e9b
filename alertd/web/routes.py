"""The table of pages: method, address, who sees it, what goes in, what comes out. Beside it that of the API.

Everything that is about all pages is read from here: the server's routes, who is let in, and the tests that
try each of them as everybody.
"""

from __future__ import annotations

from alertd.core.sights import Sight
from alertd.web.api.table import ENDPOINTS as ENDPOINTS
from alertd.web.page import Route
from alertd.web.pages import board, cases, deadline, entrance, happenings, lists, message, reporting

#: one deadline, and what is done to it: for whoever is signed in, and by the link of a message
_DEADLINE: tuple[Route, ...] = (
    Route(
        "GET",
        "/deadlines/{number:int}",
        Sight.OWN,
        deadline.show,
        "deadline.html.j2",
        deadline.Which,
        deadline.Deadline,
    ),
    Route("POST", "/deadlines/{number:int}/received", Sight.OWN, deadline.receive, takes=deadline.Pressed),
    Route("POST", "/deadlines/{number:int}/handed-in", Sight.OWN, deadline.hand_in, takes=deadline.HandedIn),
)

#: what a message is about, by its link
_MESSAGE: tuple[Route, ...] = (
    *(
        Route("GET", path, Sight.MESSAGE, message.show, "about.html.j2", message.About, message.Message)
        for path in ("/m/{link}", "/m/{link}/received", "/m/{link}/handed-in")
    ),
    Route("POST", "/m/{link}/received", Sight.MESSAGE, message.receive, takes=message.Pressed),
    *(route.by_link for route in _DEADLINE),
)

#: events and their cases
_EVENTS: tuple[Route, ...] = (
    Route("GET", "/report", Sight.OWN, reporting.ask, "report.html.j2", reporting.Told, reporting.Reporting),
    Route("POST", "/report", Sight.OWN, reporting.report, takes=reporting.Counts),
    Route("GET", "/cases", Sight.OWN, cases.cases, "cases.html.j2", gives=cases.Cases),
    Route("GET", "/cases/{case}", Sight.OWN, cases.show, "case.html.j2", cases.Which, cases.OneCase),
    Route(
        "GET",
        "/events/{event}/{act}",
        Sight.OWN,
        happenings.ask,
        "event.html.j2",
        happenings.Changed,
        happenings.Change,
    ),
    Route("POST", "/events/{event}/{act}", Sight.OWN, happenings.change, takes=happenings.Counts),
)

#: every page there is
ROUTES: tuple[Route, ...] = (
    Route("GET", "/", Sight.ENTRANCE, entrance.start),
    Route("GET", "/login", Sight.ENTRANCE, entrance.login, "login.html.j2", gives=entrance.Login),
    Route("GET", "/enter", Sight.ENTRANCE, entrance.ask, "enter.html.j2", entrance.Key, entrance.Enter),
    Route("POST", "/enter", Sight.ENTRANCE, entrance.enter, takes=entrance.Key, token=False),
    Route("POST", "/leave", Sight.OWN, entrance.leave),
    Route("POST", "/language", Sight.ENTRANCE, entrance.choose, takes=entrance.Choice, token=False),
    Route("GET", "/mine", Sight.OWN, lists.mine, "mine.html.j2", gives=lists.Mine),
    Route("GET", "/board", Sight.WHOLE, board.board, "board.html.j2", board.By, board.Board),
    *_DEADLINE,
    *_MESSAGE,
    *_EVENTS,
    Route("GET", "/deadlines", Sight.WHOLE, lists.find, "list.html.j2", lists.Wanted, lists.Listed),
)
