"""Long numbers that a spreadsheet program kept as numbers and wrote out in full: fifteen digits, then noughts.

A single account may well end so, and an ID number may even pass its check digit; many in one column never do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enrollment.roster.cells import Cell
from enrollment.roster.columns import TITLES
from enrollment.roster.refusal import refused

_LOST = re.compile(r"[0-9]{15}(?:000|0000)")  # of 18 or 19 digits
_KEYS = ("id_number", "bank_account")
_TAIL = "000"
_FEWEST, _ONE_IN = 3, 10  # by chance one number in a thousand ends so
_TOLD = 3


@dataclass(slots=True)
class _Column:
    numbers: int = 0
    lost: int = 0
    different: set[str] = field(default_factory=set)  # an account may be a whole household's
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class LostDigits:
    """Counts such numbers in one sheet, chunk by chunk."""

    sheet: str
    _columns: dict[str, _Column] = field(default_factory=lambda: {key: _Column() for key in _KEYS})

    def look(self, numbers: Sequence[int], rows: Sequence[Sequence[Cell]], positions: Mapping[str, int]) -> None:
        for key in _KEYS:
            if (at := positions.get(key)) is not None:
                _look(self._columns[key], numbers, [cells[at] if at < len(cells) else "" for cells in rows])

    def demand_none(self) -> None:
        """Raises RosterRefused for a column that is full of them."""
        for key, found in self._columns.items():
            if len(found.different) >= _FEWEST and found.lost * _ONE_IN >= found.numbers:
                raise refused("digits_lost", _sentence(self.sheet, TITLES[key], found))


def _look(column: _Column, numbers: Sequence[int], cells: Sequence[Cell]) -> None:
    column.numbers += len(cells) - cells.count("") - cells.count(None)
    for row_no, cell in zip(numbers, cells, strict=True):
        if isinstance(cell, str) and cell.endswith(_TAIL) and _LOST.fullmatch(cell):
            column.lost += 1
            if len(column.different) < _FEWEST and cell not in column.different:
                column.different.add(cell)
                column.rows.append(row_no)


def _sentence(sheet: str, title: str, found: _Column) -> str:
    rows = "、".join(map(str, found.rows[:_TOLD]))
    return (
        f"工作表「{sheet}」的「{title}」有 {found.lost} 个只有前 15 位是真的，后面都是 0"
        f"（如第 {rows} 行）：这一列曾被表格软件当成数字存过，末几位已经丢失。"
        "请从原始资料重新填写这一列，先把该列设为“文本”格式；从别的系统导出的，请让该列按文本导出"
    )
