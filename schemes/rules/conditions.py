"""Is the event covered at all: the period, and the coverage's own conditions."""

from datetime import date

from calc.dates import age_on
from schemes.rules.facts import Known
from schemes.rules.ledger import Ledger
from schemes.terms.benefits import ByChoice
from schemes.terms.model import AgeCondition, Coverage, EditionTerms, Fact, ValueCondition


def is_covered(terms: EditionTerms, coverage: Coverage, known: Known, ledger: Ledger) -> bool:
    """Tests in the order of the notice and stops at the first that fails; the ledger then has the reason."""
    if not _in_period(terms, coverage, known, ledger):
        return False
    for condition in coverage.conditions:
        ledger.note(condition.interpretation)
        holds = (
            _age_fits(condition, terms, known, ledger)
            if isinstance(condition, AgeCondition)
            else _value_fits(condition, terms, known, ledger)
        )
        if not holds:
            return False
    return _has_benefit(terms, coverage, known, ledger)


def _in_period(terms: EditionTerms, coverage: Coverage, known: Known, ledger: Ledger) -> bool:
    """An absent date counts as within the period; a claim is refused before it comes here."""
    day = known.get(coverage.decided_by)
    if not isinstance(day, date):
        return True
    period = terms.period
    inside = period.range.contains(day)
    found = f"{terms.facts[coverage.decided_by].label} {day}"
    label = f"{found} {'在' if inside else '不在'}保险期间 {period.range} 之内"
    return ledger.test(label, period.clause, passed=inside)


def _value_fits(condition: ValueCondition, terms: EditionTerms, known: Known, ledger: Ledger) -> bool:
    fact = terms.facts[condition.fact]
    value = known[condition.fact]
    holds = value in condition.values
    found = f"{fact.label}：{_shown(fact, value)}"
    label = found if holds else f"{found}，{condition.otherwise}"
    return ledger.test(label, condition.clause, passed=holds)


def _shown(fact: Fact, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return fact.options.get(str(value), str(value))


def _age_fits(condition: AgeCondition, terms: EditionTerms, known: Known, ledger: Ledger) -> bool:
    born, day = known[condition.born], known[condition.on]
    if not isinstance(born, date) or not isinstance(day, date):
        raise TypeError(f"{condition.born} and {condition.on} are no days")
    age = age_on(born, day)
    holds = (
        (condition.at_least is None or age >= ledger.read(condition.at_least))
        and (condition.above is None or age > ledger.read(condition.above))
        and (condition.at_most is None or age <= ledger.read(condition.at_most))
        and (condition.below is None or age < ledger.read(condition.below))
    )
    found = f"{terms.facts[condition.on].label} {day} 满 {age} 周岁"
    label = found if holds else f"{found}，{condition.otherwise}"
    return ledger.test(label, condition.clause, passed=holds)


def _has_benefit(terms: EditionTerms, coverage: Coverage, known: Known, ledger: Ledger) -> bool:
    benefit = coverage.benefit
    if not isinstance(benefit, ByChoice):
        return True
    fact = terms.facts[benefit.fact]
    value = str(known[benefit.fact])
    holds = value in benefit.cases
    found = f"{fact.label}：{fact.options[value]}"
    return ledger.test(found if holds else f"{found}，{benefit.otherwise}", benefit.clause, passed=holds)
