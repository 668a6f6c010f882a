"""Rows that are no people: blank ones, totals, who filled the sheet in and signed, the numbers of its columns."""

import re
from collections.abc import Collection, Sequence

from calc.text import fold
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.columns import KEYS, header_text
from enrollment.roster.fields import is_plain_name

_TOTAL = re.compile(
    r"(?:以上|本[页组村社镇]|全[村组镇]|[\u4e00-\u9fff0-9]{1,10}[村组社镇])?"
    r"(?:合计|总计|小计|共计|累计|总?人数|总?户数|总人口|共(?=[0-9])|计(?=[0-9]))+(?:[人户]数?)?[0-9共计人户口名元,，.、()]*"
)
_OF_A_HOUSEHOLD = re.compile(r"[共计][0-9].*")  # as remarks beside a person have it as well: 共3人
_SIGNED = re.compile(
    r"(?:填表|制表|填报|上报|审核|复核|(?:单位)?负责人|经办人|盖章|签字|签章|日期|备?注[:：]|说明[:：]|填写说明|附[:：]|联系电话[:：]"
    r"|(?:填[报表]|制表|上报|申报)?单位[:：(]|(?:乡镇|镇|乡|街道|行政村|村|社区|村组)[:：]|以[上下][为是]"
    r"|村支?书|村主任|包村干部|驻村|(?:人民币)?大写|人民币|乡?镇(?:人民)?政府|村(?:民)?委会)"
    r"|[^()]{0,20}\((?:盖章|公章|签字|签章)\)|[0-9]{0,4}年[0-9]{0,2}月[0-9]{0,2}日$"
    r"|\(?以下(?:空白|无正文|为空)\)?$|\([^()]+\)$|\(?第[0-9一二三四五六七八九十]+页"
    r"|.{4,60}(?:名册|花名册|清册|登记表|明细表|统计表|汇总表)(?:\(.{0,8}\))?$"
)
SHORTEST_ID = 15
LONGEST_TOTAL = 200
# filled in beforehand for many rows: alone they are nobody
_PREFILLED_AT = frozenset(KEYS.index(key) for key in ("id_kind", "township", "village", "group"))
_NO_VALUES = frozenset(
    ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")
)  # of formulas dragged too far
_BEFORE_NUMBERS = frozenset("甲乙丙丁")


def is_blank_row(picked: Sequence[Cell], derived: Collection[str]) -> bool:
    """Nothing in any column that is read but what is filled in beforehand, as a running number is."""
    if not (is_blank(picked[0]) or picked[0] in _NO_VALUES):
        return False
    beforehand = _PREFILLED_AT.union(KEYS.index(key) for key in derived)
    return all(at in beforehand or is_blank(cell) or cell in _NO_VALUES for at, cell in enumerate(picked))


def is_closing_row(cells: Sequence[Cell], number: Cell, name: Cell = "") -> bool:
    """Whether the row is such a one; `number` is its cell of the ID column, and who has a number is a person.

    Somebody whose number is missing is one as well, though their household's size stands behind their `name`.
    """
    if len(fold(as_text(number))) >= SHORTEST_ID:
        return False
    texts = [as_text(cell) for cell in cells if not is_blank(cell)]
    totals = [text for text in map(header_text, texts) if len(text) <= LONGEST_TOTAL and _TOTAL.fullmatch(text)]
    if totals and not (_is_name(name) and all(map(_OF_A_HOUSEHOLD.fullmatch, totals))):
        return True
    if _numbers_columns(texts):
        return True
    return all(_SIGNED.match(fold(text).replace(" ", "")) for text in texts)


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and is_plain_name(cell) and not _TOTAL.fullmatch(cell)


def _numbers_columns(texts: Sequence[str]) -> bool:
    """1, 2, 3 … below a header; 甲 and 乙 come before them in statistics."""
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 3]
    others = [text for text in texts if text not in _BEFORE_NUMBERS]
    return (
        len(numbers) > 2 and len(numbers) == len(others) and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    )
