"""How a deadline stands, as one word, and what is asked of the reader, as one sentence."""

from __future__ import annotations

from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import day_text, occurrence_text
from alertd.messages.reader import Reader
from alertd.messages.view import NoticeKind, NoticeView, RollView

DOERS = frozenset({"contact", "assignee", "duty"})
LEADERS = frozenset({"section-chief", "leader-in-charge", "principal", "duty-leader"})


def is_late(view: NoticeView | RollView) -> bool:
    return view.standing == "overdue"


def tag_of(view: NoticeView | RollView, words: Catalogue) -> str:
    """The one word a message is sorted by: 催辦, 臨期, 逾期, 退回補正 ..."""
    if isinstance(view, NoticeView) and view.kind is not NoticeKind.STEP:
        return words.say(f"tag.{view.kind}")
    if isinstance(view, NoticeView) and view.step_id.startswith("figures"):
        return words.say("tag.no-figures")
    if is_late(view):
        return words.say("tag.overdue-hours" if view.by_the_hour else "tag.overdue")
    if isinstance(view, RollView):
        return words.say("tag.near" if view.standing == "near" else "tag.roll")
    if view.state == "done":
        return words.say("tag.done")
    if view.standing in ("behind", "no-figures"):
        return words.say(f"tag.{view.standing}")
    if view.ask and view.escalated and view.position in LEADERS and view.standing == "near":
        return words.say("tag.escalate")
    if view.repeat_no:
        return words.say("tag.chase")
    return words.say("tag.near" if view.standing == "near" else "tag.reminder")


def lead_of(view: NoticeView, reader: Reader) -> str:
    """What is asked of the reader, in one sentence."""
    if view.kind is NoticeKind.REQUESTED and view.request:
        return reader.words.say(f"lead.requested-{view.request}")
    if view.kind is NoticeKind.UNDECIDED and not view.ask:
        return reader.words.say("lead.undecided-asker")
    if view.kind is not NoticeKind.STEP:
        informed = "" if view.ask or view.position in DOERS else f"lead.{view.kind}-informed"
        return reader.words.say(informed if informed in reader.words else f"lead.{view.kind}")
    if view.step_id.startswith("figures"):
        period = occurrence_text(view.step_id.partition(".")[2], reader.language)
        late = "-late" if view.step_id.startswith("figures-late") else ""
        by = day_text(view.figures_by, reader.language, reader.today) if view.figures_by else ""
        return reader.words.say(f"lead.figures{late if by else '-soon'}", period=period, by=by)
    if view.members:
        return reader.words.say("lead.members" if view.ask else "lead.members-informed")
    if view.state == "done" and view.ask:
        return reader.words.say("lead.review")
    noted = view.position in DOERS and not view.ask and not is_late(view)
    if view.earliest is not None and (noted or (view.ask and view.due is None)):
        if reader.now < view.earliest:
            return reader.words.say("lead.period-running")
        return reader.words.say("lead.period-over" if view.due is None else "lead.window-over")
    if noted:
        return reader.words.say("lead.noted" if view.asked_later else "lead.noted-only")
    role = "informed" if not view.ask else "overseer" if view.position not in DOERS else "doer"
    late = "-late" if is_late(view) else ""
    if role == "informed" and not late and not view.doers_told:
        return reader.words.say("lead.noted-only")
    hours = "-hours" if view.by_the_hour and (late or role == "doer") else ""
    return reader.words.say(f"lead.{role}{late}{hours}")
