"""What somebody wrote, without what they answer to, without signatures, and without what a telephone adds.

Quotations come above, below or between, marked with `>` or only by a line that says so, in the words of each
program. Whatever is not recognised stays: too much evidence is better than none.
"""

from __future__ import annotations

import re
import unicodedata

#: lines that are looked at
MOST_LINES = 2000
#: characters of a line that are looked at for what it is
_LOOKED_AT = 400
#: an attribution may be broken over so many lines
_LONGEST_ATTRIBUTION = 4

_RULED = re.compile(
    r"[-_—–=*~]{2,}\s*(?:original(?: (?:message|mail|email|appointment))?|(?:replied|forwarded) message"
    r"|(?:被?(?:回复|答复|回覆|转发|轉發|轉寄)的?)?(?:原始?|来信|源)?(?:邮件|郵件|信件|消息|訊息|信息))"
    r"\s*(?:信息)?\s*[-_—–=*~]{2,}",
    re.IGNORECASE,
)
_UNDERLINE = re.compile(r"[_—]{10,}")
_FROM = re.compile(r"\*?(?:from|发件人|發件人|寄件者|寄件人|发信人|發信人|发送人)\s*\*?:", re.IGNORECASE)
_ALSO_HEADER = re.compile(
    r"\*?(?:sent|date|to|subject|cc|发送时间|发送日期|傳送時間|寄件日期|日期|时间|時間|收件人|收件者|主题|主題|主旨|抄送"
    r"|副本)\s*\*?:",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:\bwrote|写道|寫道|来信|a écrit|schrieb)\s*:?\s*$", re.IGNORECASE)
_BEGINS_ATTRIBUTION = re.compile(r"(?:on|at)\b.*\d|[在于於].*\d|.*@|.*\d{4}\s*[-年/.]", re.IGNORECASE)
_ADDED = re.compile(
    r"(?:sent from (?:my|mail|outlook|yahoo|samsung|gmail|the)\b|sent (?:via|using|with)\b"
    r"|sent from .{0,20}(?:iphone|ipad|android|huawei|xiaomi|phone|mobile)"
    r"|(?:get|获取|獲取|下載|下载) ?outlook\b|从 ?windows.{0,20}发送"
    r"|[从從]我的.{1,20}(?:发送|傳送|發送)|(?:发自|發自|发送自|發送自|来自|來自)我的"
    r"|(?:发自|發自)(?:网易|新浪|腾讯|qq|126|163|华为|小米|手机|阿里|139|189|企业)"
    r"|[通由].{0,20}(?:手机|邮箱大师|客户端)发送)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_—–=*~]{2,}")


def written(text: str) -> str:
    """What is new in the text of a mail, its lines kept, blank ones at both ends taken away."""
    lines = text.split("\n", MOST_LINES)[:MOST_LINES]
    folded = [folded_line(line) for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = folded[at]
        if line == "--" and _any(kept):
            # A signature (RFC 3676 section 4.3); above what is quoted below it, it ends with that.
            break
        if _begins_quotation(folded, at):
            break
        if length := _attribution(folded, at):
            at += length
            if not _next_is_marked(folded, at):
                break
            continue
        if not line.startswith(">") and not _is_added(line):
            kept.append(lines[at])
        at += 1
    while kept and (not kept[-1].strip() or _RULE.fullmatch(folded_line(kept[-1]))):
        kept.pop()
    return "\n".join(kept).strip()


def folded_line(line: str) -> str:
    """The beginning of a line in one form: half-width, without blanks at its ends or what has no shape."""
    plain = unicodedata.normalize("NFKC", line[:_LOOKED_AT])
    return "".join(each for each in plain if unicodedata.category(each) != "Cf").strip()


def _any(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _begins_quotation(lines: list[str], at: int) -> bool:
    """Whether all that follows is the mail that is answered."""
    line = lines[at]
    if _RULED.match(line) or _UNDERLINE.fullmatch(line):
        return True
    if not _FROM.match(line):
        return False
    near = [each for each in lines[at + 1 : at + 6] if each]
    return any(_ALSO_HEADER.match(each) for each in near)


def _attribution(lines: list[str], at: int) -> int:
    """How many lines say who wrote what is quoted next, 0 where none does."""
    if not lines[at] or lines[at].startswith(">") or not _BEGINS_ATTRIBUTION.match(lines[at]):
        return 0
    for more in range(1, _LONGEST_ATTRIBUTION + 1):
        said = lines[at : at + more]
        if not all(said):
            return 0
        if _WROTE.search(said[-1]):
            return more
    return 0


def _next_is_marked(lines: list[str], at: int) -> bool:
    return next((line for line in lines[at:] if line), "").startswith(">")


def _is_added(line: str) -> bool:
    plain = line.lstrip("-—–*_ ").lstrip()
    return len(line) <= 80 and _ADDED.match(plain) is not None
