"""The premium: rate × number, part by part; pro rata; what last year left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from calc.money import format_yuan, from_fen, round_to_fen, to_fen
from calc.splits import split
from schemes.rules.amounts import Found, find
from schemes.terms.figures import Amount
from schemes.terms.model import EditionTerms
from schemes.terms.premiums import PremiumPart

ZERO = Decimal(0)
CATEGORY = "category"


class HeadsRefused(ValueError):
    """Numbers that no premium can be computed from; the message is a sentence for who entered them."""


@dataclass(frozen=True, slots=True)
class Heads:
    """How many; `by_category` persons by the edition's categories, where its rates differ by them."""

    persons: int = 0
    households: int = 0
    units: int = 0
    by_category: Mapping[str, int] = field(default_factory=dict)


def goes_by_census(terms: EditionTerms) -> bool:
    """Whether the premium rests on entered figures: the edition says so, or asks for what no roster tells."""
    premium = terms.premium
    by_unit = any(part.basis == "unit" for part in premium.parts)
    return premium.figures == "census" or bool(premium.categories) or by_unit


def premium_of(terms: EditionTerms, heads: Heads) -> Decimal:
    """The premium in yuan, exact; raises HeadsRefused. For the whole edition: a part that is one sum is in it."""
    return sum((_part_of(terms, part, heads) for part in terms.premium.parts), ZERO)


def person_premium_of(terms: EditionTerms, heads: Heads) -> Decimal:
    """What of the premium goes by person."""
    return sum((_part_of(terms, part, heads) for part in terms.premium.parts if part.basis == "person"), ZERO)


def premiums_by_region(terms: EditionTerms, regions: Sequence[Heads]) -> tuple[Decimal, ...]:
    """The premium of each region; one sum for all is split by persons, or by households, or by units, whichever the
    regions are counted in. Raises HeadsRefused, also where several regions have nothing that the sum could go by.
    """
    own = [
        sum((_part_of(terms, part, heads) for part in terms.premium.parts if part.basis != "whole"), ZERO)
        for heads in regions
    ]
    whole = sum((_part_of(terms, part, Heads()) for part in terms.premium.parts if part.basis == "whole"), ZERO)
    if not whole or not regions:
        return tuple(own)
    parts = split(to_fen(whole), _weights(regions))
    return tuple(amount + from_fen(part) for amount, part in zip(own, parts, strict=True))


def _weights(regions: Sequence[Heads]) -> list[int]:
    if len(regions) == 1:
        return [1]
    for weights in zip(*((heads.persons, heads.households, heads.units) for heads in regions), strict=True):
        if any(weights):
            return list(weights)
    raise HeadsRefused("保费是一笔总价，要按各地人数分摊，但各地人数都是 0，请先填人数或户数")


def _part_of(terms: EditionTerms, part: PremiumPart, heads: Heads) -> Decimal:
    _refuse_negative(heads)
    if part.basis == "whole":
        return _rate(part.rate, "")
    if part.basis == "person" and terms.premium.categories:
        _refuse_uncounted(terms, heads)
        return sum((_rate(part.rate, code) * number for code, number in heads.by_category.items()), ZERO)
    number = {"person": heads.persons, "household": heads.households, "unit": heads.units}[part.basis]
    return _rate(part.rate, "") * number


def _rate(rate: Amount, category: str) -> Decimal:
    found = find(rate, {CATEGORY: category})
    if not isinstance(found, Found):
        raise HeadsRefused(f"{found.reason}，没有保费标准，请核对人员类别")
    return found.figure.value


def _refuse_negative(heads: Heads) -> None:
    for label, number in (("参保人数", heads.persons), ("户数", heads.households), ("份数", heads.units)):
        if number < 0:
            raise HeadsRefused(f"{label} {number} 不能小于 0，请核对")


def _refuse_uncounted(terms: EditionTerms, heads: Heads) -> None:
    unknown = [code for code in heads.by_category if code not in terms.premium.categories]
    if unknown:
        known = "、".join(terms.premium.categories)
        raise HeadsRefused(f"人员类别「{'、'.join(unknown)}」不在本方案内，应是 {known}")
    counted = sum(heads.by_category.values())
    if counted != heads.persons:
        raise HeadsRefused(f"各类人数相加是 {counted}，与总人数 {heads.persons} 不符，请按人员类别填写人数")


def pro_rata(terms: EditionTerms, full: Decimal, first: date, last: date) -> Decimal:
    """Of a full rate, what falls on the days `first` to `last` (both included) of the period; rounded half up.

    By days: days covered ÷ days of the period. By months: months begun ÷ months of the period. Without a rule the
    whole rate is due.
    """
    period = terms.period.range
    first, last = max(first, period.first), min(last, period.last)
    if last < first:
        return round_to_fen(ZERO)
    if not terms.premium.pro_rata:
        return round_to_fen(full)
    measure = _months if terms.premium.pro_rata == "months" else _days
    return round_to_fen(full * measure(first, last) / measure(period.first, period.last))


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _months(first: date, last: date) -> int:
    """Months begun: 15 March to 14 April is one, to 15 April two."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months + (1 if last.day >= first.day else 0) if months else 1


@dataclass(frozen=True, slots=True)
class Carried:
    """`due` is still to be paid, `used` comes out of last year's balance, `left` stays for next year."""

    due: Decimal
    used: Decimal
    left: Decimal


def carried_over(terms: EditionTerms, premium: Decimal, balance: Decimal) -> Carried:
    """Last year's balance set against this year's premium, as far as the edition allows; never below zero.

    Raises HeadsRefused for a balance below zero: a loss is no credit.
    """
    if balance < 0:
        raise HeadsRefused(f"上年结余 {format_yuan(balance)} 元不能小于 0；上年亏损不抵减保费，请填 0")
    rule = terms.premium.carry_over
    allowed = round_to_fen(balance * rule.ratio.value) if rule else ZERO
    used = min(allowed, premium)
    return Carried(premium - used, used, balance - used)
