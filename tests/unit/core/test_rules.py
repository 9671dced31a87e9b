"""Rule texts in English and Chinese, and what is said about those that cannot be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.core.rules import parse_rule
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Period, PeriodDay, Roll, Rule, RuleKind, TimeUnit

NAMES = {
    TimeUnit.MINUTE: ("minutes", "分鐘"),
    TimeUnit.HOUR: ("hours", "小時"),
    TimeUnit.DAY: ("days", "日"),
    TimeUnit.WORKING_DAY: ("working days", "個工作日"),
    TimeUnit.WEEK: ("weeks", "週"),
    TimeUnit.MONTH: ("months", "個月"),
    TimeUnit.YEAR: ("years", "年"),
}


def within(amount, unit, **more):
    return Rule("", RuleKind.ELAPSED, maximum=Duration(amount, unit), **more)


def window(low, high, unit):
    return Rule("", RuleKind.ELAPSED, Duration(low, unit), Duration(high, unit))


def at_least(amount, unit):
    return Rule("", RuleKind.ELAPSED, minimum=Duration(amount, unit))


def dated(period, *days, **more):
    return Rule("", RuleKind.CALENDAR, period=period, days=days, **more)


def yearly(month, day, next_period=False, **more):
    return dated(Period.YEAR, PeriodDay(month, day, following=next_period), **more)


def quarterly(day, next_period=False, **more):
    return dated(Period.QUARTER, PeriodDay(day=day, following=next_period), **more)


def half_yearly(day, next_period=False, **more):
    return dated(Period.HALF, PeriodDay(day=day, following=next_period), **more)


def monthly(day, next_period=False, **more):
    return dated(Period.MONTH, PeriodDay(day=day, following=next_period), **more)


def recurring(amount, unit):
    return Rule("", RuleKind.RECURRING, maximum=Duration(amount, unit))


STATED = Rule("", RuleKind.STATED)
MEANINGS = [
    (within(5, TimeUnit.HOUR), "5 hours|5小時|5個小時內|５ ＨＯＵＲＳ|within 5 hours|5小時以內|五小时"),
    (within(30, TimeUnit.MINUTE), "30 minutes|30分鐘|三十分钟内"),
    (within(15, TimeUnit.DAY), "15 days|15日|15天|15日內|十五天|不超過15日|at most 15 days"),
    (within(2, TimeUnit.WEEK), "2 weeks|2週|兩周"),
    (within(3, TimeUnit.MONTH), "3 months|3個月|三个月内"),
    (within(1, TimeUnit.YEAR), "1 year|1年|一年"),
    (within(5, TimeUnit.WORKING_DAY), "5 working days|5WORKING   DAYS|5個工作日|5 個 工作日|五个工作日内"),
    (
        window(5, 15, TimeUnit.WORKING_DAY),
        "5 to 15 working days|5-15 working days|5 working days to 15 working days|5至15個工作日|5～15个工作日"
        "|五到十五個工作日|5個工作日至15個工作日|at least 5 and at most 15 working days"
        "|不少於5個工作日，不超過15個工作日|at least 5 working days and no more than 15 working days",
    ),
    (at_least(30, TimeUnit.DAY), "at least 30 days|不少於30天|不少于30日|至少三十日|no less than 30 days"),
    (at_least(24, TimeUnit.HOUR), "at least 24 hours|不少於24小時"),
    (
        yearly(12, 30),
        "yearly by 12-30|每年12月30日前|Yearly  By 12－30|每年十二月三十日之前|annually by 12-30",
    ),
    (
        yearly(1, 30, next_period=True),
        "yearly by 01-30 of the next year|次年1月30日前|每年次年1月30日前|yearly by 1-30 of next year",
    ),
    (yearly(12, 31), "yearly by last day|每年底前|每年末"),
    (yearly(2, 31), "每年2月底前"),
    (yearly(2, 29), "yearly by 02-29"),
    (quarterly(10, next_period=True), "quarterly by day 10 of the next month|每季度次月10日前"),
    (quarterly(31), "quarterly by last day|每季度末|每季末前"),
    (half_yearly(31), "half-yearly by last day|every half year by last day|每半年末"),
    (half_yearly(10, next_period=True), "half-yearly by day 10 of the next month|每半年次月10日前"),
    (monthly(5, next_period=True), "monthly by day 5 of the next month|次月5日前|每月次月5日前"),
    (monthly(25), "monthly by day 25|每月25日前|每個月25日前|every month by day 25"),
    (monthly(31), "monthly by last day|每月底前|每月最後一日|monthly by day 31"),
    (STATED, "as stated|以事件所載日期為準|以事件所载日期为准|As  Stated"),
    (
        recurring(12, TimeUnit.HOUR),
        "every 12 hours while open|每12小時一次，直至結案|每十二小时一次,直至结案"
        "|every 12 hours until the case closes",
    ),
    (recurring(1, TimeUnit.WORKING_DAY), "every working day while open|每個工作日一次，直至辦結"),
    (recurring(2, TimeUnit.DAY), "every 2 days while the case is open|每2日一次直至結案"),
    (recurring(1, TimeUnit.MONTH), "every month while open|每月一次，直至結案"),
    (recurring(3, TimeUnit.MONTH), "every quarter while open"),
    (Rule("", RuleKind.WHILE_OPEN), "while the case is open|while open|案件辦理期間"),
    (yearly(12, 30, roll=Roll.FORWARD), "yearly by 12-30 roll forward|每年12月30日前，遇節假日順延"),
    (within(15, TimeUnit.DAY, roll=Roll.FORWARD), "15 days roll forward|15日 順延"),
    (within(15, TimeUnit.DAY, roll=Roll.BACK), "15 days roll back|15日，遇節假日提前"),
    (
        within(5, TimeUnit.WORKING_DAY, before=True),
        "5 working days before|at least 5 working days before|提前5個工作日|5個工作日前",
    ),
    (within(7, TimeUnit.DAY, before=True), "7 days before|7日前|提前至少7日"),
]


@pytest.mark.parametrize(
    ("meaning", "text"), [(m, text) for m, texts in MEANINGS for text in texts.split("|")]
)
def test_a_rule_means_the_same_however_it_is_written(meaning, text):
    rule = parse_rule(f" {text} ")
    assert rule.text == text
    assert Rule(**{**{name: getattr(rule, name) for name in Rule.__slots__}, "text": ""}) == meaning


@given(st.sampled_from(list(NAMES)), st.integers(1, 50), st.integers(1, 50), st.sampled_from([0, 1]))
def test_what_is_written_is_what_is_read(unit, low, more, language):
    name = NAMES[unit][language]
    texts = {
        f"{low} {name}": within(low, unit),
        f"{low} {('to', '至')[language]} {low + more} {name}": window(low, low + more, unit),
        f"{('at least', '不少於')[language]} {low} {name}": at_least(low, unit),
        f"{low} {name}{(' before', '前')[language]}": within(low, unit, before=True),
    }
    for text, meaning in texts.items():
        rule = parse_rule(text)
        assert (rule.kind, rule.minimum, rule.maximum) == (meaning.kind, meaning.minimum, meaning.maximum)
        assert rule.before is meaning.before
        assert rule.by_the_hour is unit.exact


@pytest.mark.parametrize(
    ("text", "code", "position", "hint"),
    [
        ("", "empty", 0, ""),
        ("soon", "unexpected", 0, ""),
        ("yearly", "end-too-soon", 6, ""),
        ("yearly by", "end-too-soon", 9, ""),
        ("yearly by 12", "end-too-soon", 12, ""),
        ("yearly by 13-01", "no-such-date", 10, ""),
        ("yearly by 02-30", "no-such-date", 10, ""),
        ("monthly by day 32", "no-such-date", 15, ""),
        ("monthly by day 0", "no-such-date", 15, ""),
        ("monthly by day 5 of the next year", "next-mismatch", 17, ""),
        ("yearly by 01-30 of the next month", "next-mismatch", 16, ""),
        ("by 12-30", "unexpected", 0, "yearly by 12-30"),
        ("yearli by 12-30", "unexpected", 0, "yearly by 12-30"),
        ("12月30日前", "month-name", 0, "每年12月30日前"),
        ("3月", "month-name", 0, "3個月"),
        ("1月底前", "month-name", 0, "每年1月底前"),
        ("一百二日", "unexpected", 2, ""),
        ("半日", "unexpected", 1, ""),
        ("1小時至1小時30分鐘", "units-differ", 4, ""),
        ("1個月15個工作日", "unexpected", 3, ""),
        ("200 hours 1 minute", "too-large", 10, ""),
        ("7月底", "month-name", 0, "每年7月底前"),
        ("每年3月前", "month-without-day", 2, "每年3月底前"),
        ("2026年12月", "month-without-day", 5, "2026年12月底前"),
        ("2026年2月29日前", "no-such-date", 0, ""),
        ("by 2026-02-30", "no-such-date", 8, ""),
        ("by 2026-01-30 of the next year", "next-mismatch", 3, ""),
        ("15號前", "day-name", 0, "每月15日前"),
        ("weekly", "end-too-soon", 6, "weekly by friday"),
        ("每周", "end-too-soon", 2, "每周五前"),
        ("每半月", "end-too-soon", 3, "每半月最後一日前"),
        ("每周末前", "unexpected", 2, ""),
        ("每周次月5日前", "next-mismatch", 2, ""),
        ("biweekly by friday", "twofold", 0, ""),
        ("每兩周周五前", "since-missing", 0, ""),
        ("every 3 years by 12-31", "since-missing", 0, ""),
        ("every 2 weeks from 2026-02-30 by friday", "no-such-date", 19, ""),
        ("monthly by 5th friday", "too-large", 11, ""),
        ("每月前20個工作日內", "too-large", 3, ""),
        ("quarterly by month 4 day 10", "too-large", 19, ""),
        ("每年12月25日、6月25日前", "dates-order", 9, ""),
        ("yearly by 06-25 and 12-25 of the next year", "dates-order", 20, ""),
        ("每月15日、15日前", "dates-order", 6, ""),
        ("5月至10月每季度末前", "season-unfit", 0, ""),
        ("3月至4月", "month-name", 0, "每年3月至4月前"),
        ("11月1日至12月15日", "month-name", 0, "每年11月1日至12月15日前"),
        ("每年11月至3月", "window-backwards", 2, "每年11月至次年3月"),
        ("每月25日至5日", "window-backwards", 2, "每月25日至次月5日"),
        ("yearly between 04-30 and 03-01", "window-backwards", 15, ""),
        ("monthly between 2nd friday and day 20", "unexpected", 27, ""),
        ("每年3月至4月、6月前", "unexpected", 8, ""),
        ("每日", "end-too-soon", 2, "每日16時前"),
        ("每日0時前", "no-such-time", 2, ""),
        ("每日25時前", "no-such-time", 2, ""),
        ("每日12時60分前", "no-such-time", 2, ""),
        ("每年6月25日、12月25日12時前", "time-of-several", 14, ""),
        ("15日12時前", "day-name", 0, "15日內12時前"),
        ("5小時12時前", "time-needs-last-day", 3, ""),
        ("次日", "end-too-soon", 2, ""),
        ("每日17時和8時前", "times-order", 6, ""),
        ("每日下班和20時前", "times-order", 5, ""),
        ("daily by 08:00 and 08:00", "times-order", 19, ""),
        ("每日上午16時前", "no-such-time", 2, ""),
        ("每日下午12時前", "no-such-time", 2, ""),
        ("每日兩次，直至結案", "more-than-once", 2, ""),
        ("每2日8時，直至結案", "unexpected", 3, ""),
        ("5小時下班前", "time-needs-last-day", 3, ""),
        ("15日下班前", "day-name", 0, "15日內下班前"),
        ("每月15日、25日下班前", "time-of-several", 9, ""),
        ("每年12月30日8時和17時前", "unexpected", 10, ""),
        ("當日和次日", "unexpected", 2, ""),
        ("當日提前", "ahead-behind", 2, ""),
        ("超過5日", "strict-bound", 0, "不少於6日"),
        ("超过5个工作日", "strict-bound", 0, "不少於6个工作日"),
        ("不滿5日", "strict-bound", 0, "不超過4日"),
        ("不足1日", "strict-bound", 0, ""),
        ("超過24小時", "strict-bound", 0, "不少於24小時"),
        ("不满3个月", "strict-bound", 0, "不超過3个月"),
        ("5日以外", "strict-bound", 2, "不少於6日"),
        ("more than 5 days", "strict-bound", 0, "at least 6 days"),
        ("less than 5 working days", "strict-bound", 0, "at most 4 working days"),
        ("over 24 hours", "strict-bound", 0, "at least 24 hours"),
        ("15日內，最遲不超過30日", "never-decides", 5, ""),
        ("5日或7日，以較晚者為準", "never-decides", 2, ""),
        ("會前3個工作日", "unexpected", 0, "提前3個工作日"),
        ("会议召开前5日", "unexpected", 0, "提前5日"),
        ("會後3日前", "lead-ahead", 0, ""),
        ("不得早於會後5日", "unexpected", 0, ""),
        ("不得早於會前5日", "unexpected", 0, ""),
        ("每次會後3日內", "unexpected", 1, ""),
        ("最遲於會後5日內", "unexpected", 0, ""),
        ("每月5日前，遇特殊日順延", "unexpected", 6, ""),
        ("每月5日前（遇節假日順延", "end-too-soon", 12, ""),
        ("每月5日前（", "unexpected", 5, "每月5日前"),
        ("每周五前報送", "unexpected", 4, "每周五前"),
        ("自發佈之日起每月5日前", "unexpected", 6, ""),
        ("自收到次日起15日內", "unexpected", 1, ""),
        ("公示期不得少於7日", "unexpected", 0, "不得少於7日"),
        ("並不得早於5日", "unexpected", 0, ""),
        ("重大事項2小時內報告", "unexpected", 0, "2小時內"),
        ("30日內完成", "unexpected", 4, "30日內"),
        ("30日內不完成", "unexpected", 4, ""),
        ("3月底前完成", "month-name", 0, "每年3月底前"),
        ("每月5日前報送上月數據", "unexpected", 5, "每月5日前"),
        ("2026年6月底前基本建成", "unexpected", 9, "2026年6月底前"),
        ("立即整改", "unexpected", 2, "立即"),
        ("7個工作日（特殊情況可延長至15個工作日）", "unexpected", 5, "7個工作日"),
        ("本月25日前", "unexpected", 0, ""),
        ("逢單月10日前", "unexpected", 0, ""),
        ("年底前", "unexpected", 0, "每年年底前"),
        ("2026年上半年", "year-name", 0, "2026年6月30日前"),
        ("2026年第三季度末", "unexpected", 7, "2026年9月30日前"),
        ("每年3月、9月底前", "month-without-day", 2, "每年3月底、9月底前"),
        ("每月一次", "once-without-day", 0, "每月最後一日前"),
        ("每周一次", "once-without-day", 0, "每周日前"),
        ("monthly 1 times", "once-without-day", 0, "monthly by last day"),
        ("5個工作日，緊急時24小時", "hours-and-days", 6, ""),
        ("5個工作日，緊急時", "end-too-soon", 9, ""),
        ("5至15個工作日，緊急時2個工作日", "no-choice", 9, ""),
        ("每年12月30日前，緊急時2日", "no-choice", 10, ""),
        ("5個工作日，緊急時2個工作日，最遲12月15日", "unexpected", 15, ""),
        ("立即，最遲1小時", "immediately-bound", 3, "1小時"),
        ("immediately, at the latest 2 hours", "immediately-bound", 13, "2 hours"),
        ("24小時內，最遲12月15日", "hours-and-days", 6, ""),
        ("提前5個工作日，最遲12月15日", "no-choice", 8, ""),
        ("5至15個工作日，最遲12月15日", "no-choice", 9, ""),
        ("不少於30日，最遲12月15日", "no-choice", 7, ""),
        ("每年12月30日前，最遲12月15日", "no-choice", 10, ""),
        ("2個工作日內，最遲12月15日、20日", "one-date", 9, ""),
        ("2個工作日內，最遲12月1日至15日", "one-date", 9, ""),
        ("2個工作日內，最遲次年1月5日", "unexpected", 9, ""),
        ("2個工作日內，最遲", "end-too-soon", 9, ""),
        ("2個工作日或7日", "end-too-soon", 8, ""),
        ("2 working days, at the latest 02-30", "no-such-date", 30, ""),
        ("每周下班前", "unexpected", 2, ""),
        ("15日，遇節假日", "end-too-soon", 8, ""),
        ("每年12月30日前，遇節假日不變", "unexpected", 14, ""),
        ("monthly between day 5", "end-too-soon", 21, ""),
        ("monthly by 06-25", "unexpected", 13, ""),
        ("2026年2月1日至2月30日", "no-such-date", 10, ""),
        ("每月第五個星期", "unexpected", 4, ""),
        ("2026年", "year-name", 0, ""),
        ("at most 5 days before", "early-only", 0, "5 days before"),
        ("within 3 working days before", "early-only", 0, "3 working days before"),
        ("至多5日前", "early-only", 0, "提前5日"),
        ("提前5日以內", "early-only", 4, "提前5日"),
        ("5日內前", "early-only", 2, "提前5日"),
        ("3個工作日提前", "ahead-behind", 5, "提前3個工作日"),
        ("15日 提前", "ahead-behind", 4, "提前15日"),
        ("5至15日提前", "ahead-behind", 5, ""),
        ("15①日", "footnote-mark", 2, "15日"),
        ("5²個工作日", "footnote-mark", 1, "5個工作日"),
        ("每年12月30日前⑴", "footnote-mark", 9, "每年12月30日前"),
        ("5 workng days", "unexpected", 2, "5 working days"),
        ("15 to 5 days", "window-empty", 0, ""),
        ("5 to 5 days", "window-empty", 0, ""),
        ("5 hours to 2 days", "units-differ", 11, ""),
        ("5 hours roll forward", "roll-needs-last-day", 8, ""),
        ("at least 30 days 順延", "roll-needs-last-day", 17, ""),
        ("5 hours and a half", "unexpected", 8, ""),
        ("0 days", "zero", 0, ""),
        ("every 12 hours", "end-too-soon", 14, ""),
        ("every 0 hours while open", "zero", 6, ""),
        ("every 12 hours while opn", "unexpected", 15, "every 12 hours while open"),
        ("every 2 days while open roll forward", "unexpected", 24, ""),
        ("while open 順延", "unexpected", 11, ""),
    ],
)
def test_a_bad_rule_says_what_where_and_what_would_be_right(text, code, position, hint):
    with pytest.raises(TextError) as caught:
        parse_rule(text)
    assert (caught.value.code, caught.value.position, caught.value.hint) == (code, position, hint)
    assert "{" not in str(caught.value)


WORDS = (
    "每年 每季度 每月 每半月 每周 次年 次月 每2周 自2026年起 5月至10月 2026年 今年 12月 30日 、 和 15日"
    " 至 周五 五 日 月末 底"
    " 最後一個 第2個 工作日 前10個工作日 前 內 提前 至多 不少於 5 小時 個月 半年 首月 ，"
    " 遇節假日 順延 號 ① 週 天 年 月"
    " 當日 次日 每日 8時 17時 下班 上午 各 一次 直至結案 每個工作日 立即 最遲 或"
    " 以較早者為準 以較晚者為準 12月15日 年底 緊急時 為"
    " 超過 不滿 以上 以下 以外 會後 自受理之日起 會前 完成 上半年"
)
ENGLISH_WORDS = (
    "yearly quarterly monthly weekly half-monthly by between and from 2026 2026-12-04 in months 5 to 10 day"
    " last friday working 2nd first of the next month year roll forward back every 2 weeks 12-30 at least"
    " most before within days hours , - daily the same day close of business 17:00 while open at the"
    " latest urgent : half a more than less or whichever is earlier later immediately"
)
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS.split()), max_size=8).map("".join),
    st.lists(st.sampled_from(ENGLISH_WORDS.split()), max_size=8).map(" ".join),
)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_a_text_made_of_our_words_is_read_or_refused_and_what_is_offered_can_be_said(text):
    error = failure(text)
    if error is not None:
        assert 0 <= error.position <= len(text)
        assert str(error)
        assert not error.hint or failure(error.hint) is None


@given(st.text(alphabet="5一十 日前年月每次末to-by,順延提at least工作個hours", max_size=20))
def test_any_text_is_read_or_refused_within_its_bounds(text):
    error = failure(text)
    assert error is None or (0 <= error.position <= len(text) and str(error))


def failure(text):
    try:
        parse_rule(text)
    except TextError as error:
        return error
    return None
