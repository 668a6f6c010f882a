"""What a coverage pays for the facts of one event, with the explanation."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from calc.money import format_yuan, round_to_fen
from calc.trace import Step
from schemes.rules.advances import advances, take_off_advances
from schemes.rules.benefits import compute
from schemes.rules.conditions import is_covered
from schemes.rules.demands import chosen_benefit, note_contradictions, note_missing, note_untold
from schemes.rules.facts import Problems, derive, read_facts
from schemes.rules.follow_on import follows, pays
from schemes.rules.frequency import may_pay_again
from schemes.rules.limits import Cap, LimitInUse, apply_limits, limit_in_use
from schemes.rules.past import PaidGiven, Past, read_past
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.rules.work import ZERO, Uses, Work
from schemes.terms.benefits import SingleBenefit, singles_of
from schemes.terms.model import Coverage, EditionTerms, Fact

NOTHING_BEFORE = Past()
NOTHING_USED = Uses()


@dataclass(frozen=True, slots=True)
class Quote:
    """`payable` in yuan, rounded once, half up. `covered`: does the event fall under the coverage at all.

    `reason` says why nothing is paid; empty where something is. `caps` are the limits as they stood, `uses` what a
    later claim has to know of this one beside its amount.
    """

    payable: Decimal
    steps: tuple[Step, ...]
    interpretations: tuple[str, ...]
    covered: bool
    reason: str
    formula: str
    caps: tuple[Cap, ...] = ()
    uses: Uses = NOTHING_USED


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is the same for every quote of one coverage."""

    coverage: Coverage
    limits: tuple[LimitInUse, ...]
    own_limits: Mapping[str, LimitInUse]
    follow_on_limits: tuple[LimitInUse, ...]
    derived: tuple[Fact, ...]


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

    `paid_before`: earlier payments to the same person or household under this edition. `edition_paid_before`: to
    everybody. `edition_state`: the edition's states, its total premium for one.
    `complete`: a claim, which must state all that the coverage requires; otherwise an absent date that
    decides counts as within the period, and a limit whose states are absent isn't checked.
    """
    plan = _plan(terms, coverage_code)
    problems: Problems = []
    known = read_facts(terms.facts, facts, problems)
    if edition_state:
        known |= read_facts(terms.state, edition_state, problems)
    derive(plan.derived, known, problems)
    past = (
        read_past(terms, paid_before, edition_paid_before, problems)
        if paid_before or edition_paid_before
        else NOTHING_BEFORE
    )
    note_missing(terms, plan.coverage, known, past, problems, complete=complete)
    note_contradictions(terms, plan.coverage, known, problems)
    benefit = chosen_benefit(plan.coverage, known)
    note_untold(plan.coverage, benefit, terms, past, problems)
    if problems:
        raise FactsRefused(problems)
    return _payout(plan, benefit, Work(terms, plan.coverage, known, past))


@lru_cache(maxsize=512)
def _plan(terms: EditionTerms, coverage_code: str) -> _Plan:
    if coverage_code not in terms.coverages:
        known = "、".join(terms.coverages)
        message = f"「{terms.short_title}」没有保障责任「{coverage_code}」，应是 {known} 之一"
        raise FactsRefused([FactProblem("coverage", message)])
    coverage = terms.coverages[coverage_code]
    return _Plan(
        coverage,
        tuple(limit_in_use(terms, code) for code in coverage.limits),
        {code: limit_in_use(terms, code) for single in singles_of(coverage.benefit) for code in single.limits},
        tuple(limit_in_use(terms, code) for code in (coverage.follow_on.limits if coverage.follow_on else ())),
        tuple(fact for fact in terms.facts.values() if fact.sources),
    )


def _payout(plan: _Plan, benefit: SingleBenefit | None, work: Work) -> Quote:
    coverage, ledger = plan.coverage, work.ledger
    for interpretation in coverage.interpretations:
        ledger.note(interpretation)
    if not is_covered(work.terms, coverage, work.known, ledger) or benefit is None:
        return _nothing(work, covered=False)
    if coverage.follow_on and follows(coverage.follow_on, work):
        computed, limits = pays(coverage.follow_on, work), plan.follow_on_limits
    else:
        if not may_pay_again(benefit, work):
            return _nothing(work, covered=True)
        own = tuple(plan.own_limits[code] for code in benefit.limits)
        computed, limits = compute(benefit, work), (*own, *plan.limits)
    if not computed:
        return _nothing(work, covered=True)
    uncapped = ledger.balance
    advanced = advances(work)
    caps = apply_limits(limits, work, settled=advanced)
    take_off_advances(work, advanced)
    return _settled(work, uncapped, caps)


def _nothing(work: Work, *, covered: bool) -> Quote:
    ledger = work.ledger
    payable = round_to_fen(ZERO)
    ledger.close(payable, work.coverage.clause, ledger.reason)
    return Quote(payable, tuple(ledger.steps), ledger.interpretations(), covered, ledger.reason, "", uses=work.uses)


def _settled(work: Work, uncapped: Decimal, caps: tuple[Cap, ...]) -> Quote:
    ledger = work.ledger
    payable = round_to_fen(max(ledger.balance, ZERO))
    reason = ledger.reason
    note = ""
    if ledger.balance < 0:
        note = f"余额 {format_yuan(ledger.balance)}，不足 0 按 0.00"
    elif payable != ledger.balance:
        note = "四舍五入到分"
    if not payable and not reason:
        reason = note or "没有可赔的余额"
    ledger.close(payable, work.coverage.clause, note or reason)
    return Quote(
        payable,
        tuple(ledger.steps),
        ledger.interpretations(),
        covered=True,
        reason="" if payable else reason,
        formula=ledger.formula(uncapped, payable),
        caps=caps,
        uses=work.uses,
    )
