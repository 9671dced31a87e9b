"""What is wrong in a short text an admin wrote (a duration, a rule, a step time), and where.

The error carries a stable code and its values, so that it can be said in any language; `str()` says it in
English.
"""

from __future__ import annotations

from collections.abc import Mapping

#: what a parser may have expected, said in English; the keys are stable
EXPECTED: Mapping[str, str] = {
    "and": '"and" and the last day',
    "amount": "a whole number",
    "anchor": "opens, start, earliest, due, office-due, last-workday or a percentage such as 50%",
    "weekday": 'a day of the week such as "friday"',
    "date": 'a date such as "12-30" or "last day"',
    "day-of-month": 'a day such as "day 10" or "last day"',
    "duration": 'a length of time such as "30 minutes", "5 hours", "15 days" or "5 working days"',
    "end": "nothing more",
    "half": "a year, a month or an hour behind a half",
    "last-day": '"last day"',
    "limit": 'a date such as "12-15" or a length of time',
    "which": '"whichever is earlier" or "whichever is later"',
    "percent": "a percentage such as 50%",
    "period": '"yearly", "quarterly" or "monthly"',
    "repeat": '"every 10 minutes until acknowledged, at most 6"',
    "time": 'a time of day such as "16:00" or "close of business"',
    "roll": "順延 or 提前 behind it",
    "rule": 'a rule such as "5 hours", "5 to 15 working days", "at least 30 days", "yearly by 12-30" or'
    ' "as stated"',
    "sign": '"+" or "-" and a length of time',
    "while-open": '"while open", as in "every 12 hours while open"',
    "way": 'a channel, and perhaps a wait, as in "sms after 5 minutes"',
    "way-wait": '"after" and a length of time, as in "sms after 5 minutes"',
    "unit": "a unit: minutes, hours, days, working days, weeks, months or years",
}

#: one English sentence for each code
ENGLISH: Mapping[str, str] = {
    "empty": "nothing is written here, expected {expected}",
    "end-too-soon": "the text ends too soon, expected {expected}",
    "unexpected": '"{found}" does not fit here, expected {expected}',
    "zero": '"{found}" is no length of time, the number must be at least 1',
    "too-large": '"{found}" is too large, the largest number is {limit}',
    "footnote-mark": '"{found}" is the mark of a footnote, and no part of a rule; leave it out',
    "early-only": '"{found}" with a time before something says how early it may be, not by when it must',
    "ahead-behind": '"{found}" behind a length of time may be how long before, or a rolling back',
    "year-name": '"{found}" is a year, not a length of time; a date has a month and a day',
    "day-name": '"{found}" is a day of the month, not a length of time',
    "month-name": '"{found}" is a month, not a length of time; a yearly date needs "yearly by"',
    "units-differ": '"{first}" and "{second}" are different units, a window has one',
    "window-empty": "a window from {minimum} to {maximum} leaves no time, the first number must be smaller",
    "no-such-date": '"{found}" is not in the calendar',
    "next-mismatch": '"{found}" does not fit: yearly goes with the next year, quarterly and monthly with'
    " the next month",
    "roll-needs-last-day": '"{found}" needs a last day to move: hours and minimum durations never roll',
    "cap-missing": 'a repeat needs a cap such as ", at most 6"',
    "percent-range": '"{found}" is out of range, expected 0% to 100%',
    "date-over": "the date of this rule is over on {start}, and it names no other",
    "dates-order": '"{found}" comes too late: several dates stand in their order, within one period',
    "window-backwards": '"{found}" does not end later than it opens',
    "time-of-several": '"{found}" may be the time of each day or of the last: give each day its own rule',
    "never-decides": '"{found}" is of the same unit as the limit before it, so one of them never decides',
    "once-without-day": '"{found}" says how often, and not by when',
    "strict-bound": '"{found}" leaves the number itself out, and a limit has it in (Civil Code art. 1259)',
    "lead-ahead": '"{found}" counts on from something, and the rest counts back',
    "immediately-bound": '"{found}" with a limit says by when it must be, and "immediately" would be another'
    " limit",
    "hours-and-days": '"{found}" between hours and days: both limits must be of one kind',
    "no-choice": '"{found}" does not go with this: only what ends, counted from the start on, can be'
    " earlier or later than another limit",
    "one-date": '"{found}" must be one date, of this year or of a year that is named',
    "times-order": '"{found}" comes too early: several times of a day stand in their order, the close of'
    " business last",
    "more-than-once": '"{found}" says how often and not when: write the times, as in "daily at 08:00 and'
    ' 17:00"',
    "no-such-time": '"{found}" is no time of a day, which ends at 24:00',
    "time-needs-last-day": '"{found}" is a time of day, and this rule has no last day',
    "since-missing": '"{found}" must say which is the first, with "from" and a date or a year',
    "twofold": '"{found}" may be twice in one, or once in two: write two days, or "every 2 weeks from" a day',
    "year-of-plan": '"{found}" is the year of a plan, and here is none; a year in figures is expected',
    "season-unfit": 'a run of months, from "{found}" on, goes with weeks, half-months and months only',
    "month-without-day": '"{found}" is a month without a day',
    "stated-missing": "this rule takes its date from the event, and the event states none",
    "stated-too-early": "the stated date {stated} lies before the start {start}",
    "out-of-range": "{found} is outside the years {first} to {last}",
}


class TextError(ValueError):
    """A text that cannot be read, or a value it cannot work with.

    `code` is a key of ENGLISH, `values` fill its sentence (`values["expected"]` is a key of EXPECTED),
    `position` is the 0-based character in the text as written, `hint` is a text that would be right, or
    empty.
    """

    def __init__(
        self, code: str, values: Mapping[str, str] | None = None, position: int = 0, hint: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, str] = dict(values or {})
        self.position = position
        self.hint = hint

    @property
    def message(self) -> str:
        """The English sentence, without the hint."""
        values = dict(self.values)
        if "expected" in values:
            values["expected"] = EXPECTED[values["expected"]]
        return ENGLISH[self.code].format(**values)

    def __str__(self) -> str:
        return f'{self.message}; did you mean "{self.hint}"?' if self.hint else self.message
