"""Views the message tests share, and the writer of their golden texts.

`python -m tests.unit.messages.views` writes the golden texts anew; read the difference before committing it.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd.messages.render import Renderer
from alertd.messages.view import (
    AdminView,
    MeasureView,
    MemberView,
    MessageView,
    NoticeKind,
    NoticeView,
    Rendered,
    RollView,
)

ZONE = ZoneInfo("Asia/Shanghai")
GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("zh-Hant", "zh-Hans", "en")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]


DONGHE = {"zh-Hant": "東河鎮", "en": "Donghe Town"}
HEALTH = {"zh-Hant": "衞生健康委", "en": "Health Commission"}

HOURS = NoticeView(
    deadline_id="incident-information@fire-1001/town-donghe",
    number=12,
    obligation_title={"zh-Hant": "發佈權威信息", "en": "Publish authoritative information"},
    clause="§24",
    party_name=DONGHE,
    unit_name=DONGHE,
    position="duty",
    ask=True,
    by_the_hour=True,
    last_day=None,
    office_due=at(2026, 10, 1, 7, 10),
    due=at(2026, 10, 1, 7, 10),
    state="open",
    standing="near",
    case_title="城東化工廠火災",
    start_provisional_missing="published",
    merged=("started", "half"),
    repeat_no=1,
    next_at=at(2026, 10, 1, 6, 10),
    next_to=("leader-in-charge", "principal"),
)

REPORT = NoticeView(
    deadline_id="rule-of-law-report@2026/health",
    number=31,
    obligation_title={"zh-Hant": "年度法治政府建設情況報告", "en": "Annual report on the rule of law"},
    clause="§31",
    party_name=HEALTH,
    unit_name=HEALTH,
    position="contact",
    ask=True,
    by_the_hour=False,
    last_day=date(2026, 12, 30),
    office_due=at(2026, 12, 30, 17, 30),
    due=at(2026, 12, 31),
    state="open",
    standing="near",
)

TRAINING = replace(
    REPORT,
    deadline_id="officer-training@2026/health",
    number=55,
    obligation_title={"zh-Hant": "行政執法人員培訓", "en": "Training of enforcement officers"},
    clause="§19",
    standing="behind",
    position="section-chief",
    last_day=date(2026, 12, 31),
    office_due=at(2026, 12, 31, 17, 30),
    due=at(2027, 1, 1),
    measure=MeasureView({"zh-Hant": "學時", "en": "hours"}, 40, expected=33.33),
    members=(
        MemberView("趙明", 12, "jd-0001", 33.33),
        MemberView("錢進", None, "jd-0002", 33.33),
    ),
    members_total=5,
)

CONSULTATION = replace(
    REPORT,
    deadline_id="draft-consultation@rules-7/health",
    number=8,
    obligation_title={"zh-Hant": "規範性文件公開徵求意見", "en": "Public consultation on a draft"},
    clause="§8",
    case_title="公共場所衞生管理辦法",
    last_day=None,
    office_due=None,
    due=None,
    earliest=at(2026, 6, 1),
    earliest_soft=True,
    standing="early",
)

ROLL = RollView(
    obligation_title=REPORT.obligation_title,
    occurrence="2026",
    clause="§31",
    by_the_hour=False,
    last_day=REPORT.last_day,
    office_due=REPORT.office_due,
    due=REPORT.due,
    handed_in=43,
    total=47,
    returned=2,
    returned_names=(
        {"zh-Hant": "財政局", "en": "Finance Bureau"},
        {"zh-Hant": "水利局", "en": "Water Bureau"},
    ),
    missing_names=(DONGHE, HEALTH),
    standing="near",
)

RETURNED = replace(
    REPORT,
    kind=NoticeKind.RETURNED,
    state="returned",
    by_name="陳靜",
    happened_at=at(2026, 12, 22, 15, 4),
    reason="缺少行政複議情況",
)
MOVED = replace(
    REPORT,
    kind=NoticeKind.MOVED,
    standing="on-track",
    old_last_day=date(2026, 12, 29),
    old_office_due=at(2026, 12, 29, 17, 30),
    old_due=at(2026, 12, 30),
    reason="放假安排已公佈",
)
DONE = replace(
    HOURS,
    kind=NoticeKind.DONE,
    state="done",
    standing="",
    ask=False,
    by_name="王芳",
    happened_at=at(2026, 10, 1, 6, 2),
    repeat_no=0,
    merged=(),
    start_provisional_missing=None,
)


def message(*notices: NoticeView | RollView, now: datetime, language: str = "zh-Hant", **more) -> MessageView:
    more = {"call_whom": "督查室 李強 021-0000-0001", **more}
    return MessageView("王芳", language, ZONE, now, notices, **more)


def cases(language: str) -> dict[str, MessageView | AdminView]:
    """Every golden message by name."""
    october, december = at(2026, 10, 1, 5, 40), at(2026, 12, 25, 8, 30)
    late = replace(HOURS, standing="overdue")
    return {
        "hours-chased": message(HOURS, now=october, language=language, drill=True),
        "hours-late": message(late, now=at(2026, 10, 1, 7, 50), language=language, reply_hint="buttons"),
        "hours-done": message(DONE, now=at(2026, 10, 1, 6, 5), language=language),
        "report-near": message(REPORT, now=december, language=language, deputy_for="張偉"),
        "report-late": message(
            replace(REPORT, standing="overdue", position="leader-in-charge", ask=False),
            now=at(2027, 1, 4, 8, 30),
            language=language,
        ),
        "report-returned": message(RETURNED, now=december, language=language),
        "report-moved": message(MOVED, now=at(2026, 11, 5, 9, 0), language=language),
        "training": message(
            replace(TRAINING, provisional=True), now=at(2026, 11, 2, 8, 30), language=language
        ),
        "consultation": message(CONSULTATION, now=at(2026, 5, 28, 8, 30), language=language),
        "roll": message(ROLL, now=at(2026, 12, 29, 8, 30), language=language),
        "several": message(REPORT, TRAINING, ROLL, now=at(2026, 12, 29, 8, 30), language=language),
        "admin": AdminView(
            "files-faulty",
            {"count": 2},
            ("schedules/chapter-4.toml:12:9: 5 wrking days", "schedules/people.csv:31:4: town-dongh"),
            language,
            many=True,
        ),
    }


def as_text(rendered: Rendered) -> str:
    return f"{rendered.subject}\n\n{rendered.text}"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for tongue in LANGUAGES:
        for name, view in cases(tongue).items():
            (GOLDEN / f"{name}.{tongue}.txt").write_text(as_text(Renderer().render(view)), "utf-8")
