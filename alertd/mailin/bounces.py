"""What could not be delivered, and whether it ever will be.

Which message it is about is not read here: the address that a bounce was sent to says so (`addresses`). A
report in the form of RFC 3464 is read by its fields; other forms by `flufl.bounce`, which knows many
programs, and by the sentences of the large Chinese providers (QQ and its exmail, 163, Aliyun, 263).
"""

from __future__ import annotations

import logging
import re
import unicodedata
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from alertd.core.text import one_line

from .automatic import has_null_sender
from .letter import Bounce
from .markup import lines_of
from .parts import Part

#: bytes of a message in no form of its own that are looked at for a bounce
_LOOKED_AT = 128 * 1024
#: characters of what a server said that are kept
LONGEST_DETAIL = 300
#: recipients of one report that are looked at
_MOST_FIELDS = 50

_DAEMON = re.compile(r"(?:mailer-?daemon|postmaster|mail-?delivery(?:-?system)?|bounces?)@", re.IGNORECASE)


def _any_of(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(forms), re.IGNORECASE)


_SUBJECT = _any_of(
    r"undeliver|failure notice|returned (?:mail|to sender)|mail (?:delivery|system) (?:fail|error)",
    r"delivery (?:status notification|failure|has failed|report|delayed)|delayed mail",
    r"系统退信|系統退信|退信|退件|投递失败|投遞失敗|投递延迟|投遞延遲",
    r"无法投递|無法投遞|无法送达|無法送達|未能送达|未能送達",
)
#: an enhanced status code (RFC 3463), or the reply code before it
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.#-])([45]\d\d)(?=[\s:#,-])")
#: RFC 3463 section 3.2: X.1.x is about addresses, but .7 and .8, which are about the sender's
_DEAD_STATUS = re.compile(r"5\.1\.(?!7$|8$)\d{1,3}")
_DEAD = _any_of(
    r"(?:mailbox|account|address|recipient|user|host|domain)(?: name)?(?: is| was)? "
    r"(?:not found|does(?: not|n'?t) exist|not exist|disabled|inactive|invalid|unknown|suspended)",
    r"(?:unknown|invalid|no such) (?:user|recipient|mailbox|account|address|person)",
    r"mailbox unavailable or access denied|no mailbox here|name service error",
    r"(?:用户|用戶|帐号|账号|帳號|帐户|账户|帳戶|邮箱|郵箱|信箱|地址|收件人|域名)[^,。;!\n]{0,40}?"
    r"(?:不存在|无效|無效|停用|已注销|已註銷|被注销|已冻结|已关闭|被禁用|已禁用|找不到)",
    r"(?:不存在|无效|無效)的?(?:用户|用戶|邮箱|郵箱|地址|收件人)|查[无無]此(?:人|用户|用戶)",
)
_SOFT = _any_of(
    r"will (?:be retried|keep trying|retry)|still (?:being )?(?:tr(?:y|ied)|queued)|delayed",
    r"temporar(?:y|ily)|warning message only|has not yet been delivered|延迟|延遲|延误",
    r"(?:稍后|稍後|继续|繼續)(?:再|会|會)?(?:重试|重試|尝试|嘗試|投递|投遞)",
    r"[暂暫][时時](?:无法|無法|不可)",
)
#: other reasons, looked for to be said again
_WHY = _any_of(
    r"quota|mailbox (?:is )?full|spam|reject|拒绝|拒絕|拒收|垃圾|内容",
    r"(?:邮箱|郵箱|信箱|空间|空間|容量)[^,。;\n]{0,12}(?:满|滿|不足|超[过過限])",
)
#: what a mail server says of a message that arrived, or went on
_NO_FAILURE = frozenset({"delivered", "relayed", "expanded"})

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs what it reads


def bounce_of(raw: bytes, message: Part, sender: str, subject: str) -> Bounce | None:
    """What a mail server says it could not deliver; None where this says nothing of the kind."""
    reports = [leaf for leaf in message.leaves() if leaf.kind.endswith("/delivery-status")]
    reports += [leaf for leaf in message.leaves() if leaf.kind.endswith("/global-delivery-status")]
    if reports:
        return _reported(reports[0], _said(message))
    from_daemon = _DAEMON.search(sender) is not None
    titled = _SUBJECT.search(unicodedata.normalize("NFKC", subject)) is not None
    failed = "X-Failed-Recipients" in message.headers
    if not (failed or from_daemon or (has_null_sender(message) and titled)):
        return None
    said = _said(message)
    temporary, lasting = _known_forms(raw)
    if not (failed or temporary or lasting or titled or _DEAD.search(said) or _SOFT.search(said)):
        return None
    return _judged(said, lasting=bool(failed or lasting), soft=bool(temporary) and not lasting)


def _reported(report: Part, said: str) -> Bounce | None:
    """A report of RFC 3464: a block about the message, then one for each recipient (section 2.3)."""
    text = report.text()
    blocks = [block for block in re.split(r"\n[ \t]*\n", text) if block.strip()][: _MOST_FIELDS + 1]
    found: list[Bounce] = []
    silent = True
    for block in blocks:
        action = _field(block, "action").partition(" ")[0].lower().strip(";")
        if not action:
            continue
        silent = False
        if action in _NO_FAILURE:
            continue
        status = _STATUS.search(_field(block, "status"))
        why = _field(block, "diagnostic-code") or said
        code = status[0] if status else _code_in(why)
        # It says `failed` with a code of 4.x.x where it tried for days and gave up: that was its last try.
        lasting = action == "failed" or (action != "delayed" and not code.startswith("4"))
        found.append(Bounce(lasting, lasting and _is_dead(code, why), code, _line(why)))
    if silent:
        return _judged(said)
    return max(found, key=lambda bounce: (bounce.lasting, bounce.dead), default=None)


def _field(block: str, name: str) -> str:
    """A field of a block with its folded lines, without what says its type (`rfc822;`, `smtp;`)."""
    found = re.search(rf"(?im)^{name}[ \t]*:[ \t]*(.*(?:\n[ \t]+.*){{0,20}})", block)
    if found is None:
        return ""
    return one_line(re.sub(r"^[a-zA-Z0-9_-]{1,20};[ \t]*", "", found[1]), 4 * LONGEST_DETAIL)


def _judged(said: str, lasting: bool = False, soft: bool = False) -> Bounce:
    """By its sentences alone. Where none of them is known, it came back, and nobody tries it any more."""
    code = _code_in(said)
    dead = _is_dead(code, said)
    soft = not dead and (soft or (not lasting and (code.startswith("4") or bool(_SOFT.search(said)))))
    return Bounce(not soft, dead and not soft, code, _line(_around(said)))


def _is_dead(code: str, said: str) -> bool:
    """Whether there is no such mailbox. A bare 550 is not enough: it is said of spam, too."""
    if _STATUS.fullmatch(code):
        if _DEAD_STATUS.fullmatch(code) or code == "5.4.4":
            return True
        if code.partition(".")[2] not in ("0.0", "1.0", "5.0", "7.1"):
            return False
    if code.startswith("4"):
        return False
    return _DEAD.search(said) is not None


def _code_in(said: str) -> str:
    found = _STATUS.search(said) or _REPLY.search(said)
    return found[0] if found else ""


def _around(said: str) -> str:
    """What says why, where it can be found; else the beginning."""
    found = _DEAD.search(said) or _WHY.search(said) or _STATUS.search(said) or _REPLY.search(said)
    if found is None:
        return said
    start = max(said.rfind("\n", 0, found.start()) + 1, found.start() - 100)
    return said[start : start + LONGEST_DETAIL]


def _line(text: str) -> str:
    return one_line(text, LONGEST_DETAIL)


def _said(message: Part) -> str:
    """What it says to people: its first text, of the report and not of the message that came back."""
    for leaf in message.leaves():
        if leaf.kind in ("text/plain", "text/html") and leaf.disposition != "attachment":
            text = leaf.text()
            plain = lines_of(text) if leaf.kind == "text/html" else text
            if plain.strip():
                return unicodedata.normalize("NFKC", plain[:8000])
    return ""


def _known_forms(raw: bytes) -> tuple[bool, bool]:
    """Whether a form that flufl.bounce knows says that somebody is not reached for now, and for ever."""
    try:
        message: Message = message_from_bytes(raw[:_LOOKED_AT])
        temporary, lasting = all_failures(message)
    except Exception:  # made up to be unreadable: then it says nothing
        return False, False
    return bool(temporary), bool(lasting)
