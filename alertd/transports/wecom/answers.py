"""What the vendor's codes mean for the one message they answer. The status of HTTP is 200 for all of them.

Sources: https://developer.work.weixin.qq.com/document/path/90313 (codes), /90236 (`invaliduser` and
`unlicenseduser` in an answer whose code is 0), /90454 (limits).
"""

from __future__ import annotations

from alertd.transports.application import Found
from alertd.transports.base import Outcome, Result

#: the access token is none any more: fetched anew once
TOKEN = frozenset({40014, 41001, 42001})
#: seconds after which to try again
_BUSY = {-1: 5.0, 6000: 5.0, 45009: 60.0, 45033: 3.0}
#: nobody is called so, or not where this application may write
_DEAD = frozenset({40003, 46004, 60111, 81013, 82001, 50002})
#: of a mobile number: nobody has it
UNKNOWN_NUMBER = frozenset({40003, 46004, 60103, 60111})
#: about the application, whoever is written to; with what to do about it
_OURS = {
    40001: "the secret is not that of the application",
    40013: "there is no such corp_id",
    40056: "there is no such agent_id",
    48002: "the application may not call this",
    60020: "this machine's address is not among the trusted ones of the application (企業可信IP)",
    301002: "the application may not send as this agent_id",
}
#: who is named there, though the code is 0, was not written to
_LEFT_OUT = ("invaliduser", "unlicenseduser")


def code_of(answer: Found) -> int:
    """The vendor's code: 0 for done."""
    code: int = answer["errcode"]
    return code


def outcome_of(answer: Found) -> Outcome:
    """What became of a message to one person."""
    code = code_of(answer)
    if code:
        return fault_of(answer)
    for name in _LEFT_OUT:
        if answer.get(name):
            return Outcome(Result.REFUSED, name, "accepted for nobody: " + name, address_dead=True)
    return Outcome(Result.ACCEPTED, "0", provider_id=str(answer.get("msgid") or ""))


def fault_of(answer: Found) -> Outcome:
    """What a code other than 0 means."""
    code, said = code_of(answer), str(answer.get("errmsg") or "")
    name = str(code)
    if code in _BUSY:
        return Outcome(Result.RETRY, name, said, retry_after=_BUSY[code], server=True)
    if code in TOKEN:
        return Outcome(
            Result.RETRY, name, f"the access token is not taken, a new one neither: {said}", server=True
        )
    if code in _OURS:
        return Outcome(Result.RETRY, name, f"{_OURS[code]}: {said}", server=True)
    return Outcome(Result.REFUSED, name, said, address_dead=code in _DEAD)
