"""What must be stated before a payout is computed, and what can't be true together."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from calc.money import format_yuan
from schemes.rules.amounts import facts_wanted
from schemes.rules.facts import Known, Problems
from schemes.rules.past import Past
from schemes.rules.refusal import FactProblem
from schemes.terms.benefits import ByChoice, Expense, PoolShare, Scale, SingleBenefit
from schemes.terms.conditions import Condition
from schemes.terms.model import Coverage, EditionTerms, Fact, FollowOn
from schemes.terms.steps import Deductible, DividedBy, Ladder, amount_of, facts_needed


def chosen_benefit(coverage: Coverage, known: Known) -> SingleBenefit | None:
    """The benefit for these facts; None where the fact that chooses is missing or has no benefit."""
    benefit = coverage.benefit
    if isinstance(benefit, ByChoice):
        return benefit.cases.get(str(known.get(benefit.fact)))
    return benefit


def note_missing(
    terms: EditionTerms, coverage: Coverage, known: Known, past: Past, problems: Problems, *, complete: bool
) -> None:
    """What decides must be stated; a claim (`complete`) states all that the coverage requires."""
    refused = {problem.where.split(".")[0].split("[")[0] for problem in problems}
    wanted = dict.fromkeys(_decisive(terms, coverage, known, past, complete=complete))
    if complete:
        wanted[coverage.decided_by] = None
        asked = (entry.code for entry in coverage.asks if entry.required and entry.applies(known))
        wanted.update(dict.fromkeys(asked))
    for code in dict.fromkeys(_sources(terms, wanted)):
        if code not in known and code not in refused:
            problems.append(FactProblem(code, f"缺少「{_label(terms, code)}」，请填写"))


def _label(terms: EditionTerms, code: str) -> str:
    fact = terms.facts.get(code) or terms.state[code]
    return fact.label


def _sources(terms: EditionTerms, wanted: Iterable[str]) -> Iterator[str]:
    """A fact that follows from others is had by stating these."""
    for code in wanted:
        fact = terms.facts.get(code)
        yield from fact.sources if fact and fact.sources else (code,)


def _decisive(terms: EditionTerms, coverage: Coverage, known: Known, past: Past, *, complete: bool) -> Iterator[str]:
    if isinstance(coverage.benefit, ByChoice):
        yield coverage.benefit.fact
    for condition in coverage.conditions:
        yield from _of_condition(condition, known)
    if coverage.follow_on and _may_follow(coverage.follow_on, past):
        yield coverage.follow_on.day
    benefit = chosen_benefit(coverage, known)
    if benefit is None:
        return
    yield from _of_benefit(benefit, known)
    for code in (*coverage.limits, *benefit.limits):
        yield from _of_limit(terms, code, known, complete=complete)


def _of_condition(condition: Condition, known: Known) -> Iterator[str]:
    yield from condition.applies.needs
    if all(code in known for code in condition.applies.needs) and condition.applies(known):
        yield from condition.needs


def _may_follow(rule: FollowOn, past: Past) -> bool:
    return any(paid.coverage in rule.after for paid in past.own)


def _of_benefit(benefit: SingleBenefit, known: Known) -> Iterator[str]:
    yield from benefit.needs
    for amount in benefit.amounts:
        yield from facts_wanted(amount, known)
    for step in benefit.steps:
        yield from facts_wanted(amount_of(step), known)
        yield from facts_needed(step)
    if isinstance(benefit, Scale) and _several(benefit, known):
        yield benefit.same_event


def _of_limit(terms: EditionTerms, code: str, known: Known, *, complete: bool) -> Iterator[str]:
    """States of the edition may be left out of a trial quote, all of them: then the limit isn't checked."""
    limit = terms.limits[code]
    wanted = [*facts_wanted(limit.amount, known), *filter(None, (limit.times, limit.divided_by, limit.multiple_of))]
    some_state = any(fact in known for fact in limit.facts if fact in terms.state)
    yield from (fact for fact in wanted if fact not in terms.state or complete or some_state)


def _several(benefit: Scale, known: Known) -> bool:
    grades = known.get(benefit.items)
    return isinstance(grades, tuple) and len(grades) > 1


def note_contradictions(terms: EditionTerms, coverage: Coverage, known: Known, problems: Problems) -> None:
    _note_order_of_days(terms.facts, known, problems)
    benefit = chosen_benefit(coverage, known)
    if isinstance(benefit, Expense) and benefit.paid_by:
        _note_overpaid(terms.facts, benefit, known, problems)
    if isinstance(benefit, Scale) and _several(benefit, known) and known.get(benefit.same_event) is False:
        label = terms.facts[benefit.same_event].label
        message = f"「{label}」为否：不同事故的伤残请分别报案，各算各的"
        problems.append(FactProblem(benefit.same_event, message))
    if isinstance(benefit, PoolShare):
        _note_weights(terms, benefit, known, problems)
    _note_empty_divisors(terms, coverage, known, problems)


def _note_order_of_days(facts: Mapping[str, Fact], known: Known, problems: Problems) -> None:
    for code, day in known.items():
        fact = facts.get(code)
        earlier = known.get(fact.not_before) if fact and fact.not_before else None
        if fact and isinstance(earlier, date) and isinstance(day, date) and day < earlier:
            other = facts[fact.not_before].label
            problems.append(FactProblem(code, f"{fact.label} {day} 早于{other} {earlier}，请核对"))


def _note_overpaid(facts: Mapping[str, Fact], benefit: Expense, known: Known, problems: Problems) -> None:
    """One payer, or all together, can't have paid more than the expense."""
    expense, paid = known.get(benefit.of), known.get(benefit.paid_by)
    if not isinstance(expense, Decimal) or not isinstance(paid, dict):
        return
    fact, whole = facts[benefit.paid_by], f"{facts[benefit.of].label} {format_yuan(expense)}"
    before = len(problems)
    for payer, amount in paid.items():
        if amount > expense:
            message = f"「{fact.options[payer]}」{format_yuan(amount)} 大于{whole}，请核对结算单"
            problems.append(FactProblem(f"{benefit.paid_by}.{payer}", message))
    together = sum(paid.values(), Decimal(0))
    if len(problems) == before and together > expense:
        message = f"「{fact.label}」合计 {format_yuan(together)} 大于{whole}，请核对结算单"
        problems.append(FactProblem(benefit.paid_by, message))


def _note_weights(terms: EditionTerms, benefit: PoolShare, known: Known, problems: Problems) -> None:
    weight, whole = known.get(benefit.weight), known.get(benefit.whole)
    if isinstance(weight, Decimal | int) and isinstance(whole, Decimal | int) and (not whole or weight > whole):
        label, total = _label(terms, benefit.weight), _label(terms, benefit.whole)
        message = f"「{label}」{weight} 大于「{total}」{whole}，或「{total}」是 0，请核对"
        problems.append(FactProblem(benefit.weight, message))


def _note_empty_divisors(terms: EditionTerms, coverage: Coverage, known: Known, problems: Problems) -> None:
    divisors = [terms.limits[code].divided_by for code in coverage.all_limits]
    benefit = chosen_benefit(coverage, known)
    divisors += [step.fact for step in (benefit.steps if benefit else ()) if isinstance(step, DividedBy)]
    for divisor in divisors:
        if divisor and known.get(divisor) == 0:
            problems.append(FactProblem(divisor, f"「{_label(terms, divisor)}」是 0，应至少是 1，请核对"))


def note_untold(
    coverage: Coverage, benefit: SingleBenefit | None, terms: EditionTerms, past: Past, problems: Problems
) -> None:
    """Where it matters whether an earlier payment was for the same accident, it has to be told.

    Of everybody's payments one that tells nothing counts as another event's and another county's.
    """
    if not past.own:
        return
    matters = _by_accident(coverage, benefit, terms)
    _note_no_base(coverage, benefit, past, problems)
    for at, paid in enumerate(past.own, start=1):
        if paid.coverage in matters and paid.same_accident is None:
            where = f"paid_before[{at}].same_accident"
            problems.append(FactProblem(where, f"已赔记录第{at}条缺 same_accident：请写明是否同一次事故"))


def _note_no_base(coverage: Coverage, benefit: SingleBenefit | None, past: Past, problems: Problems) -> None:
    """A ladder that goes on from earlier bills has to know what they brought."""
    if not benefit or not any(isinstance(step, Ladder) and step.accumulates for step in benefit.steps):
        return
    for at, paid in enumerate(past.own, start=1):
        if paid.coverage == coverage.code and paid.base is None:
            message = f"已赔记录第{at}条缺 base：费用累计分段，请写明那次进入分段的金额"
            problems.append(FactProblem(f"paid_before[{at}].base", message))


def _by_accident(coverage: Coverage, benefit: SingleBenefit | None, terms: EditionTerms) -> set[str]:
    """Coverages of whose payments it matters."""
    matters: set[str] = set()
    if coverage.follow_on and coverage.follow_on.same_accident:
        matters.update(coverage.follow_on.after)
    if coverage.settles:
        matters.update(coverage.settles.coverages)
    if benefit and any(_goes_by_accident(step) for step in benefit.steps):
        matters.add(coverage.code)
    for code in (*coverage.limits, *(benefit.limits if benefit else ())):
        if terms.limits[code].per == "accident":
            matters.update(terms.sharing(code))
    return matters


def _goes_by_accident(step: object) -> bool:
    window = step.once_per if isinstance(step, Deductible) else step.accumulates if isinstance(step, Ladder) else ""
    return window == "accident"
