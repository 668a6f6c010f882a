"""One calculator for each benefit kind. Each writes into the ledger; False ends it with nothing."""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal

from calc.money import floor_to_fen, format_yuan
from schemes.rules.ledger import plain
from schemes.rules.steps import take
from schemes.rules.work import ZERO, Work
from schemes.terms.benefits import (
    Daily,
    DayCap,
    Expense,
    Loss,
    LumpSum,
    PerUnit,
    PoolShare,
    Quantity,
    Scale,
    SingleBenefit,
)
from schemes.terms.figures import Amount, Figure

_PER = {"stay": "每次", "accident": "每次事故", "period": "每个保险期间"}


def compute(benefit: SingleBenefit, work: Work) -> bool:
    """The kind's own sum, then its steps in order."""
    if not _KINDS[type(benefit)](benefit, work):
        return False
    return all(take(step, benefit, work) for step in benefit.steps)


def _start(label: str, amount: Amount, work: Work) -> Figure | None:
    found = work.find(amount)
    if found is None:
        return None
    work.ledger.start_from_figure(label + found.words, found.figure)
    return found.figure


def _lump_sum(benefit: LumpSum, work: Work) -> bool:
    return _start(benefit.label, benefit.amount, work) is not None


def _stated(benefit: Expense, work: Work) -> bool:
    work.ledger.start_from(benefit.label, work.amount(benefit.of), benefit.clause)
    return True


def _scale(benefit: Scale, work: Work) -> bool:
    grades = work.known[benefit.items]
    if not isinstance(grades, tuple):
        raise TypeError(f"{benefit.items} are no grades")
    if _start(f"{benefit.label}保额", benefit.sum_insured, work) is None:
        return False
    if benefit.several == "added_up" and len(grades) > 1:
        _add_up(benefit, grades, work)
        return True
    grade = combined_grade(grades) if benefit.several == "worst_raised_once" else min(grades)
    ratio = benefit.grades[grade]
    if len(grades) > 1:
        work.ledger.test(_how_combined(grades, grade), ratio.clause, passed=True)
    work.ledger.times(f"伤残 {grade} 级给付比例", ratio)
    return True


def combined_grade(grades: tuple[int, ...]) -> int:
    """JR/T 0083—2013: the most severe counts; where it occurs twice or more, one grade up, at most to 1."""
    worst = min(grades)
    return max(worst - 1, 1) if grades.count(worst) > 1 else worst


def _how_combined(grades: tuple[int, ...], grade: int) -> str:
    listed = "、".join(f"{one} 级" for one in grades)
    if grade == min(grades):
        return f"同一次事故伤残 {listed}，以最重的 {grade} 级为准"
    return f"同一次事故伤残 {listed}，最重等级有两处以上，晋为 {grade} 级"


def _add_up(benefit: Scale, grades: tuple[int, ...], work: Work) -> None:
    """Ratios of all items together, at most the whole sum insured."""
    first = benefit.grades[min(grades)]
    whole = sum((benefit.grades[grade].value for grade in grades), ZERO)
    ratio = min(whole, Decimal(1))
    listed = " + ".join(benefit.grades[grade].text for grade in grades)
    text = f"{plain(ratio * 100)}%"
    capped = "，以 100% 为限" if whole > 1 else ""
    work.ledger.test(f"各处比例相加 {listed}{capped}", first.clause, passed=True)
    work.ledger.times("合计给付比例", Figure(ratio, text, first.clause, first.interpretation))


def _daily(benefit: Daily, work: Work) -> bool:
    rate = _start(benefit.label, benefit.amount, work)
    if rate is None:
        return False
    days = work.amount(benefit.days)
    ledger, fact = work.ledger, work.terms.all_facts[benefit.days]
    if benefit.waiting is not None:
        left = max(days - ledger.read(benefit.waiting), ZERO)
        label = f"{fact.label} {plain(days)} 天，前 {benefit.waiting.text} 天不计，计 {plain(left)} 天"
        ledger.test(label, benefit.waiting.clause, passed=True)
        days = left
    for cap in benefit.caps:
        days = _capped_days(cap, days, rate, work)
    work.days = int(days)
    ledger.times_number("天数", days, "天", rate.clause)
    return True


def _capped_days(cap: DayCap, days: Decimal, rate: Figure, work: Work) -> Decimal:
    used = _days_used(cap, rate, work)
    left = max(work.ledger.read(cap.days) - used, ZERO)
    spent = f"，已付 {plain(used)} 天" if used else ""
    if days > left:
        label = f"{_PER[cap.per]}以 {cap.days.text} 天为限{spent}，可付 {plain(left)} 天"
        work.ledger.test(label, cap.days.clause, passed=True)
        if not left and not work.ledger.reason:
            work.ledger.reason = f"{_PER[cap.per]} {cap.days.text} 天已用完"
    return min(days, left)


def _days_used(cap: DayCap, rate: Figure, work: Work) -> Decimal:
    """Days paid before; where a payment doesn't tell them, as many as its amount was for."""
    if cap.per == "stay":
        return ZERO
    used = ZERO
    for paid in work.past.of({work.coverage.code}, cap.per):
        if paid.days is not None:
            used += paid.days
        elif rate.value:
            used += (paid.amount / rate.value).to_integral_value(ROUND_CEILING)
    return used


def _per_unit(benefit: PerUnit, work: Work) -> bool:
    rate = _start(benefit.label, benefit.amount, work)
    if rate is None:
        return False
    for quantity in benefit.times:
        fact = work.terms.all_facts[quantity.fact]
        number, words = _number_of(quantity, work)
        work.ledger.times_number(fact.label + words, number, fact.unit, rate.clause)
    return True


def _number_of(quantity: Quantity, work: Work) -> tuple[Decimal, str]:
    number = work.amount(quantity.fact)
    words = ""
    if quantity.above is not None:
        words += f"（{plain(number)}，超过 {quantity.above.text} 的部分）"
        number = max(number - work.ledger.read(quantity.above), ZERO)
    if quantity.at_most is not None and number > work.ledger.read(quantity.at_most):
        words += f"（以 {quantity.at_most.text} 为限）"
        number = quantity.at_most.value
    return number, words


def _pool_share(benefit: PoolShare, work: Work) -> bool:
    if _start(benefit.label, benefit.pool, work) is None:
        return False
    weight, whole = work.amount(benefit.weight), work.amount(benefit.whole)
    work.ledger.times_quotient("所占份额", weight, whole, benefit.clause)
    share = floor_to_fen(work.ledger.balance)
    if share != work.ledger.balance:
        work.ledger.restate(f"舍去分以下，各份相加不超过总额 {format_yuan(share)}", share, benefit.clause)
    return True


_KINDS: Mapping[type, Callable[..., bool]] = {
    LumpSum: _lump_sum,
    Scale: _scale,
    Expense: _stated,
    Loss: _stated,
    Daily: _daily,
    PerUnit: _per_unit,
    PoolShare: _pool_share,
}
