"""What the vendor's codes mean for the one message they answer. The status of HTTP is 200 for all of them.

Sources: https://developer.work.weixin.qq.com/document/path/90313 (codes), /90236 (`invaliduser` and
`unlicenseduser` in an answer whose code is 0), /90454 (limits).
"""

from __future__ import annotations

from alertd.transports.application import Codes, Found
from alertd.transports.base import Outcome, Result

#: of a mobile number: nobody has it
UNKNOWN_NUMBER = frozenset({40003, 46004, 60103, 60111})
#: who is named there, though the code is 0, was not written to
_LEFT_OUT = ("invaliduser", "unlicenseduser")


def _code_of(answer: Found) -> int:
    code: int = answer["errcode"]
    return code


CODES = Codes(
    of=_code_of,
    token=frozenset({40014, 41001, 42001}),
    busy={-1: 5.0, 6000: 5.0, 45009: 60.0, 45033: 3.0},
    ours={
        40001: "the secret is not that of the application",
        40013: "there is no such corp_id",
        40056: "there is no such agent_id",
        48002: "the application may not call this",
        60020: "this machine's address is not among the trusted ones of the application (企業可信IP)",
        301002: "the application may not send as this agent_id",
    },
    # nobody is called so, or not where this application may write
    dead=frozenset({40003, 46004, 60111, 81013, 82001, 50002}),
)


def outcome_of(answer: Found) -> Outcome:
    """What became of a message to one person."""
    if CODES.of(answer):
        return CODES.fault_of(answer)
    for name in _LEFT_OUT:
        if answer.get(name):
            return Outcome(Result.REFUSED, name, "accepted for nobody: " + name, address_dead=True)
    return Outcome(Result.ACCEPTED, "0", provider_id=str(answer.get("msgid") or ""))
