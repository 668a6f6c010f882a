"""One past claim under the proposed terms: what it would be paid, or why not. No reason carries a claim's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from calc.money import to_fen
from reports.what_if.paid_so_far import PaidSoFar
from reports.what_if.past import PastClaim
from schemes.rules.facts import SHORT_FOR, SHORT_GRADE
from schemes.rules.payout import FactsRefused, Quote, quote
from schemes.terms.model import EditionTerms, Period

NOTHING = Decimal("0.00")
TEST = "判"


class Reason(NamedTuple):
    """Why nothing is paid, or why nothing can be computed.

    `kind`: gone, once, not_covered, nothing_left; or missing, unreadable. `about`: a clause or a fact's code.
    """

    kind: str
    coverage: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`fen` None: it can't be computed."""

    fen: int | None
    reasons: tuple[Reason, ...] = ()


class ProposedTerms:
    """Proposed terms over claims in their order; what they pay counts against the limits of those that follow."""

    def __init__(self, terms: EditionTerms, period: Period, state: Mapping[str, Any] | None = None) -> None:
        """The claims are of the past period, so the terms are read as if they had been in force in it.

        `state`: what is known of the edition's own figures, such as its total premium.
        """
        self.terms = replace(terms, period=period)
        self.state = state or {}
        self.paid = PaidSoFar(self.terms)
        self._stated = {code for code, fact in terms.facts.items() if not fact.sources}
        if SHORT_FOR in self._stated:
            self._stated.add(SHORT_GRADE)

    def outcome_of(self, claim: PastClaim) -> Outcome:
        coverage = self.terms.coverages.get(claim.coverage)
        if coverage is None:
            return Outcome(0, (Reason("gone", claim.coverage),))
        if self.paid.was_due_once(claim):
            return Outcome(0, (Reason("once", claim.coverage, coverage.clause),))
        facts = self._known_to_terms(claim.facts)
        if _not_told(facts, coverage.decided_by):
            return Outcome(None, (Reason("missing", claim.coverage, coverage.decided_by),))
        try:
            answer = self._quote(claim, facts)
        except FactsRefused as refused:
            return Outcome(None, _refusals(refused, claim, facts))
        self.paid.add(claim, answer.payable, answer.uses)
        return Outcome(to_fen(answer.payable), _why_nothing(answer, claim, coverage.clause))

    def _quote(self, claim: PastClaim, facts: Mapping[str, Any]) -> Quote:
        """Not `complete`: a fact that is only put on record, and changes no amount, must not stop the comparison."""
        return quote(
            self.terms,
            claim.coverage,
            facts,
            paid_before=self.paid.before(claim),
            edition_paid_before=self.paid.everybody_before(claim),
            edition_state=self.state,
        )

    def _known_to_terms(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {code: value for code, value in facts.items() if code in self._stated}


def _not_told(facts: Mapping[str, Any], code: str) -> bool:
    return facts.get(code) in (None, "")


def _refusals(refused: FactsRefused, claim: PastClaim, facts: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Each fact once. The rules' own sentences quote what the claim says; they are not kept."""
    codes = dict.fromkeys(problem.where.split(".")[0].split("[")[0] for problem in refused.problems)
    kinds = {code: "missing" if _not_told(facts, code) else "unreadable" for code in codes}
    return tuple(Reason(kinds[code], claim.coverage, code) for code in codes)


def _why_nothing(answer: Quote, claim: PastClaim, clause: str) -> tuple[Reason, ...]:
    if answer.payable:
        return ()
    if answer.covered:
        return (Reason("nothing_left", claim.coverage, clause),)
    tested = (step.clause for step in reversed(answer.steps) if step.op == TEST)
    return (Reason("not_covered", claim.coverage, next(tested, clause)),)
