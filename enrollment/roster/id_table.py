"""ID numbers of 18 digits by the thousand: the same answers as `calc.id_number`, from sums that are kept.

A county's people share few region codes, birth days and serial numbers, so the weighted sum of each part is looked up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from calc.id_number import IdNumber, birth_date, check_digit, check_id_number, kind_of, sex_of
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
        """A person for each right number; None for what is not 18 plain characters, or wrong in any way.

        Written out in one loop, once for every person and head of household; three known parts make 18 characters.
        """
        regions, days, ends = self._regions, self._days, self._ends
        people: list[Person | None] = []
        for number in cells:
            try:
                region_sum, kind = regions[number[:6]]  # type: ignore[index]
                day_sum, birth = days[number[6:14]]  # type: ignore[index]
                end_sum, sex = ends[number[14:]]  # type: ignore[index]
            except KeyError:
                people.append(self._learned(number))  # type: ignore[arg-type]
            except TypeError:  # no text
                people.append(None)
            else:
                right = (region_sum + day_sum + end_sum) % 11 == 0
                people.append((number, kind, birth, sex) if right else None)  # type: ignore[arg-type]
        return people

    def _learned(self, number: str) -> Person | None:
        """The parts that are new, once for each; the number itself is then looked up like any other."""
        parts = _parts(number)
        birth = birth_date(parts.group(2), today=self.today) if parts else None
        if parts is None or not isinstance(birth, date):
            return None
        first, day, last = parts.groups()
        if first not in self._regions:
            if len(self._regions) >= MOST_REGIONS:
                return self._alone(number)
            self._regions[first] = (_weighted(f"{first}00000000000"), kind_of(number))
        self._days[day] = (_weighted(f"000000{day}000"), birth)
        if last not in self._ends:
            serial = _weighted(f"00000000000000{last[:3]}")
            sex = sex_of(last[2])
            self._ends |= {f"{last[:3]}{check}": (serial - at, sex) for at, check in enumerate(_CHECKS)}
        return self.read([number])[0]

    def _alone(self, number: str) -> Person | None:
        """Of a region that is not kept: no roster has so many."""
        found = check_id_number(number, today=self.today)
        return (found.value, found.kind, found.birth_date, found.sex) if isinstance(found, IdNumber) else None


def _weighted(head: str) -> int:
    """The weighted sum of seventeen digits modulo 11."""
    return _CHECKS.index(check_digit(head))
