"""The one line people see on a locked phone: how it stands, what it is, by when, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertd.core.text import one_line
from alertd.messages.dates import occurrence_text
from alertd.messages.reader import Reader
from alertd.messages.standing import is_late, tag_of
from alertd.messages.view import MessageView, NoticeKind, NoticeView, RollView
from alertd.messages.wrap import columns

#: kinds of which the limit is news
_TELLS_LIMIT = frozenset(
    {
        NoticeKind.STEP,
        NoticeKind.PAGED,
        NoticeKind.SHIFT,
        NoticeKind.MOVED,
        NoticeKind.EXTENDED,
        NoticeKind.RESUMED,
        NoticeKind.RETURNED,
        NoticeKind.REOPENED,
        NoticeKind.CONFIRMED,
    }
)

#: display columns of a case's title: what follows it still stands on a locked phone
LONGEST_CASE = 32
#: characters: names and titles are bounded where they come in, this is for what was stored before
LONGEST_SUBJECT = 1000

Views = Sequence[NoticeView | RollView]


def subject_of(message: MessageView, reader: Reader) -> str:
    """The subject, one line whatever the titles hold."""
    words = reader.words
    if len(message.notices) == 1:
        tag, rest = _one(message.notices[0], reader)
    else:
        tag, rest = _several(message, reader)
        rest = _of_matter(message.notices, rest, reader)
    line = words.say("subject.tagged", tag=tag, rest=rest)
    if any(isinstance(view, NoticeView) and view.unconfirmed for view in message.notices):
        line = words.say("subject.unconfirmed") + line
    if message.drill:
        line = words.say("subject.drill") + line
    return one_line(line, LONGEST_SUBJECT)


def line_of(view: NoticeView | RollView, reader: Reader) -> str:
    """One notice of several in one line: how it stands, what it is, by when, whose it is."""
    tag, rest = _one(view, reader)
    return one_line(reader.words.say("subject.tagged", tag=tag, rest=rest), LONGEST_SUBJECT)


def _one(view: NoticeView | RollView, reader: Reader) -> tuple[str, str]:
    words = reader.words
    tag = tag_of(view, words)
    title = words.text(view.obligation_title)
    if isinstance(view, RollView):
        return tag, _roll(view, title, reader)
    party = words.text(view.party_name)
    if view.case_title:
        party = words.say("subject.of-case", party=party, case=_case(view.case_title, reader))
    if view.members:
        return tag, words.say("subject.behind", title=title, count=len(view.members), party=party)
    if view.kind is NoticeKind.STEP and view.step_id.startswith("figures"):
        return tag, words.say("subject.figures", title=title, period=_period(view, reader), party=party)
    when = _when(view, reader)
    if when:
        return tag, words.say("subject.single", title=title, when=when, party=party)
    return tag, words.say("subject.plain", title=title, party=party)


def _period(view: NoticeView, reader: Reader) -> str:
    """The period whose figures a reminder asks for."""
    return occurrence_text(view.step_id.partition(".")[2], reader.language)


def _only_figures(views: Views, reader: Reader) -> str:
    """The period where all of these ask for figures of the same one, else nothing."""
    periods = {
        _period(view, reader) if isinstance(view, NoticeView) and view.step_id.startswith("figures") else ""
        for view in views
    }
    return periods.pop() if len(periods) == 1 else ""


def _when(view: NoticeView, reader: Reader) -> str:
    if view.kind not in _TELLS_LIMIT or view.state == "done":
        return ""
    return reader.left(view) if is_late(view) else reader.due_short(view)


def _roll(view: RollView, title: str, reader: Reader) -> str:
    missing = view.total - view.handed_in - view.returned
    when = reader.left(view) if is_late(view) else reader.due_short(view)
    return reader.words.say(
        "subject.roll" if when else "subject.roll-plain",
        title=title,
        handed_in=view.handed_in,
        returned=view.returned,
        missing=missing,
        when=when,
    )


def _several(message: MessageView, reader: Reader) -> tuple[str, str]:
    words, views = reader.words, message.notices
    count = len(views)
    kinds = {view.kind for view in views if isinstance(view, NoticeView)} or {NoticeKind.STEP}
    if len(kinds) == 1 and NoticeKind.STEP not in kinds:
        kind = words.say(f"tag.{kinds.pop()}")
        return kind, words.say("subject.several-kind", count=count, kind=kind)
    tag = _worst_tag(views, reader)
    period = _only_figures(views, reader)
    if period:
        return tag, words.say("subject.several-figures", count=count, period=period)
    late = sum(map(is_late, views))
    if late:
        return tag, words.say("subject.several-late", count=count, late=late)
    first = min((view for view in views if view.due is not None), key=_due, default=None)
    if kinds != {NoticeKind.STEP} or first is None:
        return tag, words.say("subject.several-news", count=count)
    key = "subject.several-near" if any(view.standing == "near" for view in views) else "subject.several-due"
    return tag, words.say(key, count=count, when=reader.due_short(first))


def _of_matter(views: Views, rest: str, reader: Reader) -> str:
    """The case all of these are about, with the unit where it is one; else two cases look alike."""
    words = reader.words
    notices = [view for view in views if isinstance(view, NoticeView)]
    cases = {view.case_title for view in notices}
    if len(notices) < len(views) or len(cases) > 1 or "" in cases:
        return rest
    case = _case(cases.pop(), reader)
    parties = {words.text(view.party_name) for view in notices}
    if len(parties) > 1:
        return words.say("subject.matter", case=case, rest=rest)
    return words.say("subject.matter-of", case=case, party=parties.pop(), rest=rest)


def _case(title: str, reader: Reader) -> str:
    """The title of a case, cut where it would push the limit out of sight."""
    title, shown = reader.words.script(title), ""
    if columns(title) <= LONGEST_CASE:
        return title
    for character in title:
        if columns(shown + character) > LONGEST_CASE - 2:
            break
        shown += character
    return shown + "…"


def _due(view: NoticeView | RollView) -> datetime:
    assert view.due is not None
    return view.due


def _worst_tag(views: Views, reader: Reader) -> str:
    """The tag of the view that presses most, so that the subject never sounds milder than its content."""
    ranks = ("overdue", "near", "behind", "no-figures")
    worst = min(views, key=lambda view: ranks.index(view.standing) if view.standing in ranks else len(ranks))
    return tag_of(worst, reader.words)
