"""The sheets of a city's workbook: which column holds which key of a table, and how people call it.

A key without a column of its own, and a value that its column could not give back as it was, stands in the
column `more` as one TOML table, so that a workbook says all that the files say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alertd.config.duty_shapes import ObligationShape
from alertd.config.shapes import EventTypeShape, GroupShape, PersonShape, UnitShape
from alertd.config.values import Shape

#: how a cell is read: one text, several, a day, a yes, a whole number
TEXT, LIST, DAY, FLAG, NUMBER = "text", "list", "day", "flag", "number"
#: what is no value of the table: the rest as TOML, the duty's file, what the unit is for all others
MORE, FILE, ROLE = "more", "file", "role"
#: key at the top of directory.toml -> what the column says of the unit, as it is typed in each language
ROLES = {"supervisor": ("督查室", "supervisor"), "duty_desk": ("值班室", "duty desk")}
YES = ("是", "yes")


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is where the value stands in the table; `zh` (traditional) and `en` are its headings."""

    path: tuple[str, ...]
    zh: str
    en: str
    kind: str = TEXT
    required: bool = False

    @property
    def key(self) -> str:
        return ".".join(self.path)

    def heading(self, language: str, convert: Callable[[str], str]) -> str:
        if language == "en":
            return self.en
        return convert(self.zh) if language == "zh-Hans" else self.zh

    def called(self, text: str, convert: Callable[[str], str]) -> bool:
        """Whether a heading means this column: in any language, or the key itself."""
        names = (self.zh, convert(self.zh), self.en, self.key)
        return text.casefold() in {name.casefold() for name in names}


@dataclass(frozen=True, slots=True)
class SheetShape:
    """One kind of table as a sheet. `prefix` begins the ids that are made for rows without one."""

    kind: str
    zh: str
    en: str
    shape: type[Shape]
    prefix: str
    home: str  # the file in schedules/ for a table that is in none yet
    columns: tuple[Column, ...]

    def title(self, language: str, convert: Callable[[str], str]) -> str:
        if language == "en":
            return self.en
        return convert(self.zh) if language == "zh-Hans" else self.zh

    def called(self, text: str, convert: Callable[[str], str]) -> bool:
        names = (self.zh, convert(self.zh), self.en)
        return text.strip().casefold() in {name.casefold() for name in names}


_ID = Column(("id",), "編號", "Id")
_MORE = Column(("more",), "其他", "More", MORE)
_FROM, _UNTIL = Column(("since",), "起", "Since", DAY), Column(("until",), "止", "Until", DAY)


def _title(key: str, zh: str, en: str) -> tuple[Column, ...]:
    return (
        Column((key, "zh-Hant"), zh, en, required=True),
        Column((key, "zh-Hans"), f"簡體{zh}", f"{en}, simplified"),
        Column((key, "en"), f"英文{zh}", f"{en}, English"),
    )


UNITS = SheetShape(
    "unit",
    "單位",
    "Units",
    UnitShape,
    "unit",
    "directory.toml",
    (
        _ID,
        *_title("name", "名稱", "Name"),
        Column(("aliases",), "別名", "Aliases", LIST),
        Column(("role",), "職責", "Role", ROLE),
        _FROM,
        _UNTIL,
        Column(("successor",), "併入", "Successor"),
        _MORE,
    ),
)
GROUPS = SheetShape(
    "group",
    "分組",
    "Groups",
    GroupShape,
    "group",
    "directory.toml",
    (
        _ID,
        *_title("title", "名稱", "Title"),
        Column(("members",), "成員", "Members", LIST),
        Column(("includes",), "包含分組", "Includes", LIST),
        _MORE,
    ),
)
#: the columns of people.csv that have a heading of their own here; another one is called as it is there
_PERSON = (
    *("id", "name", "unit", "positions", "email", "telegram", "phone", "mobile"),
    *("wecom", "dingtalk", "zhezhengding"),
    *("channels", "urgent_channels", "deputy", "away_from", "away_until", "language", "quiet", "rest_days"),
)
PEOPLE = SheetShape(
    "person",
    "人員",
    "People",
    PersonShape,
    "person",
    "people.csv",
    (
        _ID,
        Column(("name",), "姓名", "Name", required=True),
        Column(("unit",), "單位", "Unit", required=True),
        Column(("positions",), "職務", "Positions", LIST, required=True),
        Column(("email",), "郵件", "Email"),
        Column(("telegram",), "Telegram", "Telegram", NUMBER),
        Column(("phone",), "電話", "Phone"),
        Column(("channels",), "渠道", "Channels", LIST),
        Column(("deputy",), "代理人", "Deputy"),
        Column(("away_from",), "休假起", "Away from", DAY),
        Column(("away_until",), "休假止", "Away until", DAY),
        Column(("language",), "語言", "Language"),
        Column(("mobile",), "手機", "Mobile"),
        Column(("wecom",), "企業微信", "WeCom"),
        Column(("dingtalk",), "釘釘", "DingTalk"),
        Column(("zhezhengding",), "浙政釘", "Zhezhengding"),
        Column(("urgent_channels",), "緊急渠道", "Urgent channels", LIST),
        Column(("quiet",), "免打擾時段", "Quiet hours"),
        Column(("rest_days",), "休息日", "Rest days", LIST),
        *(Column((name,), name, name) for name in PersonShape.model_fields if name not in _PERSON),
    ),
)
DUTIES = SheetShape(
    "obligation",
    "事項",
    "Duties",
    ObligationShape,
    "duty",
    "duties.toml",
    (
        _ID,
        *_title("title", "名稱", "Title"),
        Column(("source", "clause"), "依據", "Clause", required=True),
        Column(("source", "checked"), "核對日期", "Checked", DAY),
        Column(("source", "note"), "依據說明", "Note"),
        Column(("owed_by",), "責任單位", "Owed by", required=True),
        Column(("rule",), "期限", "Rule", required=True),
        Column(("policy",), "提醒辦法", "Policy", required=True),
        Column(("starts_on",), "起算", "Starts on", LIST),
        Column(("closed_by",), "辦結", "Closed by", LIST),
        Column(("receiver",), "受理單位", "Receiver"),
        Column(("inform",), "告知", "Inform", LIST),
        Column(("choice",), "日期自定", "Choice", FLAG),
        Column(("plan",), "計劃", "Plan"),
        Column(("valid_from",), "生效", "Valid from", DAY),
        Column(("valid_to",), "失效", "Valid to", DAY),
        Column(("file",), "文件", "File", FILE),
        _MORE,
    ),
)
EVENT_TYPES = SheetShape(
    "event_type",
    "事件類型",
    "Event types",
    EventTypeShape,
    "event",
    "event-types.toml",
    (
        _ID,
        *_title("title", "名稱", "Title"),
        Column(("instants",), "時間", "Instants", LIST, required=True),
        Column(("new_version",), "新一版", "New version", FLAG),
        Column(("confirm_within",), "核實時限", "Confirm within"),
        _MORE,
    ),
)
SHEETS = (UNITS, GROUPS, PEOPLE, DUTIES, EVENT_TYPES)
#: sheets that an export adds for its readers, and an import does not read
ABOUT, POLICIES = ("說明", "About"), ("提醒辦法", "Policies")
HELPERS = (ABOUT, POLICIES)


def taken(raw: dict[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path, taken out of the table; None where there is none. Empty tables go with it."""
    if len(path) == 1:
        return raw.pop(path[0], None)
    below = raw.get(path[0])
    if not isinstance(below, dict):
        return None
    value = taken(below, path[1:])
    if not below:
        del raw[path[0]]
    return value


def put(raw: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value at a path, with the tables above it."""
    for key in path[:-1]:
        below = raw.setdefault(key, {})
        assert isinstance(below, dict)
        raw = below
    raw[path[-1]] = value


def with_titles(sheet: SheetShape, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The table with each name and title as a table of languages, as the columns hold it."""
    keys = {column.path[0] for column in sheet.columns if column.path[-1] in ("zh-Hant", "zh-Hans", "en")}
    return {
        key: {"zh-Hant": value} if key in keys and isinstance(value, str) else value
        for key, value in raw.items()
    }


def plain_titles(raw: dict[str, Any]) -> dict[str, Any]:
    """The table with each name that is traditional Chinese only as one text, the shortest way to write it."""
    return {
        key: value["zh-Hant"] if isinstance(value, dict) and set(value) == {"zh-Hant"} else value
        for key, value in raw.items()
    }
