"""One cell of a sheet: what it may hold and how it is read as text."""

import math
from typing import TypeAlias

Cell: TypeAlias = str | float | int | bool | None


def as_text(cell: Cell) -> str:
    """The cell as a clerk would read it: 3 for 3.0, 是/否 for booleans, nothing for None."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def column_position(letters: str) -> int:
    """0 for A; the other way round."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
