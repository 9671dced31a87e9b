"""Saying no: what was asked is against a rule or makes no sense. Nothing was changed."""

from __future__ import annotations

from alertd.core.text import UnfitText, fit, one_line

#: characters of a value that is said again; lists of ids are as long as that
_LONGEST_SAID = 2000


class Refused(Exception):
    """`code` is a catalogue key below `refused.`, `values` fill its sentence; `str()` is for logs only.

    What was asked may be anything: said again it is one line, and bounded.
    """

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = {name: one_line(str(value), _LONGEST_SAID) for name, value in values.items()}


def fit_or_refuse(text: str, most: int, what: str) -> str:
    """A text somebody gives, in its normal form and without blanks around it; `what` is a key below `asked.`.

    Raises Refused: "unfit-text", "long-text".
    """
    try:
        return fit(text.strip(), most)
    except UnfitText as unfit:
        raise Refused(unfit.code, what=what, **unfit.values) from None
