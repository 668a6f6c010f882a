"""Rows typed into the portal or pasted into it as a block, in the shape that the checker of sheets takes."""

import csv
import io
from collections.abc import Mapping, Sequence

from calc.text import fold
from enrollment.roster.columns import COLUMNS, TITLES, header_text
from enrollment.roster.facts import Looked
from enrollment.roster.reading import RowChunk

KEYS = ("name", "id_number", "village", "group", "household_no", "relation", "phone", "bank", "bank_account", "address")
CARRIED_ON = frozenset({"village", "group"})  # filled in beforehand from the row above: alone they are no row
MOST_ROWS = 200
TYPED = Looked(kind="csv")  # text alone: no hidden rows, no formulas
_LONGEST = 200

TypedRow = Mapping[str, str]
_KEY_BY_SPELLING = {
    header_text(spelling): column.key
    for column in COLUMNS
    if column.key in KEYS
    for spelling in (column.title, *column.aliases)
}


def is_typed(row: TypedRow) -> bool:
    """Whether somebody wrote a person into the row."""
    return any(row.get(key, "").strip() for key in KEYS if key not in CARRIED_ON)


def as_chunk(rows: Mapping[int, TypedRow]) -> RowChunk:
    """One sheet without a name: our own header as row 0, then the rows under the numbers that the screen shows."""
    header = [TITLES[key] for key in KEYS]
    cells = [[row.get(key, "")[:_LONGEST] for key in KEYS] for row in rows.values()]
    return RowChunk("", [0, *rows], [header, *cells])  # type: ignore[list-item]


def read_block(text: str) -> list[dict[str, str]]:
    """Rows of a block pasted from a spreadsheet: by its header where the first row is one, else in our order.

    The screen's script does the same into the grid; this serves those without it.
    """
    rows = [row for row in csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter="\t") if any(row)]
    if not rows:
        return []
    keys = _keys_of(rows[0])
    if keys is None:
        return [_row(KEYS, row) for row in rows]
    return [_row(keys, row) for row in rows[1:]]


def _keys_of(first: Sequence[str]) -> list[str | None] | None:
    """The columns that a header row names; None where it names fewer than two."""
    keys = [_KEY_BY_SPELLING.get(header_text(cell)) for cell in first]
    return keys if sum(key is not None for key in keys) > 1 else None


def _row(keys: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    return {key: fold(cell) for key, cell in zip(keys, cells, strict=False) if key}
