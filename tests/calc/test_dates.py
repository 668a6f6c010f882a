from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from calc.dates import DateError, DateRange, Due, WorkCalendar, add_months, age_on, load_workdays, parse_date
from calc.text import fold

ROOT = Path(__file__).parent.parent.parent
CALENDAR = load_workdays((ROOT / "fixtures/calendar/cn_workday_exceptions_2015_2026.csv").read_text(encoding="utf-8"))
DEADLINES = [
    row
    for row in yaml.safe_load((ROOT / "tests/cases/deadlines.yaml").read_text(encoding="utf-8"))
    if "working_days" in row
]


@pytest.mark.parametrize(
    "text",
    ["2021-09-01", "20210901", "2021.9.1", "2021/9/1", "2021年9月1日", "２０２１－９－１", " 2021-9-01 "],
)
def test_dates_as_people_write_them(text):
    assert parse_date(text) == date(2021, 9, 1)


@pytest.mark.parametrize("text", ["", "2021-13-01", "2021-02-29", "21-9-1", "2021-9/1", "九月一日", "202191"])
def test_what_is_no_date_is_refused_with_a_sentence(text):
    with pytest.raises(DateError, match="日期"):
        parse_date(text)


def test_a_range_includes_both_days():
    year = DateRange(date(2021, 1, 1), date(2021, 12, 31))
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [year.contains(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1998, 6, 16), date(2021, 6, 15), 22),
        (date(1998, 6, 15), date(2021, 6, 15), 23),
        (date(2000, 2, 29), date(2021, 2, 28), 20),
        (date(2000, 2, 29), date(2021, 3, 1), 21),
        (date(2000, 2, 29), date(2020, 2, 29), 20),
    ],
)
def test_a_year_is_complete_on_the_birthday(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 2, 28), 1, date(2025, 3, 28)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(day, months, later):
    assert add_months(day, months) == later


@pytest.mark.parametrize("row", DEADLINES, ids=lambda row: f"{row['rule']} {row['start']}")
def test_working_day_deadlines(row):
    assert CALENDAR.due_after(row["start"], working_days=row["working_days"]) == Due(row["due"], provisional=False)


def test_ten_working_days_over_mid_autumn():
    assert CALENDAR.due_after(date(2021, 9, 10), working_days=10) == Due(date(2021, 9, 26), provisional=False)
    clock = CALENDAR.days_between(date(2021, 9, 10), date(2021, 9, 26))
    assert [day.day.day for day in clock if not day.working] == [11, 12, 19, 20, 21, 25]
    assert CALENDAR.working_days_between(date(2021, 9, 23), date(2021, 9, 26)) == 2


@pytest.mark.parametrize("start", [date(2026, 12, 30), date(2031, 5, 1), date(2014, 12, 1)])
def test_years_that_nobody_has_announced_are_provisional(start):
    assert CALENDAR.due_after(start, working_days=5).provisional


def test_an_empty_calendar_is_refused():
    with pytest.raises(DateError, match="工作日历"):
        load_workdays("date,type,is_workday,name\n")


@given(st.dates(date(2015, 1, 1), date(2025, 1, 1)), st.integers(min_value=1, max_value=60))
def test_the_due_day_is_worked_and_the_count_is_right(start, days):
    due = CALENDAR.due_after(start, working_days=days).day
    assert CALENDAR.is_working(due)
    assert CALENDAR.working_days_between(start, due) == days


def test_a_calendar_without_exceptions_knows_weekends():
    plain = WorkCalendar({}, known_until=date(2030, 12, 31))
    friday = date(2021, 1, 8)
    assert plain.due_after(friday, working_days=1).day == friday + timedelta(days=3)


def test_full_width_text_is_folded():
    assert fold("　５００１　Ａ（一）\t x ") == "5001 A(一) x"
