"""A further benefit after an earlier one had reached its maximum."""

from datetime import date
from decimal import Decimal

from schemes.rules.conditions import end_of
from schemes.rules.past import Paid
from schemes.rules.work import ZERO, Work
from schemes.terms.model import FollowOn


def follows(rule: FollowOn, work: Work) -> bool:
    """Whether the further benefit is due; the ledger gets the tests that decide, where there is anything to test."""
    reached = _when_reached(rule, work)
    if reached is None:
        return False
    day = work.known.get(rule.day)
    if not isinstance(day, date):
        return False
    ledger = work.ledger
    last = end_of(rule.term, reached, ledger)
    holds = reached <= day <= last
    ledger.note(rule.interpretation)
    label = work.terms.facts[rule.day].label
    found = f"{rule.label}：{reached} 已赔满 {rule.reached.text}，期限至 {last} 止，{label} {day}"
    reason = "早于赔满之日" if day < reached else "已过期限"
    ledger.note_test(found if holds else f"{found}，{reason}，不追加", rule.clause)
    return holds


def _when_reached(rule: FollowOn, work: Work) -> date | None:
    """The day of the payment that brought the sum to the mark; None where it was never reached."""
    window = "accident" if rule.same_accident else "period"
    paid = sorted(work.past.of(rule.after, window), key=_by_day)
    whole = ZERO
    for one in paid:
        whole += one.amount
        if whole >= rule.reached.value:
            return one.paid_on
    return None


def _by_day(paid: Paid) -> date:
    return paid.paid_on or date.min


def pays(rule: FollowOn, work: Work) -> bool:
    """Puts the further benefit's sum into the ledger."""
    found = work.find(rule.amount)
    if found is None:
        return False
    work.ledger.start_from_figure(rule.label + found.words, found.figure)
    return work.ledger.balance > Decimal(0)
