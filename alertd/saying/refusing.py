"""Why something was refused, in one sentence for whoever asked."""

from __future__ import annotations

from alertd.config.faults import TEXT_PREFIX, Fault
from alertd.core.text_error import TextError
from alertd.engine.ruling.refusal import Refused
from alertd.messages.catalogue import to_simplified
from alertd.messages.refusals import refused_text
from alertd.saying.voice import Voice

#: what was asked makes no sense, or is against a rule
Refusal = Refused | TextError


def refusal(fault: Refusal, voice: Voice) -> str:
    """The sentence: of what the engine refused, or of a value that its rules cannot count with."""
    if isinstance(fault, Refused):
        return refused_text(fault.code, fault.values, voice.zone, voice.language, voice.today())
    values = {**fault.values, "text": ""}
    said = Fault("", 1, 1, TEXT_PREFIX + fault.code, values).sentence(voice.language, to_simplified)
    return said.removeprefix("「」：").removeprefix("in “”: ")
