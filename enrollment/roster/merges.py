"""What stands behind the rows in a sheet's XML: merged areas, of whose cells the parser gives the first alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enrollment.roster.cells import column_position
from enrollment.roster.facts import MAX_COLUMNS, Span
from enrollment.roster.refusal import RosterRefused, broken_structure, refused

MOST_AREAS = 200_000
MOST_TAG_BYTES = 2**20
HEAD_ROWS = 1_000  # a header stands within them
_AREA = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})["']"""
)
_ROWS_AGAIN = re.compile(rb"</?(?:[\w.-]+:)?(?:sheetData|row)[\s/>]")


@dataclass(slots=True)
class Behind:
    """Takes all that follows the rows block by block: rules, links and extensions stand around the merged areas, of
    any size. `sheet` is for wording."""

    sheet: str
    _rest: bytes = b""
    _areas: int = 0
    _down: dict[int, set[Span]] = field(default_factory=dict)
    _across: dict[int, dict[int, int]] = field(default_factory=dict)

    def take(self, block: bytes) -> None:
        """Tags are looked at whole: what may be the beginning of one waits for the next block."""
        text = self._rest + block
        cut = max(text.rfind(b"<"), 0)
        self._look(text[:cut])
        self._rest = text[cut:]
        if len(self._rest) > MOST_TAG_BYTES:
            raise RosterRefused(broken_structure(f"工作表「{self.sheet}」的写法不常见"))

    def end(self) -> None:
        self._look(self._rest)
        self._rest = b""

    def down(self, last_row: int) -> Mapping[int, Sequence[Span]]:
        """Rows of areas merged downwards, by the column that holds the value, in order; to the last with content."""
        found = {column: sorted(_within(spans, last_row)) for column, spans in self._down.items()}
        return {column: spans for column, spans in found.items() if spans}

    def across(self) -> Mapping[int, Mapping[int, int]]:
        """By row, of the first rows: the last column of an area merged to the right, by the one that holds the
        value."""
        return self._across

    def _look(self, text: bytes) -> None:
        if (b"row" in text or b"sheetData" in text) and _ROWS_AGAIN.search(text):
            raise RosterRefused(broken_structure(f"工作表「{self.sheet}」里有第二份数据，只能读到第一份"))
        for area in _AREA.finditer(text) if b"mergeCell" in text else ():
            self._note(area)

    def _note(self, area: re.Match[bytes]) -> None:
        self._areas += 1
        if self._areas > MOST_AREAS:
            raise _too_many(self.sheet)
        column, end = (column_position(area[at].decode("ascii")) for at in (1, 3))
        first, last = int(area[2]), int(area[4])
        if column < MAX_COLUMNS and first < last:
            self._down.setdefault(column, set()).add((first, last))
        if column < end and first <= HEAD_ROWS:
            self._across.setdefault(first, {})[column] = end


def _within(spans: set[Span], last_row: int) -> set[Span]:
    return {(first, min(last, last_row)) for first, last in spans if first < last_row}


def _too_many(sheet: str) -> RosterRefused:
    return refused(
        "too_many_areas",
        f"工作表「{sheet}」合并的单元格超过 {MOST_AREAS:,} 处。请取消合并、逐行填好，或分成几个文件上传",
    )
