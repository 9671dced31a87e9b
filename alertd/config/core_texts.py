"""What core objects to in a short text (rule, duration, repeat, step time), in English and Chinese.

English is core's own (core.text_error); Chinese stands here, under the same codes.
"""

from __future__ import annotations

from collections.abc import Mapping

from alertd.core.text_error import ENGLISH, EXPECTED

EXPECTED_ZH: Mapping[str, str] = {
    "and": "「and」及最後一日",
    "amount": "整數",
    "anchor": "opens、start、earliest、due、office-due、last-workday 或百分比（例如 50%）",
    "weekday": "星期幾，例如「周五」",
    "date": "日期，例如「12月30日」或「最後一日」",
    "way": "渠道，其後可寫等候時間，例如「sms 5分鐘後」",
    "way-wait": "等候時間，例如「sms 5分鐘後」",
    "while-open": "「直至結案」，例如「每12小時一次，直至結案」",
    "day-of-month": "日，例如「10日」或「最後一日」",
    "duration": "時長，例如「30分鐘」「5小時」「15日」「5個工作日」",
    "end": "到此為止，不再有內容",
    "half": "「半」後的年、個月或小時",
    "last-day": "「最後一日」",
    "limit": "日期（例如「12月15日」）或時長",
    "which": "「以較早者為準」或「以較晚者為準」",
    "percent": "百分比，例如 50%",
    "period": "「每年」「每季度」或「每月」",
    "repeat": "「每10分鐘，直至簽收，至多6次」",
    "time": "時刻，例如「16時」「下班前」",
    "roll": "「順延」或「提前」",
    "rule": "期限，例如「5小時」「5至15個工作日」「不少於30日」「每年12月30日前」「以事件所載日期為準」",
    "sign": "「+」或「-」及時長",
    "unit": "單位:分鐘、小時、日、工作日、周、個月、年",
}

CHINESE: Mapping[str, str] = {
    "empty": "此處為空，應為{expected}",
    "end-too-soon": "文字不完整，應有{expected}",
    "unexpected": "此處不能寫「{found}」，應為{expected}",
    "zero": "「{found}」不是時長，數字至少為 1",
    "too-large": "「{found}」過大，最大為 {limit}",
    "footnote-mark": "「{found}」是腳註記號，不屬於期限，請刪去",
    "early-only": "「{found}」與「前」連用，只說最早何時，沒有說最遲何時",
    "ahead-behind": "「{found}」寫在時長之後，看不出是提前多久，還是遇節假日提前",
    "year-name": "「{found}」是年份，不是時長；日期須寫明月、日",
    "day-name": "「{found}」是某月的一天，不是時長",
    "month-name": "「{found}」是月份；時長須寫單位（例如「3個月」），每年的日期須以「每年」開頭",
    "units-differ": "「{first}」與「{second}」單位不同，區間只能用一種單位",
    "window-empty": "區間 {minimum} 至 {maximum} 沒有餘地，前一個數字須較小",
    "no-such-date": "沒有「{found}」這一天",
    "next-mismatch": "「{found}」與此期限不符：每年用次年，每季度、每月用次月",
    "roll-needs-last-day": "「{found}」須有最後一日才能順延或提前：小時時限與最短期限不順延",
    "cap-missing": "重複須有上限，例如「，至多6次」",
    "percent-range": "「{found}」超出範圍，應為 0% 至 100%",
    "date-over": "至{start}，此期限所載日期已過，且沒有別的日期",
    "dates-order": "「{found}」排得太晚：多個日期須按先後排列，且都在一個週期之內",
    "window-backwards": "「{found}」的結束不晚於開始",
    "time-of-several": "「{found}」可能指每個日期，也可能只指最後一個：請分列為不同期限",
    "never-decides": "「{found}」與前一時限單位相同，其中一個從不起作用",
    "once-without-day": "「{found}」只說多久一次，沒有說何時之前",
    "strict-bound": "「{found}」不包括本數，而期限包括本數（民法典第1259條）",
    "lead-ahead": "「{found}」是向後計，其後的卻是向前計",
    "immediately-bound": "「{found}」給出了時限，與「立即」不是同一時限",
    "hours-and-days": "「{found}」前後一為小時、一為日：兩個時限須同為小時或同為日",
    "no-choice": "「{found}」不能用在此處：只有自起算向後計、有屆滿之日的，才有較早、較晚",
    "one-date": "「{found}」須是一個日期，不寫年份或寫明年份",
    "times-order": "「{found}」排得太早：多個時刻須按先後排列，「下班」排在最後",
    "more-than-once": "「{found}」只說幾次，沒有說何時：請寫明時刻，例如「每日8時和17時」",
    "no-such-time": "一日至24時為止，「{found}」不是其中的時刻",
    "time-needs-last-day": "「{found}」是一日之中的時刻，但此期限沒有最後一日",
    "since-missing": "「{found}」須寫明從何時起，例如「自2026年起」",
    "twofold": "「{found}」既可指一期兩次，也可指兩期一次，請寫明",
    "year-of-plan": "「{found}」指計劃所屬年度，此處不知是哪一年，請寫明年份",
    "season-unfit": "「{found}」起的月份範圍只能與每周、每半月、每月連用",
    "month-without-day": "「{found}」只有月份，沒有日期",
    "stated-missing": "此期限以事件所載日期為準，但事件未載日期",
    "stated-too-early": "所載日期 {stated} 早於起算時間 {start}",
    "out-of-range": "{found} 超出 {first} 至 {last} 年的範圍",
}


def core_sentence(code: str, args: Mapping[str, str], language: str) -> str:
    """The template of a code with its expectation filled in and, where known, the whole text before it."""
    sentences, expected = (ENGLISH, EXPECTED) if language == "en" else (CHINESE, EXPECTED_ZH)
    # A code younger than these sentences is still said, in English.
    template = sentences.get(code) or ENGLISH[code]
    if "expected" in args:
        said = expected.get(args["expected"], args["expected"]).replace("{", "{{").replace("}", "}}")
        template = template.replace("{expected}", said)
    lead = "in “{text}”: " if language == "en" else "「{text}」："
    return lead + template
