"""Long lists as workbooks: a district's roster in seconds, in constant memory, every cell a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from office.sheet_writer import SheetWriter


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column's title and its width in characters."""

    title: str
    width: int = 12


def write_long_list(
    out: Path | IO[bytes], *, sheet: str, columns: Sequence[ListColumn], rows: Iterable[Sequence[str]]
) -> int:
    """Write the rows under their titles to `out` (.xlsx); how many. Numbers come as printed text.

    TooManyRows where a sheet can't hold them. 107,000 rows of 14 columns: docs/performance.md.
    """
    with SheetWriter(out, sheet=sheet, widths=[column.width for column in columns]) as book:
        head = book.titles([column.title for column in columns])
        return book.texts(rows) - head
