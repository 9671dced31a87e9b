"""What the gateway's answers mean for the one message they answer. `success` is what counts, not the status.

Sources: the page of another 專有釘釘 on whose a number is (https://open-hzt-helpdoc.digitalhainan.com.cn:
`success`, `errorCode` and `errorMsg` of the gateway, `content.success` and `content.responseCode` of the
service; 210116 nobody has the number, 215010 it may not be asked for). The vendor's own pages could not be
read here; as copied into clients are that on work notices (https://openplatform-portal.dg-work.cn/portal/#/
helpdoc?apiType=serverapi&docKey=2674860: limits; `bizMsgId` twice is answered 「重复」) and that on signing
in (`OPF-B001-05-16-0009 SignatureDoesNotMatch`). The other codes that begin with OPF- are taken for the
gateway's as well. What is answered for an account that is gone was found on no page: it is refused, and goes
the next way, but the account is not given up. No call that tells what became of a work notice was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alertd.core.gateways import Answer
from alertd.transports.application import Failed, Found, unserved
from alertd.transports.base import Outcome, Result

#: what begins so was said by the gateway, about the application
_GATEWAYS = "OPF-"
_UNSIGNED = "OPF-B001-05-16-0009"
_DUPLICATE = ("重复", "重複", "duplicate")
_NOT_ALLOWED = (401, 403)
_UNKNOWN_NUMBER, _NOT_TO_BE_ASKED = "210116", "215010"
_CODES = ("errorCode", "bizErrorCode", "responseCode", "Code", "code")
_WORDS = ("errorMsg", "responseMessage", "Message", "message", "errorMessage")
_FINE = ("", "0")


def found_in(answer: Answer) -> Found:
    """An answer that says whether it was done. Raises Failed where there is none."""
    status, found = answer.status, answer.data
    if status == 429:
        wait = answer.wait or 60.0
        raise Failed(Outcome(Result.RETRY, "429", "too much at once", retry_after=wait, server=True))
    said = isinstance(found, dict) and isinstance(found.get("success"), bool)
    if not isinstance(found, dict) or not said or 300 <= status < 400 or status >= 500:
        raise unserved(answer, "no success in it")
    if status in _NOT_ALLOWED and not _codes(found):
        raise Failed(Outcome(Result.RETRY, str(status), f"not allowed: {_words(found)}", server=True))
    return found


def done(answer: Found) -> bool:
    """Whether everything in it says so."""
    inner = answer.get("content")
    return answer["success"] is True and not (isinstance(inner, Mapping) and inner.get("success") is False)


def outcome_of(answer: Found, again: bool) -> Outcome:
    """What became of a message to one person; `again` says that it may have arrived before."""
    if not done(answer):
        return fault_of(answer, again)
    inner = answer.get("content")
    name = inner.get("msgId") if isinstance(inner, Mapping) else inner
    return Outcome(Result.ACCEPTED, "0", provider_id=name if isinstance(name, str) else "")


def fault_of(answer: Found, again: bool = False) -> Outcome:
    """What it means that something was not done."""
    code, words = next(iter(_codes(answer)), "refused"), _words(answer)
    if any(mark in words.lower() for mark in _DUPLICATE):
        if again:
            return Outcome(Result.ACCEPTED, "duplicate", "it has this message from an earlier attempt")
        return Outcome(Result.REFUSED, "duplicate", f"it takes these words for repeated: {words}")
    if code == _UNSIGNED:
        words = f"the signature is not taken: app_key, secret and base_url belong together: {words}"
    if code == _NOT_TO_BE_ASKED:
        words = f"the application may not ask whose numbers are: {words}"
    if code.startswith(_GATEWAYS) or code == _NOT_TO_BE_ASKED:
        return Outcome(Result.RETRY, code, words, server=True)
    return Outcome(Result.REFUSED, code, words)


def is_nobodys(answer: Found) -> bool:
    """Whether nobody has the number that was asked for."""
    return _UNKNOWN_NUMBER in _codes(answer)


def _codes(answer: Found) -> list[str]:
    return [each for each in _said(answer, _CODES) if each not in _FINE]


def _words(answer: Found) -> str:
    return next((each for each in _said(answer, _WORDS) if each and each != "OK"), "")


def _said(answer: Found, names: tuple[str, ...]) -> Iterator[str]:
    inner = answer.get("content")
    for part in (answer, inner if isinstance(inner, Mapping) else {}):
        for name in names:
            value = part.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield str(value)
