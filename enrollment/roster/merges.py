"""Areas of a sheet that are merged downwards, from its XML: the parser gives the value of their first cell alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from enrollment.roster.cells import column_position
from enrollment.roster.facts import MAX_COLUMNS, Span

MOST_AREAS = 200_000
_AREA = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):[A-Za-z]{1,3}(\d{1,7})["']"""
)


def merged_spans(texts: Iterable[bytes], *, last_row: int) -> Mapping[int, Sequence[Span]]:
    """Their rows by the column that holds the value, in order; down to the last row with content."""
    found: dict[int, set[Span]] = {}
    for text in texts:
        start = text.rfind(b"sheetData>")
        for area in islice(_AREA.finditer(text, max(start, 0)), MOST_AREAS):
            column, first, last = column_position(area[1].decode("ascii")), int(area[2]), min(int(area[3]), last_row)
            if column < MAX_COLUMNS and first < last:
                found.setdefault(column, set()).add((first, last))
    return {column: sorted(spans) for column, spans in found.items()}
