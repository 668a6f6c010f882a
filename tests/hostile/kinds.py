"""What a hostile file is: how it is made, and what must come of it. Nothing of it is ever repaired."""

from collections.abc import Callable
from dataclasses import dataclass

Size = int  # 1: as large as an attacker would make it; 10: a tenth of that, for the short run with limits to match
WrongCell = tuple[int, str, str]  # row number, column (a key of COLUMNS, "" for the row), kind of problem


@dataclass(frozen=True, slots=True)
class Hostile:
    """`words` of the refusal of the whole file; or `wrong`, the cells that are errors of their rows."""

    name: str
    make: Callable[[Size], bytes]
    words: str = ""
    wrong: tuple[WrongCell, ...] = ()
    file: str = "名册.xlsx"


def refused(name: str, make: bytes | Callable[[Size], bytes], words: str, *, file: str = "名册.xlsx") -> Hostile:
    return Hostile(name, made(make), words=words, file=file)


def wrong(name: str, make: bytes | Callable[[Size], bytes], *cells: WrongCell, file: str = "名册.xlsx") -> Hostile:
    return Hostile(name, made(make), wrong=cells, file=file)


def made(content: bytes | Callable[[Size], bytes]) -> Callable[[Size], bytes]:
    """Small contents are made at once, large ones when they are asked for."""
    return content if callable(content) else lambda _size: content
