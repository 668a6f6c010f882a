"""Which facts a coverage rests on."""

from collections.abc import Iterable, Iterator, Mapping

from schemes.terms.benefits import Benefit, ByChoice, Scale, singles_of
from schemes.terms.figures import facts_of
from schemes.terms.model import Coverage, Fact, Limit
from schemes.terms.steps import Deductible, Ladder, amount_of, facts_needed


def codes_used(coverage: Coverage, limits: Mapping[str, Limit]) -> Iterator[str]:
    """Codes of the facts, stated and derived, and of the states that decide or enter the sum."""
    yield coverage.decided_by
    for condition in coverage.conditions:
        yield from condition.needs
        yield from condition.applies.needs
    yield from _of_benefit(coverage.benefit)
    for code in coverage.all_limits:
        if code in limits:
            yield from limits[code].facts
    if coverage.follow_on:
        yield coverage.follow_on.day
        yield from facts_of(coverage.follow_on.amount)


def stated(codes: Iterable[str], facts: Mapping[str, Fact]) -> Iterator[str]:
    """The same, but a fact that follows from others stands for these."""
    for code in codes:
        fact = facts.get(code)
        yield from fact.sources if fact and fact.sources else (code,)


def _of_benefit(benefit: Benefit) -> Iterator[str]:
    if isinstance(benefit, ByChoice):
        yield benefit.fact
    for single in singles_of(benefit):
        yield from single.needs
        if isinstance(single, Scale):
            yield single.same_event
        if single.paid_by:
            yield single.paid_by
        for amount in single.amounts:
            yield from facts_of(amount)
        for step in single.steps:
            yield from facts_of(amount_of(step))
            yield from facts_needed(step)


def coverages_by_household(coverage: Coverage) -> set[str]:
    """Coverages whose payments to the whole household enter the sum or decide how often it is paid."""
    found: set[str] = set()
    if coverage.frequency and coverage.frequency.per == "household":
        found.add(coverage.code)
    for single in singles_of(coverage.benefit):
        for step in single.steps:
            if isinstance(step, Deductible) and step.once_per == "household":
                found.update((coverage.code, *step.shared_with))
            elif isinstance(step, Ladder) and step.accumulates == "household":
                found.add(coverage.code)
    return found
