"""Numbers as a document writes them: `"1000.00"`, `"10%"`, `"22"`."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from calc.money import MoneyError, format_yuan, yuan
from calc.text import fold

_RATIO = re.compile(r"\d{1,6}(?:\.\d{1,6})?%", re.ASCII)
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)

Read = tuple[Decimal, str]


class NumberError(ValueError):
    """The message says what is expected, as the second half of a sentence."""


def read_number(written: str, unit: str) -> Read:
    """Value and printed text; `unit` is one of UNITS. A ratio is written in per cent: `"10%"` has the value 0.1."""
    if fold(written) != written:
        raise NumberError(f'用半角、不带空格，例如 "{fold(written)}"')
    return UNITS[unit](written)


def per_cent(ratio: Decimal) -> str:
    """`99%`, `33.5%`, for sentences."""
    return f"{(ratio * 100).normalize():f}%"


def _money(written: str) -> Read:
    try:
        amount = yuan(written)
    except MoneyError:
        raise NumberError('是以元计、至多两位小数的数，例如 "1000.00"') from None
    if amount < 0:
        raise NumberError("不小于零")
    return amount, format_yuan(amount)


def _factor(written: str) -> Read:
    if not _RATIO.fullmatch(written):
        raise NumberError('是百分比，例如 "10%"')
    return Decimal(written[:-1]) / 100, written


def _ratio(written: str) -> Read:
    ratio, text = _factor(written)
    if ratio > 1:
        raise NumberError("不大于 100%")
    return ratio, text


def _count(written: str) -> Read:
    if not _COUNT.fullmatch(written):
        raise NumberError('是不带小数的数，例如 "22"')
    return Decimal(written), written


def _number(written: str) -> Read:
    if not _NUMBER.fullmatch(written):
        raise NumberError('是一个数，例如 "28.5"')
    return Decimal(written), written


# ratio: a part of a whole; factor: a percentage that may pass 100%; number: a measured value, a multiple
UNITS: Mapping[str, Callable[[str], Read]] = {
    "money": _money,
    "ratio": _ratio,
    "factor": _factor,
    "count": _count,
    "age": _count,
    "number": _number,
}
