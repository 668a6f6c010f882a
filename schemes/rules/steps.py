"""One calculator for each step of a formula. Each writes into the ledger; False ends it with nothing."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from calc.money import format_yuan
from schemes.rules.ledger import Slice
from schemes.rules.work import ZERO, Work
from schemes.terms.benefits import SingleBenefit
from schemes.terms.figures import Bounds
from schemes.terms.steps import (
    AtLeast,
    AtMost,
    Average,
    Deductible,
    DividedBy,
    Franchise,
    Ladder,
    LessFact,
    LessPayer,
    NoThreshold,
    OwnShare,
    Step,
    Threshold,
    Times,
    TimesFact,
)

OWN_SHARE = "个人自己承担"


def take(step: Step, benefit: SingleBenefit, work: Work) -> bool:
    return _STEPS[type(step)](step, benefit, work)


def _less_payer(step: LessPayer, benefit: SingleBenefit, work: Work) -> bool:
    paid = work.known.get(benefit.paid_by)
    by_payer: Mapping[str, Decimal] = paid if isinstance(paid, dict) else {}
    label = work.terms.facts[benefit.paid_by].options[step.payer]
    work.ledger.less(label, by_payer.get(step.payer, ZERO), step.clause)
    return True


def _less_fact(step: LessFact, _benefit: SingleBenefit, work: Work) -> bool:
    work.ledger.less(work.terms.all_facts[step.fact].label, work.amount(step.fact), step.clause)
    return True


def _threshold(step: Threshold, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.amount, of_step=True)
    if found is None:
        return False
    ledger, figure = work.ledger, found.figure
    passed = ledger.balance >= ledger.read(figure)
    sign, outcome = ("≥", "达到") if passed else ("<", "未达到")
    label = f"自己承担 {format_yuan(ledger.balance)} {sign} 起付线{found.words} {figure.text}，{outcome}"
    return ledger.test(label, figure.clause, passed=passed, note="只看是否达到，不扣")


def _no_threshold(step: NoThreshold, _benefit: SingleBenefit, work: Work) -> bool:
    return work.ledger.test("不设起付线", step.clause, passed=True)


def _franchise(step: Franchise, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.amount, of_step=True)
    if found is None:
        return False
    ledger, figure = work.ledger, found.figure
    passed = ledger.balance > ledger.read(figure)
    sign, outcome = (">", "超过") if passed else ("≤", "没有超过")
    label = f"{format_yuan(ledger.balance)} {sign} 相对免赔额{found.words} {figure.text}，{outcome}"
    return ledger.test(label, figure.clause, passed=passed, note="超过则全额计算，不扣")


def _deductible(step: Deductible, _benefit: SingleBenefit, work: Work) -> bool:
    """Taken once for an accident or a period: what earlier bills have used of it isn't taken again."""
    found = work.find(step.amount, of_step=True)
    if found is None:
        return False
    whole = work.ledger.read(found.figure)
    used = _used_of(whole, step.once_per, step.shared_with, work) if step.once_per else ZERO
    left = whole - used
    spent = f"，此前已扣 {format_yuan(used)}" if used else ""
    work.deducted = min(left, max(work.ledger.balance, ZERO))
    work.ledger.less(f"免赔额{found.words} {found.figure.text}{spent}", left, found.figure.clause)
    return True


def _used_of(whole: Decimal, window: str, shared_with: tuple[str, ...], work: Work) -> Decimal:
    """A payment that doesn't tell how much it used has used all of it, or it wouldn't have been one."""
    used = ZERO
    for paid in work.past.of({work.coverage.code, *shared_with}, window):
        used += paid.deducted if paid.deducted is not None else whole if paid.amount else ZERO
    return min(used, whole)


def _own_share(step: OwnShare, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.ratio, of_step=True)
    if found is None:
        return False
    work.ledger.less_share_of(OWN_SHARE + found.words, found.figure, work.ledger.start)
    return True


def _times(step: Times, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.ratio, of_step=True)
    if found is None:
        return False
    work.ledger.times(f"给付比例{found.words}", found.figure)
    return True


def _times_fact(step: TimesFact, _benefit: SingleBenefit, work: Work) -> bool:
    fact = work.terms.all_facts[step.fact]
    work.ledger.times_number(fact.label, work.amount(step.fact), fact.unit, step.clause)
    return True


def _divided_by(step: DividedBy, _benefit: SingleBenefit, work: Work) -> bool:
    fact = work.terms.all_facts[step.fact]
    work.ledger.divide(fact.label, work.amount(step.fact), fact.unit, step.clause)
    return True


def _ladder(step: Ladder, _benefit: SingleBenefit, work: Work) -> bool:
    """Slices of what is added now, lying on top of what earlier bills brought."""
    balance = max(work.ledger.balance, ZERO)
    before = ZERO
    if step.accumulates:
        earlier = work.past.of({work.coverage.code}, step.accumulates)
        before = sum((paid.base or ZERO for paid in earlier), ZERO)
        if before:
            work.ledger.test(f"此前累计 {format_yuan(before)}，接着分段", step.clause, passed=True)
    work.base = balance
    slices = []
    for tier in step.tiers:
        part = _inside(tier.bounds, before + balance) - _inside(tier.bounds, before)
        if part:
            slices.append(Slice(f"{tier.text} 的部分", part, tier.ratio))
    work.ledger.slices(slices)
    return True


def _inside(bounds: Bounds, whole: Decimal) -> Decimal:
    """How much of the sum lies within the bounds; on which side an edge falls doesn't matter for a slice."""
    start = bounds.at_least if bounds.at_least is not None else bounds.above
    end = bounds.at_most if bounds.at_most is not None else bounds.below
    low = start if isinstance(start, Decimal) else ZERO
    high = min(whole, end) if isinstance(end, Decimal) else whole
    return max(high - low, ZERO)


def _average(step: Average, _benefit: SingleBenefit, work: Work) -> bool:
    insured, worth = work.amount(step.insured), work.amount(step.worth)
    facts = work.terms.all_facts
    label = f"{facts[step.insured].label} ÷ {facts[step.worth].label}"
    if insured >= worth:
        return work.ledger.test(f"{label}：足额，不打折扣", step.clause, passed=True)
    work.ledger.times_quotient(label, insured, worth, step.clause)
    return True


def _at_most(step: AtMost, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.amount, of_step=True)
    if found is None:
        return False
    top = work.ledger.read(found.figure)
    if work.ledger.balance > top:
        work.ledger.restate(f"最多{found.words} {found.figure.text}", top, found.figure.clause)
    return True


def _at_least(step: AtLeast, _benefit: SingleBenefit, work: Work) -> bool:
    found = work.find(step.amount, of_step=True)
    if found is None:
        return False
    floor = work.ledger.read(found.figure)
    if ZERO < work.ledger.balance < floor:
        work.ledger.restate(f"最少{found.words} {found.figure.text}", floor, found.figure.clause)
    return True


_STEPS: Mapping[type, Callable[..., bool]] = {
    LessPayer: _less_payer,
    LessFact: _less_fact,
    Threshold: _threshold,
    NoThreshold: _no_threshold,
    Franchise: _franchise,
    Deductible: _deductible,
    OwnShare: _own_share,
    Times: _times,
    TimesFact: _times_fact,
    DividedBy: _divided_by,
    Ladder: _ladder,
    Average: _average,
    AtMost: _at_most,
    AtLeast: _at_least,
}
