"""Days: ranges, ages, months, dates as typed, and the calendar of working days. Never reads the clock."""

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from calc.text import fold

ONE_DAY = timedelta(days=1)

_WRITTEN = re.compile(r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))", re.ASCII)


class DateError(ValueError):
    """A text that is no date; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both days included."""

    first: date
    last: date

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} 至 {self.last}"


def parse_date(text: str) -> date:
    """The day written as 2021-09-01, 20210901, 2021.9.1, 2021/9/1 or 2021年9月1日; or DateError."""
    match = _WRITTEN.fullmatch(fold(text).replace(" ", ""))
    if not match:
        raise DateError(f"日期「{text}」看不懂，应写成 2021-09-01 这样")
    year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"日期「{text}」不存在，请核对月和日") from None


def age_on(birth: date, day: date) -> int:
    """Complete years; a year is complete on the birthday. Born on 29 February: on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def add_months(day: date, months: int) -> date:
    """The same day `months` later; where that month lacks the day, its last day (民法典 201, 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Due:
    """`provisional`: days off in that year aren't announced yet, or are not in the calendar."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class ClockDay:
    day: date
    working: bool


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday but for `exceptions` (day -> is it worked?), announced up to `known_until`."""

    exceptions: Mapping[date, bool]
    known_until: date
    known_from: date = date.min

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def due_after(self, start: date, *, working_days: int) -> Due:
        """The last day of the term; the day of the event is day 0 and isn't counted (民法典 201)."""
        day, left = start, working_days
        while left > 0:
            day += ONE_DAY
            left -= self.is_working(day)
        return Due(day, provisional=day > self.known_until or start < self.known_from)

    def days_between(self, start: date, end: date) -> tuple[ClockDay, ...]:
        """Each day after `start` up to and with `end`, for a clock on which the days can be counted."""
        return tuple(ClockDay(day, self.is_working(day)) for day in _days(start + ONE_DAY, end))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; 0 where `end` is not later."""
        return sum(day.working for day in self.days_between(start, end))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def load_workdays(text: str) -> WorkCalendar:
    """The calendar out of CSV with the columns `date` and `is_workday` (1 or 0); known by whole years."""
    rows = csv.DictReader(io.StringIO(text))
    exceptions = {parse_date(row["date"]): row["is_workday"] == "1" for row in rows}
    if not exceptions:
        raise DateError("工作日历是空的，应有「date」「is_workday」两列")
    return WorkCalendar(
        exceptions=exceptions,
        known_until=date(max(exceptions).year, 12, 31),
        known_from=date(min(exceptions).year, 1, 1),
    )
