"""Rows with what stands for them further up, so that they can be taken out of their sheet and stand below others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from enrollment.roster import fields
from enrollment.roster.carried import HouseholdAbove, Merged, is_ditto, without_dittos
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.closing import is_closing_row
from enrollment.roster.columns import KEYS
from enrollment.roster.facts import SheetFacts
from enrollment.roster.fields import Desk
from enrollment.roster.headers import Header
from enrollment.roster.problems import RosterValues

_BLANK = RosterValues._make([""] * len(RosterValues._fields))
_OF_A_HOUSEHOLD = ("household_no", "head_id_number")


@dataclass(slots=True)
class WholeRows:
    """Completes the rows of one sheet, chunk by chunk, in its order: merged cells, ditto marks, the household."""

    header: Header
    facts: SheetFacts | None
    _merged: Merged | None = field(init=False)
    _household: HouseholdAbove | None = field(init=False)
    _above: Sequence[Cell] = ()

    def __post_init__(self) -> None:
        positions = self.header.positions
        self._merged = Merged.of(self.facts.merged, positions) if self.facts and self.facts.merged else None
        self._household = HouseholdAbove.of(positions)

    def complete(self, numbers: Sequence[int], rows: Sequence[list[Cell]]) -> None:
        start = next((at for at, number in enumerate(numbers) if number > self.header.row_no), len(numbers))
        if self._merged is not None:
            self._merged.fill(numbers[start:], rows[start:])
        for cells in rows[start:]:
            if self._is_somebody(cells):
                self._complete(cells)

    def _is_somebody(self, cells: list[Cell]) -> bool:
        name, number = self._cell(cells, "name"), self._cell(cells, "id_number")
        if is_blank(name) and is_blank(number):
            return False
        return not (self.header.is_again(cells) or is_closing_row(cells, number, name))

    def _complete(self, cells: list[Cell]) -> None:
        positions = self.header.positions
        if any(map(is_ditto, cells)):
            without_dittos(cells, self._above, positions)
        self._above = list(cells)
        if self._household is None:
            return
        values = self._household.follow(self._values(cells))
        for key in _OF_A_HOUSEHOLD:
            if key in positions and (found := getattr(values, key)):
                cells.extend([""] * (positions[key] + 1 - len(cells)))
                cells[positions[key]] = found

    def _values(self, cells: list[Cell]) -> RosterValues:
        """As much as the household goes by, unchecked: what is wrong here is told when the row comes again."""
        told = {key: as_text(self._cell(cells, key)).strip() for key in KEYS}
        return _BLANK._replace(
            household_no=told["household_no"],
            head_id_number=told["head_id_number"],
            head_name=told["head_name"],
            id_number=told["id_number"],
            relation=fields.read_relation(Desk(), "relation", told["relation"], "male"),
            township_name=told["township"],
            village_name=told["village"],
            group=told["group"],
        )

    def _cell(self, cells: list[Cell], key: str) -> Cell:
        at = self.header.positions.get(key, len(cells))
        return cells[at] if at < len(cells) else ""
