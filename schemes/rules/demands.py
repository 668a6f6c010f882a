"""What must be stated before a payout is computed, and what can't be true together."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from calc.money import format_yuan
from schemes.rules.facts import Known, Problems
from schemes.rules.refusal import FactProblem
from schemes.terms.benefits import ByChoice, Expense, Scale, SingleBenefit
from schemes.terms.model import Coverage, EditionTerms, Fact


def chosen_benefit(coverage: Coverage, known: Known) -> SingleBenefit | None:
    """The benefit for these facts; None where the fact that chooses is missing or has no benefit."""
    benefit = coverage.benefit
    if isinstance(benefit, ByChoice):
        return benefit.cases.get(str(known.get(benefit.fact)))
    return benefit


def note_missing(terms: EditionTerms, coverage: Coverage, known: Known, problems: Problems, *, complete: bool) -> None:
    """What decides must be stated; a claim (`complete`) states all that the coverage requires."""
    refused = {problem.where.split(".")[0].split("[")[0] for problem in problems}
    wanted = dict.fromkeys(_decisive(terms, coverage, known))
    if complete:
        wanted[coverage.decided_by] = None
        asked = (entry.code for entry in coverage.asks if entry.required and entry.applies(known))
        wanted.update(dict.fromkeys(asked))
    for code in wanted:
        if code not in known and code not in refused:
            problems.append(FactProblem(code, f"缺少「{terms.facts[code].label}」，请填写"))


def _decisive(terms: EditionTerms, coverage: Coverage, known: Known) -> Iterable[str]:
    if isinstance(coverage.benefit, ByChoice):
        yield coverage.benefit.fact
    for condition in coverage.conditions:
        yield from condition.needs
    benefit = chosen_benefit(coverage, known)
    if benefit is None:
        return
    yield from benefit.needs
    for code in coverage.limits:
        if terms.limits[code].by:
            yield terms.limits[code].by
    if isinstance(benefit, Scale) and _several(benefit, known):
        yield benefit.same_event


def _several(benefit: Scale, known: Known) -> bool:
    grades = known.get(benefit.items)
    return isinstance(grades, tuple) and len(grades) > 1


def note_contradictions(terms: EditionTerms, coverage: Coverage, known: Known, problems: Problems) -> None:
    _note_order_of_days(terms.facts, known, problems)
    benefit = chosen_benefit(coverage, known)
    if isinstance(benefit, Expense):
        _note_overpaid(terms.facts, benefit, known, problems)
    if isinstance(benefit, Scale) and _several(benefit, known) and known.get(benefit.same_event) is False:
        label = terms.facts[benefit.same_event].label
        message = f"「{label}」为否：不同事故的伤残请分别报案，各算各的"
        problems.append(FactProblem(benefit.same_event, message))


def _note_order_of_days(facts: Mapping[str, Fact], known: Known, problems: Problems) -> None:
    for code, day in known.items():
        fact = facts[code]
        earlier = known.get(fact.not_before) if fact.not_before else None
        if isinstance(earlier, date) and isinstance(day, date) and day < earlier:
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
