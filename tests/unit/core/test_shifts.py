"""Who is on duty at an instant."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.shifts import Duty, DutyPlan, Hours, Rotation, Written
from tests.unit.core.shipped_calendar import CALENDAR, at, day
from tests.unit.core.slow_duty import slow_people

POST = ("office", "duty")
DAY_AND_NIGHT = (Hours(time(8), time(20)), Hours(time(20), time(8)))
WHOLE_DAY = (Hours(time(8), time(8)),)


def rotation(*crews: str, hours=WHOLE_DAY, since="2026-09-28", **more) -> Rotation:
    named = tuple(tuple(crew.split("+")) for crew in crews)
    return Rotation("desk", *POST, named, hours, day(since), **more)


def written(start: str, end: str, *people: str, override=False, post=POST) -> Written:
    first, last = at(start), at(end)
    edges = (first.date(), first.time()), (last.date(), last.time())
    return Written(post[0], post[1], people, *edges, override, "duty.toml", 7)


def duty(*plan: Rotation | Written) -> Duty:
    return Duty(plan_of(*plan), CALENDAR)


def plan_of(*plan: Rotation | Written) -> DutyPlan:
    return DutyPlan(
        tuple(each for each in plan if isinstance(each, Rotation)),
        tuple(each for each in plan if isinstance(each, Written)),
    )


def test_a_shift_over_midnight_is_of_the_day_it_began_on():
    found = duty(rotation("ann", "ben", "cai", hours=DAY_AND_NIGHT, turn="shift"))
    assert found.people(POST, at("2026-09-28T08:00")) == ("ann",)
    assert found.people(POST, at("2026-09-28T20:00")) == ("ben",)
    assert found.people(POST, at("2026-09-29T02:10")) == ("ben",)
    assert found.people(POST, at("2026-09-29T08:00")) == ("cai",)


def test_whoever_is_relieved_is_off_duty_at_that_very_instant():
    found = duty(rotation("ann", "ben"))
    assert found.people(POST, at("2026-09-29T07:59")) == ("ann",)
    assert found.people(POST, at("2026-09-29T08:00")) == ("ben",)


def test_nobody_is_on_duty_before_the_first_day_and_after_the_last():
    found = duty(rotation("ann", "ben", until=date(2026, 9, 30)))
    assert found.people(POST, at("2026-09-28T07:59")) == ()
    assert found.people(POST, at("2026-10-01T07:59")) == ("ann",), "the last shift goes on over midnight"
    assert found.people(POST, at("2026-10-01T08:00")) == ()


def test_a_week_is_seven_days_from_the_first():
    found = duty(rotation("ann", "ben", turn="week"))
    assert [found.people(POST, at(f"2026-10-{d:02}T09:00"))[0] for d in (4, 5, 11, 12)] == [
        "ann",
        "ben",
        "ben",
        "ann",
    ]


def test_working_days_and_rest_days_have_turns_of_their_own_by_the_calendar():
    """2026-10-01 to 07 are off, Saturday the 10th is worked."""
    work = rotation("ann", "ben", since="2026-09-29", days="workdays")
    rest = replace(rotation("cai", "dan", since="2026-09-29", days="rest-days"), id="rest")
    found = duty(work, rest)
    expected = {29: "ann", 30: "ben"}
    assert {d: found.people(POST, at(f"2026-09-{d}T09:00"))[0] for d in expected} == expected
    expected = {1: "cai", 2: "dan", 7: "cai", 8: "ann", 9: "ben", 10: "ann", 11: "dan"}
    assert {d: found.people(POST, at(f"2026-10-{d:02}T09:00"))[0] for d in expected} == expected
    assert found.people(POST, at("2026-10-01T02:10")) == ("ben",), "the eve's shift lasts until 08:00"


def test_a_written_shift_wins_over_turns_and_an_override_over_both():
    found = duty(
        rotation("ann", "ben"),
        written("2026-09-30T20:00", "2026-10-01T08:00", "cai", "dan"),
        written("2026-10-01T00:00", "2026-10-01T04:00", "eva", override=True),
    )
    assert found.people(POST, at("2026-09-30T19:59")) == ("ann",)
    assert found.people(POST, at("2026-09-30T20:00")) == ("cai", "dan")
    assert found.people(POST, at("2026-10-01T02:10")) == ("eva",)
    assert found.people(POST, at("2026-10-01T04:00")) == ("cai", "dan")
    assert found.people(POST, at("2026-10-01T08:00")) == ("ben",)


def test_several_turns_at_one_post_are_all_on_duty_and_seen_as_several():
    found = duty(
        written("2026-10-01T08:00", "2026-10-01T20:00", "ann"),
        written("2026-10-01T18:00", "2026-10-02T08:00", "ben"),
    )
    watches = found.between(POST, at("2026-10-01T08:00"), at("2026-10-02T12:00"))
    assert [(len(watch.turns), watch.people) for watch in watches] == [
        (1, ("ann",)),
        (2, ("ann", "ben")),
        (1, ("ben",)),
        (0, ()),
    ]


def test_one_person_at_two_posts_at_once_is_found_and_touching_is_no_clash():
    leader = ("office", "duty-leader")
    found = duty(
        written("2026-10-01T08:00", "2026-10-01T20:00", "ann"),
        written("2026-10-01T18:00", "2026-10-02T08:00", "ann", "ben", post=leader),
        written("2026-10-01T20:00", "2026-10-02T08:00", "ben"),
    )
    first, second = found.clashes(at("2026-10-01T00:00"), at("2026-10-03T00:00"))
    assert (first.person, first.start, first.end) == ("ann", at("2026-10-01T18:00"), at("2026-10-01T20:00"))
    assert (second.person, second.start, second.end) == (
        "ben",
        at("2026-10-01T20:00"),
        at("2026-10-02T08:00"),
    )
    assert first.posts == (POST, leader)


def test_the_whole_shift_around_an_instant_is_found_over_midnight_and_months_end():
    found = duty(rotation("ann", "ben", hours=DAY_AND_NIGHT, turn="shift"))
    watch = found.around(POST, at("2026-10-01T02:10"))
    assert (watch.start, watch.end) == (at("2026-09-30T20:00"), at("2026-10-01T08:00"))


def test_a_post_the_plan_does_not_name_is_not_kept_by_it():
    found = duty(rotation("ann"))
    assert found.keeps(POST)
    assert not found.keeps(("office", "duty-leader"))


# ---------------------------------------------------------------- against the plain count

NAMES = st.sampled_from(("ann", "ben", "cai", "dan", "eva"))
CREW = st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple)
FIRST = date(2026, 9, 20)
DAYS = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
#: quarters of an hour
TIMES = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@st.composite
def hours(draw):
    """Shifts of one day in order, of which only the last may go over midnight."""
    edges = sorted(draw(st.lists(TIMES, min_size=2, max_size=6, unique=True)))
    pairs = [Hours(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.booleans()):
        pairs[-1] = Hours(pairs[-1].start, draw(st.sampled_from([t for t in edges if t <= pairs[0].start])))
    return tuple(pairs)


@st.composite
def rotations(draw):
    since = draw(DAYS)
    return Rotation(
        "r",
        *POST,
        tuple(draw(st.lists(CREW, min_size=1, max_size=4))),
        draw(hours()),
        since,
        draw(st.none() | st.integers(0, 40).map(lambda n: since + timedelta(days=n))),
        draw(st.sampled_from(("shift", "day", "week"))),
        draw(st.sampled_from(("all", "workdays", "rest-days"))),
    )


@st.composite
def shifts(draw):
    first, length = draw(DAYS), draw(st.integers(0, 2))
    start, end = draw(TIMES), draw(TIMES)
    if length == 0 and end <= start:
        length = 1
    last = first + timedelta(days=length)
    return Written(*POST, draw(CREW), (first, start), (last, end), draw(st.booleans()), "f", 1)


@st.composite
def plans(draw):
    taking_turns, one_by_one = st.lists(rotations(), max_size=2), st.lists(shifts(), max_size=4)
    return DutyPlan(tuple(draw(taking_turns)), tuple(draw(one_by_one)))


@given(plans(), DAYS, TIMES)
def test_whoever_is_on_duty_is_who_a_plain_count_finds(plan, on, clock):
    instant = CALENDAR.instant(on, clock)
    assert sorted(Duty(plan, CALENDAR).people(POST, instant)) == slow_people(plan, CALENDAR, POST, instant)


@given(plans(), DAYS, st.integers(1, 20))
def test_stretches_of_time_follow_each_other_without_a_hole_and_none_counts_twice(plan, first, length):
    start, end = CALENDAR.instant(first, time(9)), CALENDAR.instant(first + timedelta(days=length), time(9))
    found = Duty(plan, CALENDAR)
    watches = found.between(POST, start, end)
    assert watches[0].start == start
    assert watches[-1].end == end
    assert all(a.end == b.start for a, b in pairwise(watches))
    assert all(watch.start < watch.end for watch in watches)
    for watch in watches:
        middle = watch.start + (watch.end - watch.start) / 2
        for instant in (watch.start, middle, watch.end - timedelta(minutes=1)):
            assert sorted(watch.people) == slow_people(plan, CALENDAR, POST, instant)


@given(plans(), DAYS, TIMES)
def test_an_override_always_wins(plan, on, clock):
    instant = CALENDAR.instant(on, clock)
    over = Written(*POST, ("zoe",), (on, clock), (on + timedelta(days=1), clock), True, "f", 2)
    free = tuple(each for each in plan.written if not each.override)
    assert Duty(replace(plan, written=(*free, over)), CALENDAR).people(POST, instant) == ("zoe",)
