"""What looking a file over tells of it: sheets, hidden rows, formulas, sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from enrollment.roster.refusal import Refusal

MAX_ROWS = 300_000
MAX_COLUMNS = 200
CSV_SHEET = "CSV"  # the name that the one sheet of a CSV goes by

Span = tuple[int, int]
"""First and last row of an area that is merged downwards."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One worksheet. Row numbers are the sheet's own (1-based); formulas: row → bit set of columns.

    merged: areas of several rows, by the 0-based column that holds their value, in order.
    across: of areas of several columns in the first rows, the last one, by row and the column that holds the value.
    rows counts those with content; size is the sheet's XML in bytes, which counts mere formats too.
    """

    name: str
    visible: bool
    rows: int
    last_row: int
    hidden_rows: frozenset[int] = frozenset()
    formulas: Mapping[int, int] = field(default_factory=dict)
    size: int = field(default=0, compare=False)
    merged: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    across: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    def is_formula(self, row_no: int, position: int) -> bool:
        return bool(self.formulas.get(row_no, 0) >> position & 1)

    @property
    def formula_cells(self) -> list[tuple[int, int]]:
        """(row number, 0-based column) of every cell that holds a formula."""
        return [
            (row_no, position)
            for row_no, bits in self.formulas.items()
            for position in range(bits.bit_length())
            if bits >> position & 1
        ]


@dataclass(frozen=True, slots=True)
class Looked:
    """The outcome of looking a file over: either a refusal, or its kind and its sheets."""

    refusal: Refusal | None = None
    kind: Literal["xlsx", "csv"] = "xlsx"
    encoding: str = ""
    sheets: tuple[SheetFacts, ...] = ()

    @property
    def ok(self) -> bool:
        return self.refusal is None

    def sheet(self, name: str) -> SheetFacts | None:
        return next((one for one in self.sheets if one.name == name), None)
