"""Splitting a sum so that the parts add up again."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Weight = Decimal | Fraction | int


class SplitError(ValueError):
    """Weights that no sum can be split by."""


def split(total_fen: int, weights: Sequence[Weight]) -> tuple[int, ...]:
    """Parts in fen by largest remainder, in the order of the weights; a tie goes to the one listed first.

    The weights need not add up to 1. Raises SplitError where one is negative or all are zero.
    A refund (total below zero) splits as the charge did.
    """
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if whole <= 0 or any(share < 0 for share in shares):
        raise SplitError("分摊比例不能为负，也不能全部为零，请核对各方比例")
    if total_fen < 0:
        return tuple(-part for part in split(-total_fen, weights))
    exact = [total_fen * share / whole for share in shares]
    parts = [int(amount) for amount in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_remainder[: total_fen - sum(parts)]:
        parts[at] += 1
    return tuple(parts)
