"""What a coverage pays for the facts of one event, with the explanation."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from calc.money import format_yuan, round_to_fen
from calc.trace import Step
from schemes.rules.benefits import compute
from schemes.rules.conditions import is_covered
from schemes.rules.demands import chosen_benefit, note_contradictions, note_missing
from schemes.rules.facts import Known, Problems, read_facts
from schemes.rules.ledger import ZERO, Ledger
from schemes.rules.limits import LimitInUse, Paid, PaidGiven, apply_limit, read_paid
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.terms.model import Coverage, EditionTerms, Limit


@dataclass(frozen=True, slots=True)
class Quote:
    """`payable` in yuan, rounded once, half up. `covered`: does the event fall under the coverage at all.

    `reason` says why nothing is paid; empty where something is.
    """

    payable: Decimal
    steps: tuple[Step, ...]
    interpretations: tuple[str, ...]
    covered: bool
    reason: str
    formula: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is the same for every quote of one coverage."""

    coverage: Coverage
    limits: tuple[LimitInUse, ...]


def quote(
    terms: EditionTerms,
    coverage_code: str,
    facts: Mapping[str, object],
    *,
    paid_before: PaidGiven = (),
    edition_paid_before: PaidGiven = (),
    edition_state: Mapping[str, object] | None = None,
    complete: bool = False,
) -> Quote:
    """The payout for these facts; raises FactsRefused with every problem.

    `paid_before`: earlier payments to the same person or household under this edition.
    `complete`: a claim, which must state all that the coverage requires; otherwise an absent date that
    decides counts as within the period.
    """
    plan = _plan(terms, coverage_code)
    problems: Problems = []
    known = read_facts(terms.facts, facts, problems)
    note_missing(terms, plan.coverage, known, problems, complete=complete)
    note_contradictions(terms, plan.coverage, known, problems)
    paid = read_paid(terms, "paid_before", paid_before, problems) if paid_before else ()
    edition_paid = read_paid(terms, "edition_paid_before", edition_paid_before, problems) if edition_paid_before else ()
    if problems:
        raise FactsRefused(problems)
    return _payout(terms, plan, known, paid, edition_paid)


@lru_cache(maxsize=512)
def _plan(terms: EditionTerms, coverage_code: str) -> _Plan:
    if coverage_code not in terms.coverages:
        known = "、".join(terms.coverages)
        message = f"「{terms.short_title}」没有保障责任「{coverage_code}」，应是 {known} 之一"
        raise FactsRefused([FactProblem("coverage", message)])
    coverage = terms.coverages[coverage_code]
    return _Plan(coverage, tuple(_limit_in_use(terms, terms.limits[code]) for code in coverage.limits))


def _limit_in_use(terms: EditionTerms, limit: Limit) -> LimitInUse:
    classes = terms.facts[limit.by].options if limit.by else {}
    return LimitInUse(limit, terms.sharing(limit.code), classes)


def _payout(
    terms: EditionTerms, plan: _Plan, known: Known, paid: tuple[Paid, ...], edition_paid: tuple[Paid, ...]
) -> Quote:
    ledger = Ledger()
    for interpretation in plan.coverage.interpretations:
        ledger.note(interpretation)
    benefit = chosen_benefit(plan.coverage, known)
    if not is_covered(terms, plan.coverage, known, ledger) or benefit is None:
        return _nothing(ledger, plan.coverage.clause, covered=False)
    if not compute(benefit, terms.facts, known, ledger):
        return _nothing(ledger, plan.coverage.clause, covered=True)
    uncapped = ledger.balance
    for rule in plan.limits:
        apply_limit(rule, known, paid, edition_paid, ledger)
    return _settled(ledger, plan.coverage.clause, uncapped)


def _nothing(ledger: Ledger, clause: str, *, covered: bool) -> Quote:
    payable = round_to_fen(ZERO)
    ledger.close(payable, clause, ledger.reason)
    return Quote(payable, tuple(ledger.steps), ledger.interpretations(), covered, ledger.reason, "")


def _settled(ledger: Ledger, clause: str, uncapped: Decimal) -> Quote:
    payable = round_to_fen(max(ledger.balance, ZERO))
    reason = ledger.reason
    note = ""
    if ledger.balance < 0:
        note = f"余额 {format_yuan(ledger.balance)}，不足 0 按 0.00"
    elif payable != ledger.balance:
        note = "四舍五入到分"
    if not payable and not reason:
        reason = note or "没有可赔的余额"
    ledger.close(payable, clause, note or reason)
    formula = ledger.formula(uncapped, payable)
    return Quote(payable, tuple(ledger.steps), ledger.interpretations(), True, reason, formula)
