"""What the vendor's codes mean. The status of HTTP is 200 for all of them.

Sources: https://help.dingtalk.io/open/development/asynchronous-sending-of-enterprise-session-messages (beyond
its limits it answers success, and nobody gets the message), .../gets-the-result-of-sending-messages-
asynchronously-to-the-enterprise (the lists of a result; 143103 to 143206 as on the Chinese page of the same
call), .../query-users-by-phone-number (60121, 40104, -1). The codes of tokens, of keys, and of calls that are
too many are those of the vendor's page of global codes, which could be read in copies only.
"""

from __future__ import annotations

from collections.abc import Iterable

from alertd.transports.application import Codes, Found
from alertd.transports.base import Outcome, Result

#: of a mobile number: nobody has it
UNKNOWN_NUMBER = frozenset({60121, 40104})
#: says that the real code is another one
_SEE_SUB_CODE = 88
#: of a result: the same words were sent to this person today; and more than it takes for one person in a day
REPEATED = frozenset({"143106", "143206"})


def _code_of(answer: Found) -> int:
    code: int = answer["errcode"]
    if code != _SEE_SUB_CODE:
        return code
    sub = str(answer.get("sub_code") or "")
    return int(sub) if sub.isascii() and sub.isdigit() else code


CODES = Codes(
    of=_code_of,
    token=frozenset({40014, 40001, 42001}),
    busy={-1: 5.0, 90018: 60.0, 143103: 60.0, 143104: 60.0, 1430003: 60.0},
    ours={
        40089: "app_key and secret do not belong together",
        41029: "there is no such agent_id",
        40056: "there is no such agent_id",
        60011: "the application may not call this: have the call granted",
        60020: "this machine's address is not among those of the application",
        400002: "the request is not taken",
    },
    dead=frozenset({33012, 60121, 40103}),
)


def outcome_of(answer: Found) -> Outcome:
    """What became of a notice to one person: it is queued, and its result is asked for by its task."""
    if CODES.of(answer):
        return CODES.fault_of(answer)
    task = answer.get("task_id")
    known = isinstance(task, int) and not isinstance(task, bool) and task > 0
    return Outcome(Result.ACCEPTED, "0", provider_id=str(task) if known else "")


class Verdict:
    """What a result says of the one person that a notice went to."""

    def __init__(self, result: object) -> None:
        self._said = result if isinstance(result, dict) else {}

    def _has(self, *names: str) -> bool:
        return any(bool(self._said.get(name)) for name in names)

    @property
    def read(self) -> bool:
        """The person has read it."""
        return self._has("read_user_id_list")

    @property
    def arrived(self) -> bool:
        """It is in the person's DingTalk."""
        return self._has("read_user_id_list", "unread_user_id_list")

    @property
    def refused(self) -> str:
        """The code of why it did not reach the person; "" where it did, or nothing is known yet."""
        if self._has("invalid_user_id_list"):
            return "invalid"
        if self._has("forbidden_user_id_list", "forbidden_list"):
            return next(iter(self._codes()), "forbidden")
        return "failed" if self._has("failed_user_id_list") else ""

    def _codes(self) -> Iterable[str]:
        found = self._said.get("forbidden_list")
        for each in found if isinstance(found, list) else []:
            if isinstance(each, dict) and isinstance(each.get("code"), str | int):
                yield str(each["code"])
