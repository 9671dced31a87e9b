"""The words of the short texts admins write, in English and Chinese, and a reader over them.

Input methods leave traces: full-width digits, signs and spaces, traditional or simplified characters. All of
them are folded one character for one, so every position stays a position in the text as written.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from alertd.core.text_error import TextError
from alertd.core.timing import TimeUnit

UNITS: Mapping[TimeUnit, str] = {
    TimeUnit.MINUTE: "minutes minute mins min m 分钟 分",
    TimeUnit.HOUR: "hours hour hrs hr h 小时 个小时 钟头 个钟头",
    TimeUnit.DAY: "days day d calendar_days calendar_day 日 天 自然日 个自然日 日历日 个日历日",
    TimeUnit.WORKING_DAY: "working_days working_day working-days working-day workdays workday business_days"
    " business_day wd 工作日 个工作日 工作天 个工作天",
    TimeUnit.WEEK: "weeks week wks wk w 周 星期 个星期 礼拜 个礼拜",
    TimeUnit.MONTH: "months month 个月",
    TimeUnit.YEAR: "years year yrs yr y 年",
}

#: the other words; an underscore is a space, and a space inside a Chinese word is ignored
WORDS: Mapping[str, str] = {
    "month-mark": "月",
    "day-mark": "号",
    "weekday": "monday tuesday wednesday thursday friday saturday sunday"
    " 周一 周二 周三 周四 周五 周六 周日 周天 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天"
    " 个星期一 个星期二 个星期三 个星期四 个星期五 个星期六 个星期日 个星期天",
    "at-least": "at_least no_less_than not_less_than 不少于 不低于 不短于 不得少于 不得低于 不得短于 至少",
    "at-most": "at_most no_more_than not_more_than up_to 不超过 不多于 不得超过 不得多于 至多 最多",
    "within": "within 以内 之内 内",
    "before": "before 以前 之前 前",
    "ahead": "提前",
    "to": "to 至 到 ~",
    "more-than": "more_than longer_than over 超过 大于 多于 长于",
    "less-than": "less_than fewer_than shorter_than under 不满 未满 不足 少于 小于 短于",
    "or-more": "or_more or_longer 以上 及以上",
    "or-less": "or_less or_fewer or_shorter 以下 及以下",
    "beyond": "以外 之外",
    "half": "half half_a half_an 半",
    "and": "and 且 和 与 及 以及",
    "yearly": "yearly annually every_year 每年",
    "half-yearly": "half-yearly half_yearly every_half_year 每半年",
    "quarterly": "quarterly every_quarter 每季度 每季",
    "monthly": "monthly every_month 每月 每个月",
    "half-monthly": "half-monthly half_monthly every_half_month 每半月 每半个月",
    "working-daily": "every_working_day working-daily 每个工作日 每工作日",
    "daily": "daily every_day 每日 每天",
    "next-day": "the_next_day next_day 次日 翌日",
    "same-day": "the_same_day same_day 当日 当天 同日",
    "closing": "close_of_business the_close_of_business before_close_of_business"
    " before_the_close_of_business cob 下班 下班时间",
    "at-latest": "at_the_latest at_latest no_later_than not_later_than 最迟 最迟于 最迟不超过 最迟不得超过"
    " 最晚 最晚于 最晚不超过 不迟于 不得迟于 不晚于 不得晚于",
    "or": "or 或 或者",
    "earlier": "whichever_is_earlier whichever_is_the_earlier whichever_is_sooner whichever_comes_first"
    " 以较早者为准 以先到者为准 以早者为准 以两者较早者为准 两者以较早者为准 两者取其早 以孰早者为准 孰早",
    "later": "whichever_is_later whichever_is_the_later whichever_comes_last"
    " 以较晚者为准 以后到者为准 以晚者为准 以较迟者为准 以两者较晚者为准 两者以较晚者为准 两者取其晚"
    " 以孰晚者为准 孰晚",
    "(": "(",
    ")": ")",
    "urgent": "urgent in_urgent_cases urgent_cases if_urgent when_urgent"
    " 紧急时 紧急的 紧急情况下 紧急情况 情况紧急时 情况紧急的 情况紧急",
    "is": "为",
    "immediately": "immediately at_once 立即 立刻 即时 即刻 马上",
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午 晚上 晚",
    "each": "各 各报 各报送",
    "clock-mark": "时 点",
    ":": ":",
    "at": "at",
    "weekly": "weekly every_week 每周 每星期 每个星期",
    "twofold": "biweekly bi-weekly bimonthly bi-monthly",
    "this-year": "今年 本年 本年度",
    "by": "by 于",
    "last-day": "last_day 最后一日 最后一天 末 底",
    "last": "last 最后一个 最后",
    "first": "first 首个 首",
    "nth": "第",
    "ordinal": "st nd rd th",
    "piece": "个",
    "the": "the",
    "since": "from since 自 从",
    "onwards": "起",
    "in-months": "in_months",
    "between": "between",
    "next-year": "of_the_next_year of_next_year the_next_year next_year 次年 翌年",
    "next-week": "of_the_next_week of_next_week the_next_week next_week 次周 下周",
    "next-month": "of_the_next_month of_next_month the_next_month next_month 次月 翌月",
    "stated": "as_stated 以事件所载日期为准 按事件所载日期",
    "forward": "roll_forward 顺延",
    "back": "roll_back",
    "filler": "遇节假日 遇法定节假日 逢法定节假日 遇法定休息日 遇双休日 遇休息日 逢节假日 逢休息日",
    "every": "every 每",
    "while-open": "while_the_case_is_open while_case_is_open while_open until_the_case_is_closed"
    " until_the_case_closes 直至结案 直到结案 直至办结 直到办结 案件办理期间 办理期间",
    "until-acknowledged": "until_acknowledged 直至签收 直到签收",
    "times": "times 次",
    "opens": "opens",
    "start": "start",
    "earliest": "earliest",
    "due": "due",
    "office-due": "office-due",
    "last-workday": "last-workday",
    "+": "+",
    "-": "-",
    "%": "%",
    ",": ",",
}

_ONCE_A_WEEK = "周一"
_WEEKDAYS = WORDS["weekday"].split()[:7]
_TRADITIONAL = str.maketrans(
    "個時點鐘鍾週內後於過載為準順節簽兩結辦間號與從頭曆歷禮當遲較馬緊況滿長－—–−～〜、",
    "个时点钟钟周内后于过载为准顺节签两结办间号与从头历历礼当迟较马紧况满长----~~,",
)
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_YEAR_DIGITS = 4
_ONE = "[一二三四五六七八九]"
_LARGE = "[一二两三四五六七八九]"
_TENS = f"{_ONE}?十{_ONE}?"
_HUNDREDS = f"{_LARGE}百(?:[零〇]{_ONE}|{_TENS})?"
_YEAR = "[零〇一二三四五六七八九]{4}(?=\\s*年)"  # 二〇二六年, digit by digit
_NUMBER = re.compile(
    f"[0-9]+|{_YEAR}|{_LARGE}千(?:[零〇](?:{_TENS}|{_ONE})|{_HUNDREDS})?|{_HUNDREDS}|{_TENS}|[零〇一二两三四五六七八九]"
)
_MARKS = ("<circle>", "<super>", "<sub>")
_UNKNOWN = re.compile(r"[a-z]+(?:-[a-z]+)*|[^\sa-z0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is "number", "unit", "mark" (of a footnote), "unknown" or a key of WORDS.

    `number` is that of a number, and of a weekday 1 (Monday) to 7.
    """

    kind: str
    position: int
    text: str
    number: int = 0
    unit: TimeUnit | None = None


def fold(text: str) -> str:
    """The text in narrow, simplified, lower-case characters; the same length as before."""
    return "".join(_fold_one(c) for c in text).translate(_TRADITIONAL)


def _fold_one(c: str) -> str:
    if _is_mark(c):
        return c
    narrow = unicodedata.normalize("NFKC", c).lower()
    return narrow if len(narrow) == 1 else c


def _is_mark(c: str) -> bool:
    """Whether a character is how a document marks a footnote: ①, ², ⑴. Folded, it would be a digit more."""
    return unicodedata.category(c) == "No" or unicodedata.decomposition(c).startswith(_MARKS)


def _lexicon() -> list[tuple[re.Pattern[str], str, TimeUnit | None]]:
    entries: list[tuple[str, str, TimeUnit | None]] = []
    entries += [(word, "unit", unit) for unit, words in UNITS.items() for word in words.split()]
    entries += [(word, kind, None) for kind, words in WORDS.items() for word in words.split()]
    entries.sort(key=lambda entry: -len(entry[0]))
    return [(_pattern(word), kind, unit) for word, kind, unit in entries]


def _pattern(word: str) -> re.Pattern[str]:
    if word.isascii():
        body = re.escape(word).replace("_", r"\s+")
        return re.compile(body + r"(?![a-z])" if word[-1].isalpha() else body)
    body = r"\s*".join(word)
    return re.compile(body + r"(?!\s*次)" if word == _ONCE_A_WEEK else body)  # 每2周一次 is no Monday


_LEXICON = _lexicon()
_WRITTEN = " ".join([*UNITS.values(), *WORDS.values()]).split()
_SPELLINGS = sorted({word.replace("_", " ") for word in _WRITTEN if word.isascii()})


def _likest(found: str) -> tuple[float, str]:
    return max((difflib.SequenceMatcher(None, found, word).ratio(), word) for word in _SPELLINGS)


def scan(text: str, position: int = 0) -> list[Token]:
    """The tokens of a text from a position on; what is not understood becomes a token of kind "unknown"."""
    folded = fold(text)
    tokens: list[Token] = []
    while position < len(folded):
        if folded[position].isspace():
            position += 1
            continue
        token = _mark_at(text, position) or _word_at(text, folded, position)
        token = token or _number_at(text, folded, position)
        token = token or _unknown_at(text, folded, position)
        tokens.append(token)
        position += len(token.text)
    return tokens


def _mark_at(text: str, position: int) -> Token | None:
    return Token("mark", position, text[position]) if _is_mark(text[position]) else None


def _word_at(text: str, folded: str, position: int) -> Token | None:
    for pattern, kind, unit in _LEXICON:
        if found := pattern.match(folded, position):
            number = _weekday(found.group()) if kind == "weekday" else 0
            return Token(kind, position, text[position : found.end()], number, unit)
    return None


def _weekday(folded: str) -> int:
    if folded.isascii():
        return _WEEKDAYS.index(folded) + 1
    return _DIGITS.get(folded[-1], len(_WEEKDAYS))  # 日 and 天 are Sunday


def _number_at(text: str, folded: str, position: int) -> Token | None:
    found = _NUMBER.match(folded, position)
    if found is None:
        return None
    return Token("number", position, text[position : found.end()], number=_value(found.group()))


def _value(digits: str) -> int:
    if digits[0].isascii():
        return int(digits[:20])
    if len(digits) == _YEAR_DIGITS and all(c in _DIGITS for c in digits):
        return int("".join(str(_DIGITS[c]) for c in digits))
    total = digit = 0
    for c in digits:
        if c in _PLACES:
            total += (digit or 1) * _PLACES[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return total + digit


def _unknown_at(text: str, folded: str, position: int) -> Token:
    found = _UNKNOWN.match(folded, position)
    end = found.end() if found else position + 1
    return Token("unknown", position, text[position:end])


class TokenReader:
    """Walks over the tokens of one text; every failure is a TextError at the place it happened."""

    def __init__(self, text: str, expected: str, begin: int = 0) -> None:
        self.text = text
        self._tokens = scan(text, begin)
        self._next = 0
        if not self._tokens:
            raise TextError("empty", {"expected": expected})
        for token in self._tokens:
            if token.kind == "mark":
                plain = "".join(c for c in text if not _is_mark(c)).strip()
                raise TextError("footnote-mark", {"found": token.text}, token.position, plain)

    def peek(self, ahead: int = 0) -> Token | None:
        index = self._next + ahead
        return self._tokens[index] if index < len(self._tokens) else None

    def all_of(self, *kinds: str) -> list[Token]:
        """The tokens of some kinds, from the beginning of the text on."""
        return [token for token in self._tokens if token.kind in kinds]

    def take(self, *kinds: str) -> Token | None:
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self._next += 1
        return token

    def need(self, kind: str, expected: str) -> Token:
        return self.take(kind) or self.fail(expected)

    def finish(self, expected: str = "end") -> None:
        if self.peek() is not None:
            self.fail(expected)

    def fail(self, expected: str) -> NoReturn:
        token = self.peek()
        if token is None:
            raise TextError("end-too-soon", {"expected": expected}, len(self.text))
        values = {"found": token.text, "expected": expected}
        raise TextError("unexpected", values, token.position, self._repaired(token))

    def _repaired(self, token: Token) -> str:
        if token.kind != "unknown" or not fold(token.text)[0].isascii():
            return ""
        after = self.peek(1)
        ends = [token.position + len(token.text)]
        if after is not None:  # two words may make one of ours: "workng days"
            ends.append(after.position + len(after.text))
        likeness, word, end = max((*_likest(fold(self.text[token.position : end])), end) for end in ends)
        return self.text[: token.position] + word + self.text[end:] if likeness >= 0.75 else ""
