"""How often a benefit may be paid."""

from schemes.rules.past import Paid
from schemes.rules.work import Work
from schemes.terms.benefits import LumpSum, SingleBenefit
from schemes.terms.model import Frequency

_PER = {"person": "每人", "household": "每户", "accident": "每次事故"}


def may_pay_again(benefit: SingleBenefit, work: Work) -> bool:
    """Whether the benefit is still due: as often as the edition says; a fixed sum without any limit once a person."""
    rule = work.coverage.frequency
    if rule is not None:
        return _within(rule, work)
    if not isinstance(benefit, LumpSum) or benefit.limits or work.coverage.limits:
        return True
    case = work.case
    earlier = [
        paid for paid in work.past.of({work.coverage.code}) if paid.amount and (not case or paid.case in ("", case))
    ]
    if not earlier:
        return True
    label = f"{benefit.label}没有写限额，每人每个保险期间只赔一次，此前已赔 {len(earlier)} 次"
    return work.ledger.test(label, work.coverage.clause, passed=False)


def _within(rule: Frequency, work: Work) -> bool:
    earlier = sum(1 for paid in work.past.own if _counts(paid, rule, work))
    if not earlier:
        return True
    passed = earlier < work.ledger.read(rule.times)
    label = f"{_PER[rule.per]}最多赔 {rule.times.text} 次，此前已赔 {earlier} 次"
    return work.ledger.test(label, rule.times.clause, passed=passed)


def _counts(paid: Paid, rule: Frequency, work: Work) -> bool:
    if paid.coverage != work.coverage.code or not paid.amount:
        return False
    if rule.per == "household":
        return True
    return paid.same_person and (rule.per != "accident" or bool(paid.same_accident))
