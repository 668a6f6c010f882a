"""The figures of a coverage as the page of an edition shows them beside the notice's words."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemes.terms.benefits import Daily, Scale, SingleBenefit, singles_of
from schemes.terms.conditions import AgeCondition, AnyCondition, Condition, RangeCondition, Term, WindowCondition
from schemes.terms.figures import Amount, Figure, figures_in
from schemes.terms.model import Coverage, EditionTerms, Limit
from schemes.terms.premiums import Premium
from schemes.terms.steps import (
    AtLeast,
    AtMost,
    Deductible,
    Franchise,
    Ladder,
    NoThreshold,
    OwnShare,
    Step,
    Threshold,
    Times,
    amount_of,
)

_COUNTED = 3  # more options than this are shown as a number
_STEPS: dict[type, str] = {
    Threshold: "起付线",
    Franchise: "相对免赔额",
    Deductible: "免赔额",
    OwnShare: "个人自付",
    Times: "余额给付比例",
    AtMost: "最多",
    AtLeast: "最少",
}
_DAYS = {"stay": "每次最多天数", "accident": "每次事故最多天数", "period": "每人每期最多天数"}
_TIMES = {"person": "每人最多赔", "household": "每户最多赔", "accident": "每次事故最多赔"}
_UNITS = {"days": "天", "months": "个月", "years": "年"}
_BASES = {"person": "每人", "household": "每户", "unit": "每份", "whole": "总价"}


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
        *(line for single in singles_of(coverage.benefit) for line in _single_lines(single)),
        *_follow_on_lines(coverage),
        *_limit_lines(terms, coverage),
        *(line for condition in coverage.conditions for line in _condition_lines(terms, condition)),
    )


def premium_lines(premium: Premium) -> tuple[FigureLine, ...]:
    """`每人 130.00`, one for each part and category."""
    return tuple(
        line for part in premium.parts for line in _amount_lines(_BASES[part.basis], part.rate)
    )  # the category's words follow the basis


def _amount_lines(label: str, amount: Amount) -> Iterator[FigureLine]:
    for words, figure in figures_in(amount):
        yield _line(f"{label} {'，'.join(words)}".rstrip(), figure)


def _line(label: str, figure: Figure) -> FigureLine:
    return FigureLine(label, figure.text, figure.clause, figure.trial)


def _single_lines(benefit: SingleBenefit) -> Iterator[FigureLine]:
    for amount in benefit.amounts:
        yield from _amount_lines(f"{benefit.label}保额" if isinstance(benefit, Scale) else benefit.label, amount)
    if isinstance(benefit, Scale):
        yield _grades_line(benefit)
    elif isinstance(benefit, Daily):
        if benefit.waiting:
            yield _line("前几天不计", benefit.waiting)
        for cap in benefit.caps:
            yield _line(_DAYS[cap.per], cap.days)
    for step in benefit.steps:
        yield from _step_lines(step)


def _grades_line(benefit: Scale) -> FigureLine:
    grades = benefit.grades
    first, last = grades[min(grades)], grades[max(grades)]
    label = f"{benefit.label} {min(grades)} 至 {max(grades)} 级"
    return FigureLine(label, f"{first.text} 至 {last.text}", first.clause, first.trial)


def _step_lines(step: Step) -> Iterator[FigureLine]:
    amount = amount_of(step)
    if amount is not None:
        yield from _amount_lines(_STEPS[type(step)], amount)
    elif isinstance(step, NoThreshold):
        yield FigureLine(_STEPS[Threshold], "无", step.clause)
    elif isinstance(step, Ladder):
        for tier in step.tiers:
            yield _line(f"{tier.text} 的部分", tier.ratio)


def _follow_on_lines(coverage: Coverage) -> Iterator[FigureLine]:
    if coverage.frequency:
        label = {"person": "每人最多赔", "household": "每户最多赔", "accident": "每次事故最多赔"}[
            coverage.frequency.per
        ]
        figure = coverage.frequency.times
        yield FigureLine(label, f"{figure.text} 次", figure.clause, figure.trial)
    rule = coverage.follow_on
    if rule:
        yield from _amount_lines(rule.label, rule.amount)
        yield FigureLine("追加期限", term_text(rule.term), rule.term.length.clause, rule.term.length.trial)


def term_text(term: Term) -> str:
    """`30 天`."""
    return f"{term.length.text} {_UNITS[term.unit]}"


def _limit_lines(terms: EditionTerms, coverage: Coverage) -> Iterator[FigureLine]:
    for code in dict.fromkeys(
        (*coverage.limits, *(c for single in singles_of(coverage.benefit) for c in single.limits))
    ):
        yield from limit_lines(terms, terms.limits[code])


def limit_lines(terms: EditionTerms, limit: Limit) -> Iterator[FigureLine]:
    """The heights of a limit: one, or one for each answer that it goes by."""
    tail = f" × {terms.state[limit.multiple_of].label}" if limit.multiple_of else ""
    for words, figure in figures_in(limit.amount):
        label = "，".join(words) if limit.by and not tail else f"{limit.label} {'，'.join(words)}".rstrip()
        yield FigureLine(label, f"{figure.text}{tail}", figure.clause, figure.trial)


def _condition_lines(terms: EditionTerms, condition: Condition) -> Iterator[FigureLine]:
    if isinstance(condition, AgeCondition):
        yield FigureLine("年龄", _age_text(condition), condition.clause)
    elif isinstance(condition, RangeCondition):
        yield FigureLine(terms.facts[condition.fact].label, condition.text, condition.clause)
    elif isinstance(condition, WindowCondition):
        yield _window_line(terms, condition)
    elif isinstance(condition, AnyCondition):
        for inner in condition.any_of:
            yield from _condition_lines(terms, inner)
    else:
        yield from _options_lines(terms, condition.fact, condition.values, condition.clause)


def _window_line(terms: EditionTerms, condition: WindowCondition) -> FigureLine:
    start = terms.facts[condition.after].label
    text = f"{start}后 {term_text(condition.term)}{'之内' if condition.inside else '之后'}"
    length = condition.term.length
    return FigureLine(terms.facts[condition.day].label, text, length.clause or condition.clause, length.trial)


def _options_lines(terms: EditionTerms, code: str, values: frozenset[str | bool], clause: str) -> Iterator[FigureLine]:
    fact = terms.facts[code]
    covered = [label for option, label in fact.options.items() if option in values]
    if len(covered) > _COUNTED:
        yield FigureLine(fact.label, f"{len(covered)} 种", clause)
        return
    for option, label in fact.options.items():
        if option not in values and len(covered) > 1:
            yield FigureLine(label, "不赔", clause)


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
