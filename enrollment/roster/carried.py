"""Cells that stand for the one above: merged down over a household, 〃 and 同上; and households that rows share."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from enrollment.roster.cells import Cell, is_blank
from enrollment.roster.facts import Span
from enrollment.roster.problems import RosterValues, RowProblem
from enrollment.roster.relations import HEADS

# what the people of a household, a group or a village share; a name or a number is nobody else's
SHARED = frozenset(
    {
        *("household_no", "head_name", "head_id_number", "township", "village", "group"),
        *("phone", "bank", "bank_account", "address"),
    }
)
_DITTO = frozenset(("〃", "″", "〞", "“", "”", '"', "＂", "同上", "同前", "上同"))


def is_ditto(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip() in _DITTO


def ditto_words(cells: Sequence[str]) -> list[int]:
    """Where 同上 or its like stands, which looks like other text; mostly nowhere, which the joined text tells fast."""
    return [at for at, cell in enumerate(cells) if is_ditto(cell)] if "同" in "".join(cells) else []


@dataclass(slots=True)
class Merged:
    """Fills the people's cells of areas merged down, of which a sheet gives the topmost alone, chunk by chunk."""

    spans: Mapping[int, Sequence[Span]]  # by position, those of shared columns
    own: Collection[int]  # where a person's name and number stand: a row without either is nobody's
    _above: dict[int, tuple[int, Cell]] = field(default_factory=dict)

    @classmethod
    def of(cls, spans: Mapping[int, Sequence[Span]], positions: Mapping[str, int]) -> "Merged":
        shared = {at for key, at in positions.items() if key in SHARED}
        own = [positions[key] for key in ("name", "id_number") if key in positions]
        return cls({at: found for at, found in spans.items() if at in shared}, own)

    def fill(self, numbers: Sequence[int], rows: Sequence[list[Cell]]) -> None:
        for at, spans in self.spans.items():
            for number, cells in zip(numbers, rows, strict=True):
                self._fill_cell(at, _span_of(number, spans), number, cells)

    def _fill_cell(self, at: int, span: Span | None, number: int, cells: list[Cell]) -> None:
        if span is None or at >= len(cells):
            return
        if number == span[0]:
            self._above[at] = (span[0], cells[at])
        elif is_blank(cells[at]) and not all(is_blank(cells[own]) for own in self.own if own < len(cells)):
            first, value = self._above.get(at, (0, ""))
            cells[at] = value if first == span[0] else cells[at]


def _span_of(number: int, spans: Sequence[Span]) -> Span | None:
    """The last area that begins at or above the row, where it reaches down to it."""
    at = bisect_right(spans, number, key=lambda span: span[0])
    return spans[at - 1] if at and spans[at - 1][1] >= number else None


def without_dittos(cells: list[Cell], above: Sequence[Cell], positions: Mapping[str, int]) -> None:
    """Puts what stands above into shared cells with a ditto mark; nothing where there is nothing above."""
    for key, at in positions.items():
        if key in SHARED and at < len(cells) and is_ditto(cells[at]):
            cells[at] = above[at] if at < len(above) else ""


@dataclass(slots=True)
class HouseholdAbove:
    """The household that rows above have stated: by its number, or by its head's ID number.

    Where a sheet has such a column, it is often filled in for the first of a household only; the others then tell by
    their relation that they belong to a head above. Nothing is guessed of rows that do not, nor of rows of another
    village or group, nor of any blank once the sheet has stated a household for its members as well.
    """

    by_head: bool  # whether there is a column of heads' ID numbers
    _number: str = ""
    _head: str = ""
    _head_name: str = ""
    _home: Sequence[str] = ("", "", "")  # of the row that stated it
    settled: bool = False  # the sheet states households for members: what a row states is all there is to it

    @classmethod
    def of(cls, positions: Mapping[str, int]) -> "HouseholdAbove | None":
        """None where a sheet has no relations, or states no households."""
        if "relation" not in positions or not {"household_no", "head_id_number"} & positions.keys():
            return None
        return cls("head_id_number" in positions)

    def follow(self, values: RosterValues, problems: Iterable[RowProblem] = ()) -> RosterValues:
        """The row with its household; rows come in the sheet's order."""
        if any(problem.column in ("household_no", "head_id_number") for problem in problems):
            self._forget()
            return values
        here = self._is_home(values)
        stated = (values.household_no, values.head_id_number)
        if any(stated):
            self.settled |= here and stated == (self._number, self._head)
            self._number, self._head, self._head_name = *stated, values.head_name
            self._home = _home_of(values)
            return values
        if not values.relation or values.relation in HEADS:
            self._forget()
            return values._replace(head_id_number=values.id_number) if values.relation and self.by_head else values
        if not here:  # numbers begin anew in each village and group: there it is another household
            self._forget()
        if self.settled or not (self._number or self._head) or values.head_name not in ("", self._head_name):
            return values
        return values._replace(household_no=self._number, head_id_number=self._head)

    def _is_home(self, values: RosterValues) -> bool:
        """Whether the row may live where the household does; what it leaves open is no other place."""
        places = zip(_home_of(values), self._home, strict=True)
        return all(one == other or not one or not other for one, other in places)

    def _forget(self) -> None:
        self._number, self._head, self._head_name = "", "", ""


def _home_of(values: RosterValues) -> tuple[str, str, str]:
    return values.township_name, values.village_name, values.group
