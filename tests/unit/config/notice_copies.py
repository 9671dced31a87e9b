"""What pages and clerks make of a notice: copies of it, each with the same days, and those days by year."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import opencc

#: each year's days off as its notice names them, then the weekend days worked; 1230 of the year before: -1230
DAYS = {
    2013: "0101-0103 0209-0215 0404-0406 0429-0501 0610-0612 0919-0921 1001-1007"
    " / 0105 0106 0216 0217 0407 0427 0428 0608 0609 0922 0929 1012",
    2014: "0101 0131-0206 0405 0407 0501-0503 0602 0908 1001-1007 / 0126 0208 0504 0928 1011",
    2015: "0101-0103 0218-0224 0405-0406 0501 0620 0622 0927 1001-1007 / 0104 0215 0228 1010",
    2016: "0101 0207-0213 0404 0501-0502 0609-0611 0915-0917 1001-1007 / 0206 0214 0612 0918 1008 1009",
    2017: "0101-0102 0127-0202 0402-0404 0501 0528-0530 1001-1008 / 0122 0204 0401 0527 0930",
    2018: "0101 0215-0221 0405-0407 0429-0501 0618 0924 1001-1007 / 0211 0224 0408 0428 0929 0930",
    2019: "-1230 -1231 0101 0204-0210 0405 0501 0607 0913 1001-1007 / -1229 0202 0203 0929 1012",
    2020: "0101 0124-0130 0404-0406 0501-0505 0625-0627 1001-1008 / 0119 0201 0426 0509 0628 0927 1010",
    2021: "0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007"
    " / 0207 0220 0425 0508 0918 0926 1009",
    2022: "0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007"
    " / 0129 0130 0402 0424 0507 1008 1009",
    2023: "-1231 0101-0102 0121-0127 0405 0429-0503 0622-0624 0929-1006 / 0128 0129 0423 0506 0625 1007 1008",
    2024: "0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007"
    " / 0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008 / 0126 0208 0427 0928 1011",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007"
    " / 0104 0214 0228 0509 0920 1010",
}


def day_of(year: int, text: str) -> date:
    return date(year - 1 if text[0] == "-" else year, int(text[-4:-2]), int(text[-2:]))


def right_days(year: int) -> tuple[set[date], set[date]]:
    off, _, work = DAYS[year].partition(" / ")
    days: set[date] = set()
    for run in off.split():
        first, _, last = (run, "", "") if run[0] == "-" else run.partition("-")
        day, end = day_of(year, first), day_of(year, last or first)
        while day <= end:
            days.add(day)
            day += timedelta(1)
    return days, {day_of(year, text) for text in work.split()}


FOOTER = """扫一扫在手机打开当前页
责任编辑:张三 来源:中国政府网 发布时间:2025年11月4日 10时
相关稿件
2027年放假安排公布:元旦1月1日至3日放假,1月4日上班
国务院办公厅关于2012年部分节假日安排的通知
关于我们 | 联系我们 | 放假值班电话
"""


def signing(text: str) -> str:
    """The notice up to its last order, and the day it was signed."""
    body, _, end = text.partition("节假日期间")
    return body + re.search(r"\d{4}年\d+月\d+日", end)[0] + "\n"  # type: ignore[index]


def preamble(text: str) -> str:
    title = text.split("\n")[0]
    return (
        f"首页 > 政策 > 文件\n新华社北京11月4日电 《{title}》4日公布,春节2月放假调休。全文如下:\n\n"
        "字号:默认 大 超大 | 打印 | 收藏\n" + text
    )


def zero_width(text: str) -> str:
    return "\ufeff" + re.sub(r"(?<=[日月假])", "\u200b", text).replace("上班", "上\u200c\u2060班")


def wrapped(text: str) -> str:
    return "\n".join(text[at : at + 11] for at in range(0, len(text), 11))


def advised(text: str) -> str:
    """Advice behind the orders of Spring Festival, in the same sentence."""
    return re.sub(r"(春节:[^\n]*)。\n", r"\1,鼓励各单位安排职工在除夕(2月1日)休息。\n", text, count=1)


def advised_first(text: str) -> str:
    return re.sub(r"(春节:[^。\n]*)。", r"\1,可以与年休假连休,建议2月1日休息,", text, count=1)


VARIANTS: dict[str, Callable[[str], str]] = {
    "as published": lambda text: text,
    "footer": lambda text: text + FOOTER,
    "footer without signature": lambda text: text.partition("国务院办公厅\n")[0] + FOOTER,
    "signing day and a line with 放假": lambda text: signing(text) + "放假安排解读\n",
    "signed by the office and a line with 放假": lambda text: text.replace("(此件公开发布)", "放假安排解读"),
    "no closing paragraph": lambda text: text.partition("节假日期间")[0],
    "preamble": preamble,
    "preamble about the law": lambda text: text.replace(
        "现将", "根据2024年11月10日修订的《全国年节及纪念日放假办法》,自2025年1月1日起放假增加2天。现将"
    ),
    "preamble and footer": lambda text: preamble(text) + FOOTER,
    "zero-width spaces": zero_width,
    "号": lambda text: re.sub(r"(月?\d{1,2})日", r"\1号", text),
    "traditional": opencc.OpenCC("s2t").convert,
    "traditional of Taiwan": opencc.OpenCC("s2tw").convert,
    "lines broken": wrapped,
    "one line": lambda text: text.replace("\n", ""),
    "lines of Windows": lambda text: text.replace("\n", "\r\n"),
    "full width": lambda text: re.sub(r"[!-~]", lambda sign: chr(ord(sign[0]) + 0xFEE0), text),
    "blanks": lambda text: re.sub(r"(\d+)", " \\1\u3000", text),
    "no stops at line ends": lambda text: text.replace("。\n", "\n").replace("。", " "),
    "numbered in brackets": lambda text: re.sub(r"(?m)^([一二三四五六七])、", r"(\1)", text),
    "numbered in figures": lambda text: re.sub(
        r"(?m)^([一二三四五六七])、", lambda mark: f"{'一二三四五六七'.index(mark[1]) + 1}. ", text
    ),
    "no numbers": lambda text: re.sub(r"(?m)^[一二三四五六七]、", "", text),
    "weekdays without brackets": lambda text: re.sub(r"日\((星期.|周.)\)", r"日\1", text),
    "dashes": lambda text: text.replace("至", "—"),
    "tildes": lambda text: text.replace("至", "~"),
    "dashes without 日": lambda text: re.sub(r"月(\d+)日至(\d+)日", r"月\1-\2日", text),
    "title over two lines": lambda text: text.replace("部分", "\n部分", 1),
    "title without the year": lambda text: re.sub(r"\d{4}年部分", "部分", text, count=1),
    "title without 部分": lambda text: text.replace("部分节假日安排", "节假日放假安排"),
    "title without the office": lambda text: text.replace("国务院办公厅关于", "关于"),
    "title quoted": lambda text: re.sub("^(.*)\n", r"《\1》\n", text),
    "signed in Chinese figures": lambda text: (
        re.sub(r"\d{4}年11月4日", "二〇一二年十二月八日", text) + FOOTER
    ),
    "stops of ASCII": lambda text: text.replace("。", "."),
    "stops of full width": lambda text: text.replace("。", "．"),
    "emphasis and bullets": lambda text: re.sub(r"(?m)^([一二三四五六七]、.*?:)", "• **\\1** ", text),
    "advice": advised,
    "advice first": advised_first,
    "all at once": lambda text: zero_width(
        wrapped(opencc.OpenCC("s2t").convert(preamble(advised(text)) + FOOTER))
    ),
}
