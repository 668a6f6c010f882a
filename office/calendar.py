"""Working days: the State Council's exceptions as the authority keeps them, and the week's rule for the rest."""

from datetime import date

from django.core.cache import cache

from calc.dates import WorkCalendar
from office.models import DayOff

CACHE_KEY = "work-calendar"
CACHE_SECONDS = 300


def work_calendar() -> WorkCalendar:
    """The calendar in force; years before the first and after the last announced one count by the
    week and are provisional."""
    calendar = cache.get(CACHE_KEY)
    if calendar is None:
        exceptions = dict(DayOff.objects.values_list("day", "is_workday"))
        first, last = min(exceptions, default=date.max), max(exceptions, default=date.min)
        calendar = WorkCalendar(
            exceptions=exceptions, known_until=date(last.year, 12, 31), known_from=date(first.year, 1, 1)
        )
        cache.set(CACHE_KEY, calendar, CACHE_SECONDS)
    return calendar
