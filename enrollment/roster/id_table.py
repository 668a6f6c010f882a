"""ID numbers of 18 digits by the thousand: the same answers as `calc.id_number`, from sums that are kept.

A county's people share few region codes, birth days and serial numbers, so the weighted sum of each part is looked up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from calc.id_number import IdNumber, check_digit, check_id_number
from enrollment.roster.cells import Cell

MOST_REGIONS = 20_000

Person = tuple[str, str, date | None, str | None]
"""Number, kind, birth date, sex."""
NOBODY: Person = ("", "", None, None)

_parts = re.compile(r"([0-9]{6})([0-9]{8})([0-9]{3}[0-9X])").fullmatch
_CHECKS = "10X98765432"  # at the weighted sum modulo 11


@dataclass(slots=True)
class IdTable:
    """Sums of parts seen so far: a day or a serial has at most some ten thousand, regions are limited."""

    today: date
    _regions: dict[str, tuple[int, str]] = field(default_factory=dict)
    _days: dict[str, tuple[int, date]] = field(default_factory=dict)
    _ends: dict[str, tuple[int, str]] = field(default_factory=dict)

    def read(self, cells: Sequence[Cell]) -> list[Person | None]:
        """A person for each right number; None for what is not 18 plain characters, or wrong in any way."""
        return [self._person(cell) if isinstance(cell, str) else None for cell in cells]

    def _person(self, number: str) -> Person | None:
        found = _parts(number)
        if found is None:
            return None
        first, day, last = found.groups()
        try:
            region_sum, kind = self._regions[first]
            day_sum, birth = self._days[day]
            end_sum, sex = self._ends[last]
        except KeyError:
            return self._learned(number, first, day, last)
        return (number, kind, birth, sex) if (region_sum + day_sum + end_sum) % 11 == 0 else None

    def _learned(self, number: str, first: str, day: str, last: str) -> Person | None:
        """The long way, once for each part; a wrong number teaches nothing."""
        found = check_id_number(number, today=self.today)
        if not isinstance(found, IdNumber) or found.birth_date is None or found.sex is None:
            return None
        if first not in self._regions and len(self._regions) < MOST_REGIONS:
            self._regions[first] = (_weighted(f"{first}00000000000"), found.kind)
        if day not in self._days:
            self._days[day] = (_weighted(f"000000{day}000"), found.birth_date)
        if last not in self._ends:
            self._ends[last] = (_weighted(f"00000000000000{last[:3]}") - _CHECKS.index(last[3]), found.sex)
        return found.value, found.kind, found.birth_date, found.sex


def _weighted(head: str) -> int:
    """The weighted sum of seventeen digits modulo 11."""
    return _CHECKS.index(check_digit(head))
