"""Rows below the people of a printed sheet: totals, and who filled it in and signed."""

import re
from collections.abc import Sequence

from calc.text import fold
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.columns import header_text

_TOTAL = re.compile(r"(?:本页|本组|本村|全村)?(?:合计|总计|小计|共计|总人数|总户数)[0-9共人户,，]*")
_SIGNED = re.compile(
    r"(?:填表|制表|填报|上报|审核|复核|(?:单位)?负责人|经办人|盖章|签字|签章|日期|注[:：]|说明[:：]|联系电话[:：])"
    r"|[^()]{0,20}\((?:盖章|公章|签字|签章)\)|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日$"
)
SHORTEST_ID = 15


def is_closing_row(cells: Sequence[Cell], number: Cell) -> bool:
    """Whether the row is such a one; `number` is its cell of the ID column, and who has a number is a person."""
    if len(fold(as_text(number))) >= SHORTEST_ID:
        return False
    texts = [as_text(cell) for cell in cells if not is_blank(cell)]
    if any(_TOTAL.fullmatch(header_text(text)) for text in texts):
        return True
    return all(_SIGNED.match(fold(text).replace(" ", "")) for text in texts)
