"""Fields of earlier payments (已赔记录) on the trial page: what the coverage's rules may read of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from schemes.fact_fields import PICK, YES_NO, DayField, MoneyField
from schemes.rules.limits import EVERYBODYS
from schemes.rules.past import KEYS
from schemes.terms.benefits import ByChoice, Daily, singles_of
from schemes.terms.model import Coverage, EditionTerms, Limit
from schemes.terms.steps import Deductible, Ladder

ROWS, MOST_ROWS = 3, 20
OWN, ALL = "", "edition"
NAME = re.compile(r"paid-(\d{1,2})-([a-z_]{1,40})")
ALWAYS = ("coverage", "amount", "paid_on", "same_accident")
WHOSE = "of"
LABELS = {
    "coverage": "保障责任",
    "amount": "金额（元）",
    "paid_on": "支付日期",
    "same_accident": "同一次事故",
    "days": "赔了几天",
    "deducted": "已扣的免赔额",
    "base": "已分段的金额",
    "house": "哪一处房屋",
    "case": "哪种情形",
    "same_person": "同一个人",
    "same_event": "同一场灾害",
    "same_county": "同一区县",
    WHOSE: "谁的",
}
_FLAGS = frozenset({"same_person", "same_accident", "same_event", "same_county"})
_SUMS = frozenset({"amount", "deducted", "base"})
_BY_LIMIT = {"house": "house", "household": "same_person", "event": "same_event", "county": "same_county"}


def columns_of(terms: EditionTerms, coverage: Coverage, named: Iterable[str]) -> list[str]:
    """What is asked of an earlier payment: what the rules may read, and what the address names besides."""
    names = {found[2] for name in named if (found := NAME.fullmatch(name))}
    wanted = {*_read(terms, coverage), *names}
    further = [key for key in KEYS if key in wanted and key not in ALWAYS]
    everybodys = any(limit.per in EVERYBODYS for limit in limits_of(terms, coverage))
    return [*ALWAYS, *further, *([WHOSE] if everybodys or WHOSE in names else [])]


def limits_of(terms: EditionTerms, coverage: Coverage) -> list[Limit]:
    """The limits that the coverage draws on, as a whole or in some of its cases."""
    return [limit for code, limit in terms.limits.items() if coverage.code in terms.sharing(code)]


def rows_in(named: Iterable[str]) -> int:
    """How many rows the page needs."""
    last = max((int(found[1]) for name in named if (found := NAME.fullmatch(name))), default=-1)
    return max(ROWS, min(last + 1, MOST_ROWS))


def paid_field(terms: EditionTerms, column: str) -> forms.Field:
    """The field of one column."""
    common: dict[str, Any] = {"label": LABELS.get(column, column), "required": False}
    if column == "coverage":
        known = [(code, coverage.label) for code, coverage in terms.coverages.items()]
        wrong = {"invalid_choice": "请从列表里选保障责任"}
        return forms.ChoiceField(choices=[PICK, *known], error_messages=wrong, **common)
    if column == "case":
        return forms.ChoiceField(choices=[PICK, *_cases(terms)], **common)
    if column == WHOSE:
        return forms.ChoiceField(choices=((OWN, "本人或本户"), (ALL, "全方案")), **common)
    if column in _FLAGS:
        return forms.ChoiceField(choices=YES_NO, **common)
    if column in _SUMS:
        attributes = {"data-money": "", "inputmode": "decimal", "class": "num"}
        return MoneyField(widget=forms.TextInput(attrs=attributes), **common)
    if column == "paid_on":
        return DayField(widget=forms.TextInput(attrs={"data-date": ""}), **common)
    if column == "days":
        return forms.IntegerField(min_value=0, max_value=10_000, **common)
    return forms.CharField(max_length=60, **common)


def plain(column: str, value: Any) -> Any:
    """A cleaned value as the rules take it."""
    return value == "yes" if column in _FLAGS else value


def _cases(terms: EditionTerms) -> list[tuple[str, str]]:
    """The answers by which coverages of the edition tell their benefits apart."""
    facts = [one.benefit.fact for one in terms.coverages.values() if isinstance(one.benefit, ByChoice)]
    return list({code: label for fact in facts for code, label in terms.facts[fact].options.items()}.items())


def _read(terms: EditionTerms, coverage: Coverage) -> Iterator[str]:
    for limit in limits_of(terms, coverage):
        yield _BY_LIMIT.get(limit.per, "")
        if any(terms.sharing(limit.code).values()):
            yield "case"
    for benefit in singles_of(coverage.benefit):
        if isinstance(benefit, Daily) and benefit.caps:
            yield "days"
        for step in benefit.steps:
            if isinstance(step, Deductible) and step.once_per:
                yield "deducted"
            if isinstance(step, Ladder) and step.accumulates:
                yield "base"
