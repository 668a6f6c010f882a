"""The cells of wrong rows, kept while the file is read so that the error workbook needs no second reading."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from enrollment.roster.cells import Cell

MOST_ROWS = 60_000  # some 300 bytes each


@dataclass(slots=True)
class WrongRows:
    """Titles by sheet, and cells by (sheet, row number), up to so many rows."""

    most: int = MOST_ROWS
    titles: dict[str, list[str]] = field(default_factory=dict)
    _rows: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def keep(self, sheet: str, row_no: int, cells: Sequence[Cell]) -> None:
        if len(self._rows) < self.most:
            self._rows[sheet, row_no] = json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace")

    def has_all(self, wanted: Iterable[tuple[str, int]]) -> bool:
        """Whether these were kept: too many are not, nor those that only the database refused."""
        return all(key in self._rows for key in wanted)

    def cells(self, sheet: str, row_no: int) -> list[Cell]:
        return json.loads(self._rows[sheet, row_no])  # type: ignore[no-any-return]
