"""Is the event covered at all: the period, and the coverage's own conditions."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from calc.dates import add_months, age_on
from schemes.rules.amounts import edge_of
from schemes.rules.facts import Known
from schemes.rules.ledger import Ledger
from schemes.terms.benefits import ByChoice
from schemes.terms.conditions import (
    AgeCondition,
    AnyCondition,
    Condition,
    RangeCondition,
    Term,
    ValueCondition,
    WindowCondition,
)
from schemes.terms.model import Coverage, EditionTerms, Fact

_UNITS = {"days": "天", "months": "个月", "years": "年"}


def is_covered(terms: EditionTerms, coverage: Coverage, known: Known, ledger: Ledger) -> bool:
    """Tests in the order of the notice and stops at the first that fails; the ledger then has the reason."""
    if not _in_period(terms, coverage, known, ledger):
        return False
    for condition in coverage.conditions:
        if condition.applies(known):
            ledger.note(condition.interpretation)
            label, holds = _outcome(condition, terms, known, ledger)
            if not ledger.test(label, condition.clause, passed=holds):
                return False
        elif condition.applies.unless and condition.applies.unless.holds(known):
            label = f"{_shown(terms.facts[condition.applies.unless.fact], known)}，不适用：{condition.otherwise}"
            ledger.test(label, condition.clause, passed=True)
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


def _outcome(condition: Condition, terms: EditionTerms, known: Known, ledger: Ledger) -> tuple[str, bool]:
    """What was found, with the reason where it doesn't hold."""
    found, holds = _TESTS[type(condition)](condition, terms, known, ledger)
    return (found if holds else f"{found}，{condition.otherwise}"), holds


def _value(condition: ValueCondition, terms: EditionTerms, known: Known, _ledger: Ledger) -> tuple[str, bool]:
    return _shown(terms.facts[condition.fact], known), known[condition.fact] in condition.values


def _shown(fact: Fact, known: Known) -> str:
    value = known[fact.code]
    if isinstance(value, bool):
        return f"{fact.label}：{'是' if value else '否'}"
    return f"{fact.label}：{fact.options.get(str(value), str(value))}"


def _range(condition: RangeCondition, terms: EditionTerms, known: Known, _ledger: Ledger) -> tuple[str, bool]:
    fact, value = terms.facts[condition.fact], known[condition.fact]
    holds = condition.bounds.holds(edge_of(value))
    return f"{fact.label} {value}{fact.unit}，{'符合' if holds else '不符合'}“{condition.text}”", holds


def _age(condition: AgeCondition, terms: EditionTerms, known: Known, ledger: Ledger) -> tuple[str, bool]:
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
    return f"{terms.facts[condition.on].label} {day} 满 {age} 周岁", holds


def _window(condition: WindowCondition, terms: EditionTerms, known: Known, ledger: Ledger) -> tuple[str, bool]:
    day, after = known[condition.day], known[condition.after]
    if not isinstance(day, date) or not isinstance(after, date):
        raise TypeError(f"{condition.day} and {condition.after} are no days")
    last = end_of(condition.term, after, ledger)
    days, start = terms.facts[condition.day].label, terms.facts[condition.after].label
    length = f"{condition.term.length.text} {_UNITS[condition.term.unit]}"
    found = f"{days} {day}，{start} {after} 起 {length}至 {last} 止"
    return found, (after <= day <= last) if condition.inside else day > last


def end_of(term: Term, start: date, ledger: Ledger) -> date:
    """The last day of a term; the first day isn't counted, a month without the day ends on its last.

    民法典 201, 202.
    """
    length = int(ledger.read(term.length))
    if term.unit == "days":
        return start + timedelta(days=length)
    return add_months(start, length * (12 if term.unit == "years" else 1))


def _any(condition: AnyCondition, terms: EditionTerms, known: Known, ledger: Ledger) -> tuple[str, bool]:
    found = []
    for inner in condition.any_of:
        label, holds = _TESTS[type(inner)](inner, terms, known, ledger)
        if holds:
            return label, True
        found.append(label)
    return "；".join(found), False


_TESTS: Mapping[type, Callable[..., tuple[str, bool]]] = {
    ValueCondition: _value,
    RangeCondition: _range,
    AgeCondition: _age,
    WindowCondition: _window,
    AnyCondition: _any,
}


def _has_benefit(terms: EditionTerms, coverage: Coverage, known: Known, ledger: Ledger) -> bool:
    benefit = coverage.benefit
    if not isinstance(benefit, ByChoice):
        return True
    fact = terms.all_facts[benefit.fact]
    value = str(known[benefit.fact])
    holds = value in benefit.cases
    found = f"{fact.label}：{fact.options[value]}"
    return ledger.test(found if holds else f"{found}，{benefit.otherwise}", benefit.clause, passed=holds)
