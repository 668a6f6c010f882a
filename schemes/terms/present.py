"""The figures of a coverage as the page of an edition shows them beside the notice's words."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemes.terms.benefits import (
    ByChoice,
    Deductible,
    Expense,
    LumpSum,
    NoThreshold,
    OwnShare,
    Ratio,
    Scale,
    SingleBenefit,
    Threshold,
)
from schemes.terms.figures import Figure
from schemes.terms.model import AgeCondition, Condition, Coverage, EditionTerms

_COUNTED = 3  # more options than this are shown as a number
_STEPS = {Threshold: "起付线", Deductible: "免赔额", OwnShare: "个人自付", Ratio: "余额给付比例"}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """`text` as printed. `trial`: a made-up figure, to be marked 试用参数."""

    label: str
    text: str
    clause: str
    trial: bool = False


def figure_lines(terms: EditionTerms, coverage: Coverage) -> tuple[FigureLine, ...]:
    """What is paid, up to what, under which conditions, in that order."""
    return (
        *_benefit_lines(coverage),
        *_limit_lines(terms, coverage),
        *(line for condition in coverage.conditions for line in _condition_lines(terms, condition)),
    )


def _line(label: str, figure: Figure) -> FigureLine:
    return FigureLine(label, figure.text, figure.clause, figure.trial)


def _benefit_lines(coverage: Coverage) -> Iterator[FigureLine]:
    benefit = coverage.benefit
    singles = benefit.cases.values() if isinstance(benefit, ByChoice) else (benefit,)
    for single in singles:
        yield from _single_lines(single)


def _single_lines(benefit: SingleBenefit) -> Iterator[FigureLine]:
    if isinstance(benefit, LumpSum):
        yield _line(benefit.label, benefit.amount)
    elif isinstance(benefit, Scale):
        grades = benefit.grades
        text = f"{grades[min(grades)].text} 至 {grades[max(grades)].text}"
        label = f"{benefit.label} {min(grades)} 至 {max(grades)} 级"
        yield FigureLine(label, text, benefit.sum_insured.clause)
    elif isinstance(benefit, Expense):
        yield from _expense_lines(benefit)


def _expense_lines(benefit: Expense) -> Iterator[FigureLine]:
    for step in benefit.steps:
        if isinstance(step, Threshold | Deductible):
            yield _line(_STEPS[type(step)], step.amount)
        elif isinstance(step, NoThreshold):
            yield FigureLine(_STEPS[Threshold], "无", step.clause)
        elif isinstance(step, OwnShare | Ratio):
            yield _line(_STEPS[type(step)], step.ratio)


def _limit_lines(terms: EditionTerms, coverage: Coverage) -> Iterator[FigureLine]:
    for code in coverage.limits:
        limit = terms.limits[code]
        if limit.amount is not None:
            yield _line(limit.label, limit.amount)
        for option, figure in limit.amounts.items():
            yield _line(terms.facts[limit.by].options[option], figure)


def _condition_lines(terms: EditionTerms, condition: Condition) -> Iterator[FigureLine]:
    if isinstance(condition, AgeCondition):
        yield FigureLine("年龄", _age_text(condition), condition.clause)
        return
    fact = terms.facts[condition.fact]
    covered = [label for code, label in fact.options.items() if code in condition.values]
    if len(covered) > _COUNTED:
        yield FigureLine(fact.label, f"{len(covered)} 种", condition.clause)
        return
    for code, label in fact.options.items():
        if code not in condition.values and len(covered) > 1:
            yield FigureLine(label, "不赔", condition.clause)


def _age_text(condition: AgeCondition) -> str:
    lower, upper = condition.at_least or condition.above, condition.at_most or condition.below
    if condition.at_least and condition.at_most:
        return f"{condition.at_least.text} 至 {condition.at_most.text} 周岁"
    parts = []
    if lower:
        parts.append(f"{'满' if condition.at_least else '大于'} {lower.text} 周岁")
    if upper:
        parts.append(f"{'不超过' if condition.at_most else '不满'} {upper.text} 周岁")
    return "、".join(parts)
