"""`alertd progress add` and `progress import`."""

import pytest

HEADER = "obligation,party,amount,on,note\n"
ADD = ("progress", "add", "officer-training", "jd-0001")


def total(alertd, party):
    return alertd.row(f"officer-training@2026/{party}")["measure"]["total"]


def test_an_entry_counts_and_a_negative_one_corrects(alertd):
    assert alertd(*ADD, "8", "--on", "2026-11-20").code == 0
    ran = alertd(*ADD, "-2.5", "--on", "2026-11-20", "--note", "typing error")
    assert ran.code == 0
    assert "jd-0001 尹慧敏: 5.5 hours" in ran.out
    assert total(alertd, "jd-0001") == 5.5


def test_the_quota_met_closes_and_taken_back_reopens(alertd):
    ran = alertd(*ADD, "40", "--on", "2026-11-20", "--json")
    assert ran.json["met"] == ["officer-training@2026/jd-0001"]
    assert alertd.row("officer-training@2026/jd-0001")["state"] == "done"
    assert alertd(*ADD, "-1", "--on", "2026-11-20", "--json").json["reopened"] == [
        "officer-training@2026/jd-0001"
    ]


def test_without_a_day_it_is_today(alertd):
    alertd(*ADD, "8")
    assert total(alertd, "jd-0001") == 8


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("officer-training", "jd-0001", "eight"), 64, "“eight” is no amount"),
        (("officer-training", "jd-0001", "nan"), 64, "“nan” is no amount"),
        (("officer-training", "jd-0001", "0"), 1, "0"),
        (("officer-training", "jd-9999", "8"), 1, "jd-9999"),
        (("officer-trainin", "jd-0001", "8"), 1, "Did you mean officer-training?"),
        (("press-conference", "justice-bureau", "8"), 1, "press-conference"),
        (("officer-training", "jd-0001", "8", "--on", "2026-12-01"), 1, "lies in the future"),
        (("officer-training", "jd-0001", "8", "--on", "2025-12-01"), 1, "There are: 2026, 2027."),
        (("officer-training", "justice-bureau", "8"), 1, "There is no deadline of officer-training for"),
        (("officer-training", "jd-0001", "8", "--on", "2026-13-01"), 1, "is not in the calendar"),
        (("officer-training", "jd-0001", "8", "--on", "12-01"), 1, "is no date"),
    ],
)
def test_what_cannot_count_is_refused(alertd, argv, code, words):
    ran = alertd("progress", "add", *argv)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert total(alertd, "jd-0001") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_imported_whichever_way_excel_wrote_it(alertd, encoding):
    text = (
        HEADER
        + "officer-training,jd-0001,8,2026-11-01,执法培训\r\nofficer-training,jd-0002,4.5,2026/11/2,\r\n"
    )
    alertd.write("hours.csv", text, encoding)
    ran = alertd("progress", "import", "hours.csv", "--json")
    assert (ran.code, ran.json["entries"]) == (0, 2)
    assert ran.json["totals"] == {"officer-training": {"jd-0001": 8.0, "jd-0002": 4.5}}


def test_the_same_file_twice_changes_nothing(alertd):
    alertd.write("hours.csv", HEADER + "officer-training,jd-0001,8,2026-11-01,\n")
    alertd("progress", "import", "hours.csv")
    again = alertd("progress", "import", "hours.csv")
    assert (again.code, again.out) == (0, "This file was imported before; nothing was changed.\n")
    assert total(alertd, "jd-0001") == 8


def test_one_obligation_may_be_named_for_the_whole_file(alertd):
    alertd.write("hours.csv", "party,amount,on\njd-0001,8,2026-11-01\n")
    assert alertd("progress", "import", "hours.csv", "--obligation", "officer-training").code == 0
    assert total(alertd, "jd-0001") == 8


def test_every_bad_row_is_named_and_none_counts(alertd):
    rows = [
        "officer-training,jd-0001,8,2026-11-01,",
        "officer-training,jd-0001,8x,2026-11-01,",
        "officer-training,nobody,8,2026-11-01,",
        "officer-training,jd-0001,,2026-11-01,",
        "officer-training,jd-0001,8,2026-13-01,",
        "officer-training,jd-0001,8,2026-12-24,",
        "officer-training,jd-0001,0,2026-11-01,",
        "press-conference,justice-bureau,8,2026-11-01,",
        "nothing,jd-0001,8,2026-11-01,",
        "officer-training,jd-0001,8,,",
        ",jd-0001,8,2026-11-01,",
    ]
    alertd.write("hours.csv", HEADER + "\n".join(rows) + "\n")
    ran = alertd("progress", "import", "hours.csv")
    assert (ran.code, ran.out) == (1, "")
    *faults, verdict = ran.err.splitlines()
    places = [fault.split(": ")[0] for fault in faults]
    assert places == [
        "hours.csv:3:26",
        "hours.csv:4:18",
        "hours.csv:5:26",
        "hours.csv:6:28",
        "hours.csv:7:28",
        "hours.csv:8:26",
        "hours.csv:9:1",
        "hours.csv:10:1",
        "hours.csv:11:28",
        "hours.csv:12:1",
    ]
    assert verdict == "10 faults; nothing was recorded."
    assert total(alertd, "jd-0001") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "hours.csv:1:1: "),
        ("a;b;c\n1;2;3\n", "hours.csv:1:2: "),
        (HEADER, "hours.csv holds no entries."),
        ("party,amount,on\njd-0001,8,2026-11-01\n", "“obligation”"),
    ],
)
def test_a_file_that_is_no_table_of_entries_is_refused(alertd, text, words):
    alertd.write("hours.csv", text)
    ran = alertd("progress", "import", "hours.csv")
    assert ran.code == 1
    assert words in ran.err


def test_a_missing_file_is_refused(alertd):
    ran = alertd("progress", "import", "none.csv")
    assert ran.code == 1
    assert ran.err.startswith("none.csv:1:1: ")


@pytest.mark.parametrize(
    ("party", "words"),
    [
        ("尹慧敏", "Did you mean 尹慧敏 (jd-0001)?"),
        ("jd-00001", "(jd-0001)?"),
        ("jd_0001", "(jd-0001)?"),
        ("東河", "There is no unit “東河”"),
    ],
)
def test_an_officer_typed_by_name_or_with_a_slip_is_suggested(alertd, party, words):
    ran = alertd("progress", "add", "officer-training", party, "8", "--on", "2026-11-20")
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


def test_rows_of_another_year_are_named_at_their_day_and_nothing_is_imported(alertd):
    rows = "officer-training,jd-0001,8,2026-11-01,\nofficer-training,jd-0002,8,2025-11-01,\n"
    alertd.write("hours.csv", HEADER + rows)
    ran = alertd("progress", "import", "hours.csv")
    assert ran.code == 1
    assert "hours.csv:3:28: " in ran.err
    assert "lies in no period of officer-training" in ran.err
    assert total(alertd, "jd-0001") is None


def test_a_rate_of_another_year_is_refused_with_the_periods(alertd):
    set_ = ("rate", "set", "enforcement-recording", "water-bureau", "9", "10", "--on")
    ran = alertd(*set_, "2025-11-01")
    assert ran.code == 1
    assert "There are: 2026, 2027." in ran.err
