"""The table of pages: method, address, who sees it, what goes in, what comes out. Beside it that of the API.

Everything that is about all pages is read from here: the server's routes, who is let in, and the tests that
try each of them as everybody.
"""

from __future__ import annotations

from alertd.core.sights import Sight
from alertd.web.api.table import ENDPOINTS as ENDPOINTS
from alertd.web.page import Route
from alertd.web.pages import (
    accounts,
    badge,
    board,
    bulletin,
    calendar,
    cases,
    coming,
    deadline,
    doing,
    entrance,
    files,
    happenings,
    keeping,
    lists,
    looks,
    message,
    people,
    pin,
    reporting,
    roll,
    sessions,
    several,
    wall,
    year,
)
from alertd.web.pages.pressing import Which

#: what supervisors look at
_WHOLE: tuple[Route, ...] = (
    Route("GET", "/coming", Sight.WHOLE, coming.coming, "coming.html.j2", coming.Ahead, coming.Coming),
    Route("GET", "/year", Sight.WHOLE, year.year, "year.html.j2", year.Which, year.Year),
    Route("GET", "/roll", Sight.WHOLE, roll.roll, "roll.html.j2", roll.Which, roll.Roll),
    Route(
        "GET",
        "/bulletin",
        Sight.WHOLE,
        bulletin.bulletin,
        "bulletin.html.j2",
        bulletin.Which,
        bulletin.Bulletin,
    ),
    Route("GET", "/bulletin.csv", Sight.WHOLE, bulletin.as_csv, takes=bulletin.Which),
    Route("GET", "/bulletin.xlsx", Sight.WHOLE, bulletin.as_xlsx, takes=bulletin.Which),
    Route("GET", "/wall", Sight.WHOLE, wall.wall, "wall.html.j2", wall.Every, wall.Wall),
)
#: calendars that are subscribed to, and badges that other sites show
_CALENDAR: tuple[Route, ...] = (
    Route("GET", "/calendar", Sight.OWN, calendar.show, "calendar.html.j2", calendar.Which, calendar.Shelf),
    Route("POST", "/calendar", Sight.OWN, calendar.give, "calendar.html.j2", calendar.About, calendar.Shelf),
    Route("POST", "/calendar/end", Sight.OWN, calendar.end, takes=calendar.About),
    Route("GET", "/calendar/{secret}.ics", Sight.ENTRANCE, calendar.read, takes=calendar.Secret),
    Route("GET", "/badge/{secret}.svg", Sight.ENTRANCE, badge.read, takes=badge.Secret),
)
#: one deadline, and what is done to it: for whoever is signed in, and by the link of a message
_DEADLINE: tuple[Route, ...] = (
    Route(
        "GET",
        "/deadlines/{number:int}",
        Sight.OWN,
        deadline.show,
        "deadline.html.j2",
        Which,
        deadline.Deadline,
    ),
    Route(
        "GET",
        "/deadlines/{number:int}/files/{file:int}",
        Sight.OWN,
        deadline.download,
        takes=deadline.WhichFile,
    ),
    *(
        Route(
            "POST",
            f"/deadlines/{{number:int}}/{form.path}",
            Sight.OWN,
            form.work,
            takes=form.takes,
            uploads=form.uploads,
        )
        for form in doing.FORMS
    ),
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

#: who is signed in where, and the PIN of an officer
_SESSIONS: tuple[Route, ...] = (
    Route("GET", "/me/sessions", Sight.SELF, sessions.mine, "sessions.html.j2", gives=sessions.Sessions),
    Route("POST", "/me/sessions", Sight.SELF, sessions.end_mine, takes=sessions.Ending),
    Route("GET", "/me/pin", Sight.SELF, pin.show, "pin.html.j2", pin.Looked, pin.Pin),
    Route("POST", "/me/pin", Sight.SELF, pin.choose, takes=pin.Chosen, early=pin.prepare),
    Route("POST", "/me/pin/remove", Sight.SELF, pin.remove),
    Route("GET", "/sessions", Sight.KEEPING, sessions.every, "sessions.html.j2", gives=sessions.Sessions),
    Route("POST", "/sessions", Sight.KEEPING, sessions.end_any, takes=sessions.Ending),
)

#: events and their cases
_EVENTS: tuple[Route, ...] = (
    Route("GET", "/report", Sight.OWN, reporting.ask, "report.html.j2", reporting.Told, reporting.Reporting),
    Route("POST", "/report", Sight.OWN, reporting.report, takes=reporting.Counts),
    Route(
        "POST",
        "/report/language",
        Sight.ENTRANCE,
        reporting.in_language,
        takes=reporting.InLanguage,
        token=False,
    ),
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

_KEEPING = Sight.KEEPING
#: the pages of whoever keeps the program; those that read files or take long are in no transaction
KEEPERS: tuple[Route, ...] = (
    Route("GET", "/keeping", _KEEPING, keeping.overview, "keeping.html.j2", gives=keeping.Overview),
    Route("GET", "/keeping/files", _KEEPING, files.files, "files.html.j2", gives=files.Checks, apart=True),
    Route(
        "GET",
        "/keeping/change",
        _KEEPING,
        files.change,
        "change.html.j2",
        files.Asked,
        files.Change,
        apart=True,
    ),
    Route("POST", "/keeping/change", _KEEPING, files.release, takes=files.Released, apart=True),
    Route(
        "POST",
        "/keeping/change/told",
        _KEEPING,
        files.told,
        "change.html.j2",
        files.Asked,
        files.Change,
        apart=True,
    ),
    Route(
        "GET",
        "/keeping/preview",
        _KEEPING,
        looks.ahead,
        "preview.html.j2",
        looks.Narrowed,
        looks.Preview,
        apart=True,
    ),
    Route("POST", "/keeping/preview", _KEEPING, looks.look_ahead, takes=looks.Wanted, apart=True),
    Route(
        "GET",
        "/keeping/messages",
        _KEEPING,
        keeping.messages,
        "messages.html.j2",
        keeping.Wanted,
        keeping.Messages,
    ),
    Route(
        "GET",
        "/keeping/messages/{message}",
        _KEEPING,
        keeping.message,
        "message.html.j2",
        keeping.Named,
        keeping.One,
    ),
    Route("POST", "/keeping/messages/{message}/again", _KEEPING, keeping.again, takes=keeping.Again),
    Route("GET", "/keeping/people", _KEEPING, keeping.people, "people.html.j2", gives=keeping.Reached),
    Route("POST", "/keeping/unblock", _KEEPING, keeping.unblock, takes=keeping.Blocked),
    Route("GET", "/keeping/nodes", _KEEPING, keeping.nodes, "nodes.html.j2", gives=keeping.Nodes),
    Route(
        "GET", "/keeping/doctor", _KEEPING, looks.doctor, "doctor.html.j2", gives=looks.Examined, apart=True
    ),
    Route("POST", "/keeping/doctor", _KEEPING, looks.examine, apart=True),
)

#: people, as the directory has them
_PEOPLE: tuple[Route, ...] = (
    Route("GET", "/duty", Sight.OWN, people.duty, "duty.html.j2", people.Which, people.OnDuty),
    Route("GET", "/me", Sight.SELF, people.myself, "me.html.j2", gives=people.Myself),
)

#: what waits for whoever looks, several at once
_SEVERAL: tuple[Route, ...] = (
    Route("GET", "/requests", Sight.OWN, several.requests, "requests.html.j2", gives=several.Requests),
    Route("GET", "/reviews", Sight.OWN, several.reviews, "reviews.html.j2", several.Wanted, several.Several),
    Route("POST", "/reviews", Sight.OWN, several.verify, takes=several.Chosen),
    Route(
        "GET", "/together", Sight.OWN, several.together, "together.html.j2", several.Wanted, several.Several
    ),
    Route("POST", "/together", Sight.OWN, several.hand_in, takes=several.HandedIn),
)

#: signing in by an account of the office. Coming back is the one look that changes something: whoever sends
#: browsers back presses no button, and it does nothing but for the browser that holds what was begun.
_ACCOUNTS: tuple[Route, ...] = (
    Route("POST", "/account", Sight.ENTRANCE, accounts.begin, takes=entrance.Onward, token=False),
    Route("GET", "/account", Sight.ENTRANCE, accounts.go, "account.html.j2", gives=accounts.Going, afar=True),
    Route("GET", "/account/back", Sight.ENTRANCE, accounts.come_back, takes=accounts.Back, afar=True),
)

#: every page there is
ROUTES: tuple[Route, ...] = (
    Route("GET", "/", Sight.ENTRANCE, entrance.start),
    Route("GET", "/login", Sight.ENTRANCE, entrance.login, "login.html.j2", entrance.Onward, entrance.Login),
    Route("GET", "/enter", Sight.ENTRANCE, entrance.ask, "enter.html.j2", entrance.Key, entrance.Enter),
    Route("POST", "/enter", Sight.ENTRANCE, entrance.enter, takes=entrance.Key, token=False),
    Route("POST", "/login", Sight.ENTRANCE, entrance.ask_code, takes=entrance.Named, token=False),
    Route("GET", "/code", Sight.ENTRANCE, entrance.await_code, "code.html.j2", entrance.Tried, entrance.Code),
    Route("POST", "/code", Sight.ENTRANCE, entrance.enter_code, takes=entrance.Typed, token=False),
    Route("POST", "/leave", Sight.OWN, entrance.leave),
    Route("POST", "/language", Sight.ENTRANCE, entrance.choose, takes=entrance.Choice, token=False),
    Route("GET", "/mine", Sight.OWN, lists.mine, "mine.html.j2", gives=lists.Mine),
    Route("GET", "/board", Sight.WHOLE, board.board, "board.html.j2", board.By, board.Board),
    *_ACCOUNTS,
    *_SESSIONS,
    *_DEADLINE,
    *_MESSAGE,
    *_EVENTS,
    *_PEOPLE,
    *_WHOLE,
    *_SEVERAL,
    *_CALENDAR,
    Route("GET", "/deadlines", Sight.WHOLE, lists.find, "list.html.j2", lists.Wanted, lists.Listed),
    *KEEPERS,
)
