"""Why something was refused, in one sentence for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alertd.core.rights import RIGHTS, Act, Role
from alertd.messages.dates import catalogue, day_text, instant_text, limit_text, occurrence_text


def refused_text(
    code: str,
    values: Mapping[str, str],
    zone: ZoneInfo,
    language: str,
    reference: date | None = None,
    own: str = "",
) -> str:
    """The sentence under `refused.CODE`; an unknown code is shown with its values.

    A skin that has other words than commands has them under `own`.
    """
    words = catalogue(language)
    said = values_in_words(values, zone, language, reference)
    for key in (f"{own}.{code}", f"refused.{code}"):
        if key in words:
            return words.say(key, **said)
    details = " ".join([code, *(f"{name}={value}" for name, value in values.items())])
    return words.say("refused.other", code=details)


def values_in_words(
    values: Mapping[str, str], zone: ZoneInfo, language: str, reference: date | None = None
) -> dict[str, str]:
    """The values of a refusal as its sentence has them.

    Of them, `earliest`, `until`, `start` and `at` are instants and `on` a day, in ISO form, `state` and `act`
    are codes, `what` names what was asked for, `instants` is a list of codes and `periods` one of labels.
    `who` may do an act is said from the table of rights.
    """
    words = catalogue(language)
    said = dict(values)
    if "earliest" in values:
        said["earliest"] = limit_text(datetime.fromisoformat(values["earliest"]), zone, language, reference)
    if "until" in values:
        said["until"] = limit_text(datetime.fromisoformat(values["until"]), zone, language, reference)
    if "on" in values:
        said["on"] = day_text(date.fromisoformat(values["on"]), language, reference)
    if "what" in values:
        said["what"] = words.word("asked", values["what"])
    if "state" in values:
        said["state"] = words.word("state", values["state"])
    if "act" in values:
        said["act"] = words.word("act", values["act"])
        may = RIGHTS[Act(values["act"])].roles
        said["who"] = words.say("text.list").join(words.word("role", role) for role in Role if role in may)
    for name in ("start", "at"):
        if name in values:
            said[name] = instant_text(datetime.fromisoformat(values[name]), zone, language, reference)
    if "instants" in values:
        names = [words.word("instant", name.strip()) for name in values["instants"].split(",")]
        said["instants"] = words.say("text.list").join(names)
    if "periods" in values:
        labels = values["periods"].split(", ")
        said["periods"] = words.say("text.list").join(
            occurrence_text(label, language) or label for label in labels
        )
    return said
