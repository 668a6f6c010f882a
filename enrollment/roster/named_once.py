"""A village that a sheet without such a column names once for all its people: in its title, on its tab, or as its file.

Only where all of these mean one and the same; no sheet goes on into another village.
"""

import re
from collections.abc import Iterable, Sequence

from calc.text import fold
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.columns import COLUMNS
from enrollment.roster.fields import is_plain_name
from enrollment.roster.headers import Header, Rows, column_missing
from enrollment.roster.refusal import RosterRefused, refused
from enrollment.roster.regions import RegionIndex, Township, village_key

# a name begins a text, or stands behind a sign, our own township or a year: 新铺垭村 is not 铺垭村
_BEGINS = r"^|(?<=[^\u4e00-\u9fff])|(?<=[县区市旗处府村年度及和与])"
_MORE = "等"  # 铺垭村等三村
_LONGEST = 200
_SHORTEST_TOWNSHIP = 3
_CELLS_OF_A_LINE = 3
_VILLAGE = next(column for column in COLUMNS if column.key == "village")


class VillagesByName:
    """Finds the villages of one township in titles."""

    def __init__(self, regions: RegionIndex, township: Township) -> None:
        self._short = {name: village_key(one.name) for name, one in regions.village_names(township).items()}
        own = {township.name, *township.aliases}
        behind = "".join(f"|(?<={re.escape(name)})" for name in own)
        self._villages = re.compile(rf"(?:{_BEGINS}{behind})({_one_of(self._short)})({_MORE})?")
        others = {name for one in regions.townships.values() for name in (one.name, *one.aliases)} - own
        self._townships = re.compile(_one_of(name for name in others if len(name) >= _SHORTEST_TOWNSHIP))

    def named(self, texts: Iterable[str]) -> set[str]:
        """Short names; 等 behind one tells of more, and another township that its village may be of the same name."""
        folded = [fold(text[:_LONGEST]) for text in texts]
        found: set[str] = set()
        for text in (*folded, *(one.replace(" ", "") for one in folded)):
            for name, more in self._villages.findall(text):
                found |= {self._short[name], more} - {""}
            found.update(self._townships.findall(text))
        return found

    def of_sheet(self, sheet: str, header: Header, rows: Rows, file: str) -> str:
        """The village of all people of a sheet. Raises RosterRefused where none is named, or more than one."""
        above = [cell for number, cells in rows if number <= header.row_no for cell in cells]
        here = self.named([sheet, *_texts(above)])
        of_file = self.named([file])
        if len(here | of_file) > 1 and (len(here) != 1 or not here <= of_file):
            raise _several(sheet, sorted(here | of_file))
        for found in here or of_file:
            if found in self._short.values():
                return found
        raise column_missing(sheet, header, [_VILLAGE], or_else="或把工作表改成村的名称（整张表都是这个村的人），")


def other_village(villages: VillagesByName, own: str, number: Cell, name: Cell, cells: Sequence[Cell]) -> str:
    """Another village that a line between the people names: those below it may be of that one.

    Who has an ID number or a name is a person, whatever the address.
    """
    texts = _texts(cells)
    if not is_blank(number) or len(texts) > _CELLS_OF_A_LINE:
        return ""
    if isinstance(name, str) and is_plain_name(name) and not villages.named([name]):
        return ""
    return min(villages.named(texts) - {own, _MORE}, default="")


def goes_on_elsewhere(sheet: str, row_no: int, own: str, other: str) -> RosterRefused:
    return refused(
        "several_villages",
        f"工作表「{sheet}」没有「村」这一列，按「{own}」读取，第 {row_no} 行却写着「{other}」。"
        "请加一列「村」，每人一行填上，或一个村一张工作表",
    )


def _several(sheet: str, names: Sequence[str]) -> RosterRefused:
    written = "、".join(f"「{name}」" for name in names if name != _MORE) + (_MORE if _MORE in names else "")
    return refused(
        "several_villages",
        f"工作表「{sheet}」没有「村」这一列，标题、工作表名和文件名写的村或乡镇不一致，或不止一个（{written}），不知道这些人是哪个村的。"
        "请加一列「村」，每人一行填上",
    )


def _one_of(names: Iterable[str]) -> str:
    """A pattern for the longest of the names; without any, for nothing."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"


def _texts(cells: Iterable[Cell]) -> list[str]:
    return [as_text(cell) for cell in cells if not is_blank(cell)]
