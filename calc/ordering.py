"""Text with numbers in it, in the order that people expect: `9组` before `10组`, 二组 before 十组."""

import re

_NUMBER = re.compile(r"(\d+|[零〇一二三四五六七八九十百]+)")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0}
_UNITS = {"十": 10, "百": 100}


def natural_key(text: str) -> list[tuple[int, str]]:
    """The key by which to sort: numbers by value, what stands between them as text."""
    parts = enumerate(_NUMBER.split(text))  # every second part is a number
    return [(_value(part), "") if position % 2 else (0, part) for position, part in parts if part]


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else _chinese(number)


def _chinese(number: str) -> int:
    """二十一 is 21; digits without units stand for themselves: 一〇 is 10."""
    total = digit = 0
    for sign in number:
        if sign in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit
