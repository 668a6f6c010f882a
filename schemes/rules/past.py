"""What was paid before: to the same person or household, and to everybody under the edition."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calc.dates import DateError, parse_date
from schemes.rules.facts import Problems, read_money
from schemes.rules.refusal import FactProblem
from schemes.terms.model import EditionTerms

ZERO = Decimal(0)
KEYS = (
    *("coverage", "case", "amount", "paid_on", "days", "deducted", "base", "house"),
    *("same_person", "same_accident", "same_event", "same_county"),
)


@dataclass(frozen=True, slots=True)
class Paid:
    """One earlier payment. None: not stated.

    `case` is the answer to the fact that a coverage's benefit goes by, `house` tells houses apart where a household
    has several; `deducted` is what it used up of a deductible that is taken once, `base` the sum that went through a
    ladder, `days` the days that it paid for.
    """

    coverage: str
    case: str
    amount: Decimal
    house: str
    paid_on: date | None
    days: int | None
    deducted: Decimal | None
    base: Decimal | None
    same_person: bool
    same_accident: bool | None
    same_event: bool | None
    same_county: bool | None


PaidGiven = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Past:
    """`own`: payments to the same person or household; `everybody`: all payments under the edition."""

    own: tuple[Paid, ...] = ()
    everybody: tuple[Paid, ...] = ()

    def of(self, coverages: Collection[str], window: str = "period") -> Iterator[Paid]:
        """Earlier payments under these coverages: the person's own in the period, those for the same accident only
        (`window` accident), or those of the whole household.
        """
        for paid in self.own:
            same = window != "accident" or bool(paid.same_accident)
            if paid.coverage in coverages and (paid.same_person or window == "household") and same:
                yield paid


def read_past(terms: EditionTerms, own: PaidGiven, everybody: PaidGiven, problems: Problems) -> Past:
    """Payments out of `paid_before` and `edition_paid_before`, each `{"coverage", "amount", …}`."""
    return Past(
        tuple(_read(terms, f"paid_before[{at}]", at, entry, problems) for at, entry in enumerate(own, start=1)),
        tuple(
            _read(terms, f"edition_paid_before[{at}]", at, entry, problems)
            for at, entry in enumerate(everybody, start=1)
        ),
    )


def _read(terms: EditionTerms, where: str, at: int, entry: Mapping[str, object], problems: Problems) -> Paid:
    name = f"已赔记录第{at}条"
    coverage = entry.get("coverage")
    if not isinstance(coverage, str) or coverage not in terms.coverages:
        problems.append(FactProblem(f"{where}.coverage", f"{name}的保障责任「{coverage}」不在本方案内，请核对"))
    for key in entry:
        if key not in KEYS:
            message = f"{name}的「{key}」不认识，应是 {'、'.join(KEYS)} 之一"
            problems.append(FactProblem(f"{where}.{key}", message))
    return Paid(
        coverage=str(coverage),
        case=str(entry.get("case") or ""),
        amount=read_money(f"{where}.amount", f"{name}金额", entry.get("amount"), problems) or ZERO,
        house=str(entry.get("house") or ""),
        paid_on=_day(where, name, entry.get("paid_on"), problems),
        days=_days(where, name, entry.get("days"), problems),
        deducted=_money(where, name, "deducted", entry, problems),
        base=_money(where, name, "base", entry, problems),
        same_person=_flag(where, name, "same_person", entry, problems) is not False,
        same_accident=_flag(where, name, "same_accident", entry, problems),
        same_event=_flag(where, name, "same_event", entry, problems),
        same_county=_flag(where, name, "same_county", entry, problems),
    )


def _money(where: str, name: str, key: str, entry: Mapping[str, object], problems: Problems) -> Decimal | None:
    value = entry.get(key)
    return None if value is None else read_money(f"{where}.{key}", f"{name} {key}", value, problems)


def _day(where: str, name: str, value: object, problems: Problems) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return parse_date(str(value))
    except DateError as error:
        problems.append(FactProblem(f"{where}.paid_on", f"{name}支付日期：{error}"))
        return None


def _days(where: str, name: str, value: object, problems: Problems) -> int | None:
    if value is None or (type(value) is int and value >= 0):
        return value
    problems.append(FactProblem(f"{where}.days", f"{name}天数写的是「{value}」，应是不带小数的数，请核对"))
    return None


def _flag(where: str, name: str, key: str, entry: Mapping[str, object], problems: Problems) -> bool | None:
    value = entry.get(key)
    if value is None or isinstance(value, bool):
        return value
    problems.append(FactProblem(f"{where}.{key}", f"{name}的 {key} 写的是「{value}」，应是 true 或 false"))
    return None
