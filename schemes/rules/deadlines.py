"""When a deadline of the edition ends."""

from datetime import date, timedelta

from calc.dates import Due, WorkCalendar
from schemes.terms.model import Deadline


def due_of(deadline: Deadline, start: date, calendar: WorkCalendar) -> Due:
    """The last day of the deadline; the day of the event is day 0.

    Calendar days aren't moved when they end on a day off: the notices name days, not working days.
    """
    days = int(deadline.days.value)
    if deadline.unit == "working_days":
        return calendar.due_after(start, working_days=days)
    return Due(start + timedelta(days=days), provisional=False)
