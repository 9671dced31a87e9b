"""What files of schedules/ say no more while something depends on it: it waits, and the admin hears once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from alertd.config.faults import Fault
from alertd.config.register import CalendarInput
from alertd.core.model import Register
from alertd.engine.planning.losses import cut
from alertd.engine.planning.reconciler import Files, reconcile
from alertd.engine.ruling.world import Mode, World
from tests.support.play import Play
from tests.unit.engine.register_texts import (
    DIRECTORY,
    DUTIES,
    POLICIES,
    TEXTS,
    changed,
    let_go,
    look,
    make_world,
)

PEOPLE = "schedules/people.csv"
ROSTER = "schedules/duty.toml"
HEADER = "id,name,unit,positions,email\n"
ROWS = [
    "ann,安娜,town-a,contact,ann@example.org\n",
    "eve,伊娃,town-b,contact,eve@example.org\n",
    "max,馬克,town-b,section-chief,max@example.org\n",
]
FIRST_PERSON = TEXTS[DIRECTORY].index("[[person]]")
TABLE: Mapping[str, str] = {
    **TEXTS,
    DIRECTORY: TEXTS[DIRECTORY][:FIRST_PERSON],
    PEOPLE: HEADER + "".join(ROWS),
}


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-01T10:00")
    look(begun, TABLE)
    return begun


def lost(play: Play, texts: Mapping[str, str]) -> tuple[str, ...]:
    found = look(play, texts)
    assert (found.held is not None) == bool(found.lost)
    return found.lost


def people(*rows: str) -> dict[str, str]:
    return {**TABLE, PEOPLE: HEADER + "".join(rows)}


# ---------------------------------------------------------------- people


def test_people_lost_with_their_seats_are_kept_and_the_admin_hears_of_it_once(play: Play) -> None:
    for _ in range(2):
        assert lost(play, people(ROWS[0])) == (
            "- contact  town-b 西山鎮: eve 伊娃",
            "- section-chief  town-b 西山鎮: max 馬克",
        )
    assert set(play.world.register.people) == {"ann", "eve", "max"}
    assert [(topic, values["lost"]) for topic, values in play.admin_told()] == [
        ("loss-held", "- contact  town-b 西山鎮: eve 伊娃"),
        ("loss-held", "- section-chief  town-b 西山鎮: max 馬克"),
    ]
    assert len(play.deliveries_to("admin")) == 1


def test_what_was_to_be_said_to_people_who_are_missing_is_said_to_them(play: Play) -> None:
    look(play, people(ROWS[0]))
    assert ("12-16T08:30", "eve", ("near",)) in play.go("2026-12-16T09:00")


def test_people_who_come_back_are_no_change(play: Play) -> None:
    look(play, people(ROWS[0]))
    found = look(play, TABLE)
    assert (found.held, found.applied, found.lost) == (None, None, ())


@pytest.mark.parametrize(
    "rows",
    [
        [
            "ann,安娜,town-a,contact,ann@example.org\n",
            "new,新人,town-b,contact;section-chief,new@example.org\n",
        ],
        [
            "ann,安娜,town-a,contact,ann@example.org\n",
            "max,馬克,town-b,contact;section-chief,max@example.org\n",
        ],
        [ROWS[2], ROWS[1].replace("town-b", "town-a"), "new,新人,town-b,contact,new@example.org\n"],
    ],
    ids=["somebody new", "a colleague", "somebody who moved"],
)
def test_a_seat_that_is_given_to_somebody_else_in_the_same_file_is_no_loss(
    play: Play, rows: list[str]
) -> None:
    assert lost(play, people(*rows)) == ()


def test_a_seat_that_a_row_says_is_given_up_is_no_loss(play: Play) -> None:
    assert lost(play, people(*ROWS[:2], ROWS[2].replace("section-chief", "contact"))) == ()


def test_people_are_taken_away_when_that_is_released(play: Play) -> None:
    look(play, people(ROWS[0]))
    let_go(play, people(ROWS[0]))
    assert set(play.world.register.people) == {"ann"}
    assert lost(play, people(ROWS[0])) == ()


def test_a_row_that_breaks_off_waits(play: Play) -> None:
    whole = TABLE[PEOPLE]
    assert lost(play, {**TABLE, PEOPLE: whole[: whole.index("max@") + len("max@example.or")]}) == (
        f"- {PEOPLE}: 4 → 4",
    )
    assert play.world.register.people["max"].email == "max@example.org"


def test_while_everything_is_a_drill_nobody_is_missed(play: Play) -> None:
    def rehearsing(register: Register, calendar: CalendarInput, live: bool) -> World:
        return replace(make_world(register, calendar, live), mode=Mode.REHEARSAL)

    found = reconcile(play.store, Files(people(ROWS[0])), rehearsing, None, play.now, Fault.text)
    assert (found.lost, found.held) == ((), None)


# ---------------------------------------------------------------- duties, units, policies, whole files


def test_a_duty_that_is_gone_goes_on_starting(play: Play) -> None:
    fewer = {**TABLE, DUTIES: TABLE[DUTIES][: TABLE[DUTIES].index('[[obligation]]\nid = "review"')]}
    assert "- review  審查" in lost(play, fewer)
    play.report("draft", "rules", received="2026-12-01T09:00")
    assert play.row("review@rules/town-a").state == "open"


def test_a_duty_that_has_another_id_is_not_gone(play: Play) -> None:
    renamed = changed(TABLE, DUTIES, ('id = "review"', 'id = "checking"\nwas = ["review"]'))
    assert lost(play, renamed) == ()


def test_a_duty_whose_last_day_is_over_may_go(play: Play) -> None:
    over = changed(
        TABLE, DUTIES, ('id = "review"\n', 'id = "review"\nvalid_from = 2025-01-01\nvalid_to = 2026-11-01\n')
    )
    look(play, over)
    duties = over[DUTIES]
    begins = duties.index('[[obligation]]\nid = "review"')
    other = duties[:begins].replace('"report"', '"second"').replace("group:every-town", "unit:town-a")
    look(play, {**over, DUTIES: duties + other})
    assert "review" in play.world.register.obligations
    assert lost(play, {**over, DUTIES: duties[:begins] + other}) == ()


def test_a_unit_with_open_deadlines_that_is_gone_is_kept(play: Play) -> None:
    without = changed(
        people(*ROWS[:1]),
        DIRECTORY,
        ('[[unit]]\nid = "town-b"\nname = "西山鎮"\n', ""),
        ('"town-a", "town-b"', '"town-a"'),
    )
    found = lost(play, without)
    assert "- town-b 西山鎮" in found
    assert "town-b" in play.world.register.units


def test_a_policy_that_deadlines_follow_is_kept(play: Play) -> None:
    other = TEXTS[POLICIES].replace('"yearly"', '"other"')
    both = {**TABLE, POLICIES: TEXTS[POLICIES] + other}
    look(play, both)
    play.report("draft", "rules", received="2026-12-01T09:00")
    following = both[DUTIES].replace('policy = "yearly"', 'policy = "other"')
    held = lost(play, {**both, DUTIES: following, POLICIES: other})
    assert "- yearly" in held


def test_a_file_that_breaks_off_or_is_mostly_gone_waits(play: Play) -> None:
    later = '[[policy.step]]\nid = "later"\nat = "due - 2 working days"\nto = ["contact"]\nlevel = 2\n'
    look(play, {**TABLE, POLICIES: TABLE[POLICIES] + later})
    assert lost(play, TABLE) == (f"- {POLICIES}: 13 → 8",)
    assert "later" in {step.id for step in play.world.register.policies["yearly"].steps}


@pytest.mark.parametrize(
    ("before", "now", "is_cut"),
    [
        ("a = 1\nb = 2\n", "a = 1\n", True),
        ("a = 1\nb = 2\n", "a = 1\nb = 2", False),
        ("a = 1\n# more\n", "a = 1\n", False),
        ("a = 1\nb = 2\nc = 3\n", "# all new\na = 1\n", True),
        ("a = 1\nb = 2\nc = 3\n", "a = 2\nb = 2\n", False),
        ("a = 1\n", "a = 1\nb = 2\n", False),
        ("", "", False),
    ],
)
def test_a_file_is_cut_where_it_is_the_beginning_of_what_rules_or_less_than_half(
    before: str, now: str, is_cut: bool
) -> None:
    assert cut(POLICIES, {POLICIES: before}, {POLICIES: now}) is is_cut


def shift(position: str, first: str, last: str) -> str:
    """One shift at a town, and a line that keeps half of the file there when it is taken out."""
    times = f"from = {first}T08:00:00\nto = {last}T08:00:00\n"
    return f'[[shift]]\nunit = "town-a"\nposition = "{position}"\npeople = ["ann"]\n{times}'


def test_a_post_that_the_roster_names_no_more_waits_while_shifts_are_ahead(play: Play) -> None:
    leaders, officers = (shift(each, "2026-12-02", "2026-12-03") for each in ("duty-leader", "duty"))
    look(play, {**TABLE, ROSTER: officers + leaders})
    assert lost(play, {**TABLE, ROSTER: leaders}) == ("- duty  town-a 東河鎮: duty.toml",)
    assert ("town-a", "duty") in play.world.directory.duty.posts
    assert lost(play, TABLE) == (), "a file that is not there goes on ruling"
    assert ("town-a", "duty") in play.world.directory.duty.posts


def test_a_post_whose_shifts_are_over_is_no_loss(play: Play) -> None:
    leaders = shift("duty-leader", "2026-12-02", "2026-12-03")
    look(play, {**TABLE, ROSTER: shift("duty", "2026-11-20", "2026-11-21") + leaders})
    assert lost(play, {**TABLE, ROSTER: leaders}) == ()
    assert play.world.directory.duty.posts == (("town-a", "duty-leader"),)


def test_a_large_change_that_also_loses_something_is_told_once(play: Play) -> None:
    sooner = changed(people(ROWS[0]), DUTIES, ("yearly by 12-30", "yearly by 12-20"))
    look(play, sooner)
    (told,) = play.deliveries_to("admin")
    assert (told.payload["topic"], told.payload["see"]) == ("loss-held", "alertd plan")
