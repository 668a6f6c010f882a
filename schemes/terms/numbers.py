"""Numbers as a document writes them: `"1000.00"`, `"10%"`, `"22"`."""

import re
from decimal import Decimal

from calc.money import MoneyError, format_yuan, yuan

_RATIO = re.compile(r"\d{1,3}(?:\.\d{1,6})?%", re.ASCII)
_COUNT = re.compile(r"\d{1,12}", re.ASCII)


class NumberError(ValueError):
    """The message says what is expected, as the second half of a sentence."""


def read_number(written: str, unit: str) -> tuple[Decimal, str]:
    """Value and printed text. A ratio is written in per cent: `"10%"` has the value 0.1."""
    if unit == "money":
        return _money(written)
    if unit == "ratio":
        return _ratio(written)
    if not _COUNT.fullmatch(written):
        raise NumberError('是不带小数的数，例如 "22"')
    return Decimal(written), written


def _money(written: str) -> tuple[Decimal, str]:
    try:
        amount = yuan(written)
    except MoneyError:
        raise NumberError('是以元计、至多两位小数的数，例如 "1000.00"') from None
    if amount < 0:
        raise NumberError("不小于零")
    return amount, format_yuan(amount)


def _ratio(written: str) -> tuple[Decimal, str]:
    if not _RATIO.fullmatch(written):
        raise NumberError('是百分比，例如 "10%"')
    ratio = Decimal(written[:-1]) / 100
    if ratio > 1:
        raise NumberError("不大于 100%")
    return ratio, written
