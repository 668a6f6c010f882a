"""Money: Decimal yuan from text, whole fen in the database. The only module that rounds.

Formula: rounding is half up to the fen, once, at the end of a calculation.
"""

import re
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from calc.text import fold

FEN = Decimal("0.01")
WAN = Decimal(10_000)
MINUS = "\N{MINUS SIGN}"

_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", re.ASCII)


class MoneyError(ValueError):
    """An amount that can't be taken; the message is a Chinese sentence for whoever typed it."""


def yuan(text: str) -> Decimal:
    """The amount in yuan, exact. Takes `30000`, `30,000.00`, full-width digits; or raises MoneyError."""
    if not isinstance(text, str):
        raise MoneyError(f'金额「{text}」应写成文字，例如 "800.00"，不能用数字类型')
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    tidy = fold(text).replace(MINUS, "-")
    if _PLAIN.fullmatch(tidy) or _GROUPED.fullmatch(tidy):
        return Decimal(tidy.replace(",", ""))
    raise MoneyError(f"金额「{text}」看不懂，应是元为单位、至多两位小数的数，例如 800.00")


def to_fen(amount: Decimal) -> int:
    """Whole fen of an amount in yuan; raises MoneyError where it isn't exact to the fen."""
    fen = amount * 100
    whole = int(fen)
    if fen != whole:
        raise MoneyError(f"金额 {amount} 不足一分，应先算到分")
    return whole


def from_fen(fen: int) -> Decimal:
    """Yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def round_to_fen(amount: Decimal) -> Decimal:
    """Half up: 0.005 becomes 0.01."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def floor_to_fen(amount: Decimal) -> Decimal:
    """Down to the fen: for a height that must not be passed, for parts that must not exceed the whole."""
    return amount.quantize(FEN, rounding=ROUND_FLOOR)


def round_to_wan(amount: Decimal) -> int:
    """Whole 万元, half up: 1,245,000.00 becomes 125."""
    return int((amount / WAN).to_integral_value(rounding=ROUND_HALF_UP))


def format_yuan(amount: Decimal) -> str:
    """`13,903,370.00`; a negative amount has U+2212; digits below the fen are shown, never dropped."""
    shown = f"{amount:,.2f}" if amount == amount.quantize(FEN) else f"{amount.normalize():,f}"
    return shown.replace("-", MINUS)
