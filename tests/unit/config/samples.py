"""A small register in full, for tests that break one thing of it."""

from collections.abc import Mapping

from alertd.config import Fault, load_register

DIRECTORY = "schedules/directory.toml"
EVENT_TYPES = "schedules/event-types.toml"
POLICIES = "schedules/policies.toml"
CHAPTER = "schedules/chapter-5.toml"
CALENDAR = "schedules/calendar.toml"
PEOPLE = "schedules/people.csv"
ROSTER = "schedules/roster.csv"

TEXTS: Mapping[str, str] = {
    DIRECTORY: """\
supervisor = "office"
duty_desk = "office"

[[unit]]
id = "office"
name = { zh-Hant = "政府辦公室", en = "Office" }
aliases = ["政府辦"]

[[unit]]
id = "town-a"
name = "東河鎮"
since = 2019-01-01
until = 2027-12-31
successor = "town-b"

[[unit]]
id = "town-b"
name = "西山鎮"

[[group]]
id = "every-town"
title = "各鎮"
members = ["town-a", "town-b"]

[[group]]
id = "everybody"
title = { zh-Hant = "各單位", en = "All" }
members = ["office"]
includes = ["every-town"]
""",
    EVENT_TYPES: """\
[[event_type]]
id = "major-incident"
title = "突發事件"
instants = ["published", "occurred"]

[[event_type]]
id = "information-published"
title = "已發佈"
instants = ["published"]
""",
    POLICIES: """\
[[policy]]
id = "hour-clock"
title = "小時時限"
hours = true
acknowledged_for = "1 hour"
[[policy.step]]
id = "started"
at = "start"
to = ["duty", "contact", "leader-in-charge"]
level = 1
repeat = "every 10 minutes until acknowledged, at most 6"
[[policy.step]]
id = "half"
at = "50%"
to = ["contact", "principal"]
inform = ["principal"]
level = 2
[policy.overdue]
to = ["contact", "supervisor"]
daily = 3

[[policy]]
id = "yearly"
title = "年度"
[[policy.step]]
id = "near"
at = "due - 10 working days"
to = ["contact", "section-chief"]
ask = ["contact"]
level = 1
unless = ["on-track"]
[[policy.step]]
id = "monthly"
at = "opens"
to = ["contact"]
level = 1
each = "month"
""",
    CHAPTER: """\
[[obligation]]
id = "incident-information"
title = { zh-Hant = "發佈權威信息", en = "Publish information" }
source = { clause = "§24", checked = 2026-11-22 }
owed_by = "event.party"
starts_on = ["major-incident.published", "major-incident.occurred"]
rule = "5 hours"
closed_by = "information-published"
policy = "hour-clock"
receiver = "政府辦"

[[obligation]]
id = "training"
title = "培訓"
source = { clause = "§19" }
owed_by = "roster:every-town"
rule = "yearly by 12-31"
policy = "yearly"
was = "old-training"
soft = ["due"]
valid_from = 2026-01-01
[obligation.measure]
source = "entries"
unit = "學時"
minimum = 40
""",
    CALENDAR: """\
[[year]]
year = 2026
status = "official"
source = "notice"
checked = 2026-11-22
off = [
  { from = 2026-01-01, name = "new-year" },
  { from = 2026-10-01, to = 2026-10-07, name = "national-day" },
]
work = [2026-10-10]
""",
    PEOPLE: """\
id,name,unit,positions,email,telegram,phone,channels,deputy,away_from,away_until,language
li.office,李明,office,contact;duty,li@example.org,12345,021-0000-0001,telegram;email,wu.office,2026/12/1,2026-12-15,en
wu.office,吳芳,政府辦,principal,wu@example.org,,,,,,,
""",
    ROSTER: """\
number,name,unit,since,until
jd-0001,尹慧敏,town-a,2018-03-01,
""",
}


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """The texts with one place of one file changed."""
    assert TEXTS[file].count(old) == 1, f"{old!r} stands {TEXTS[file].count(old)} times in {file}"
    return {**TEXTS, file: TEXTS[file].replace(old, new)}


def faults_of(texts: Mapping[str, str], **more: object) -> list[Fault]:
    loaded = load_register(texts, **more)  # type: ignore[arg-type]
    assert (loaded.register is None) == bool(loaded.faults)
    return list(loaded.faults)


def only_fault(texts: Mapping[str, str], **more: object) -> Fault:
    """The one fault of the texts, which says something in every language."""
    faults = faults_of(texts, **more)
    assert len(faults) == 1, "\n".join(fault.text() for fault in faults)
    for language in ("en", "zh-Hant", "zh-Hans"):
        assert faults[0].text(language).startswith(f"{faults[0].file}:{faults[0].line}:{faults[0].column}: ")
    return faults[0]


def pointed_at(fault: Fault, text: str, length: int) -> str:
    """The characters a fault points at."""
    line = text.replace("\r\n", "\n").split("\n")[fault.line - 1]
    return line[fault.column - 1 :][:length]
