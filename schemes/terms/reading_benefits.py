"""From the document to the benefit kinds."""

from collections.abc import Callable, Mapping

from schemes.terms.amounts import Facts, read_amount
from schemes.terms.benefits import (
    Benefit,
    ByChoice,
    Daily,
    DayCap,
    Expense,
    Loss,
    LumpSum,
    PerUnit,
    PoolShare,
    Quantity,
    Scale,
    SingleBenefit,
)
from schemes.terms.facts import fact_of_type
from schemes.terms.figures import Figure
from schemes.terms.nodes import Cursor, Section
from schemes.terms.reading_steps import read_formula

COMBINATIONS = ("worst_raised_once", "worst", "added_up")
DAY_CAPS = ("stay", "accident", "period")
_FORMULA = ("paid_by", "steps", "limits")
_QUANTITIES = ("count", "number", "days")
_STAND_IN = Loss("", "", "", "", (), ())


def read_benefit(cursor: Cursor, facts: Facts) -> Benefit:
    """What stands under `pays`: one kind, or `by` a fact one kind for each of its values."""
    if any(name == "by" for name, _ in cursor.entries()):
        return _by_choice(cursor, facts)
    return _single(cursor, facts)


def _by_choice(cursor: Cursor, facts: Facts) -> ByChoice:
    section = cursor.section(("by", "cases", "clause"), ("otherwise",))
    fact = fact_of_type(section, "by", facts, "choice")
    options = facts[fact].options if fact in facts else {}
    cases = {}
    for code, place in section.entries("cases"):
        if fact in facts and code not in options:
            place.problem(f"「{code}」不是「{fact}」的选项", f"是 {'、'.join(options)} 之一", "请改正")
        cases[code] = _single(place, facts)
    missing = [label for code, label in options.items() if code not in cases]
    if missing and "cases" in section and "otherwise" not in section:
        cursor.problem(f"「{'、'.join(missing)}」没有写", "写明 otherwise（没有列的选项为什么不赔）", "请按通知补上")
    return ByChoice(fact, cases, section.text("otherwise"), section.clause())


def _single(cursor: Cursor, facts: Facts) -> SingleBenefit:
    kinds = list(cursor.entries())
    if len(kinds) != 1 or kinds[0][0] not in _READERS:
        found = "、".join(name for name, _ in kinds) or "空"
        cursor.problem(f"给付方式写的是 {found}", f"是 {'、'.join(_READERS)} 中的一种", "请改正")
        return _STAND_IN
    kind, place = kinds[0]
    return _READERS[kind](place, facts)


def _lump_sum(cursor: Cursor, facts: Facts) -> LumpSum:
    section = cursor.section(("label", "amount"), _FORMULA)
    return LumpSum(section.text("label"), read_amount(section, "amount", "money", facts), *read_formula(section, facts))


def _scale(cursor: Cursor, facts: Facts) -> Scale:
    section = cursor.section(("label", "items", "same_event", "sum_insured", "ratios", "several"), _FORMULA)
    items = fact_of_type(section, "items", facts, "disability")
    count = facts[items].grades if items in facts else 0
    paid_by, steps, limits = read_formula(section, facts)
    return Scale(
        label=section.text("label"),
        items=items,
        same_event=fact_of_type(section, "same_event", facts, "yes_no"),
        sum_insured=read_amount(section, "sum_insured", "money", facts),
        grades=_grades(section["ratios"], count) if "ratios" in section else {},
        several=section.one_of("several", COMBINATIONS, "已有的多处伤残规则"),
        paid_by=paid_by,
        steps=steps,
        limits=limits,
    )


def _grades(cursor: Cursor, count: int) -> dict[int, Figure]:
    section = cursor.section(("clause", "grades"), ("interpretation", "trial"))
    clause, trial = section.clause(), section.flag("trial")
    interpretation = section.interpretation(trial=trial)
    grades = {}
    for name, place in section.entries("grades"):
        if not (name.isdigit() and 1 <= int(name) <= count):
            place.problem(f"等级「{name}」不存在", f"是 1 到 {count} 级", "请改正，或在事实里写明 grades")
            continue
        value, text = place.number("ratio")
        grades[int(name)] = Figure(value, text, clause, interpretation, trial)
    if trial:
        cursor.note_trial("各级比例", clause)
    if "grades" in section:
        _note_gaps_between_grades(section["grades"], grades, count)
    return grades


def _note_gaps_between_grades(cursor: Cursor, grades: Mapping[int, Figure], count: int) -> None:
    missing = [str(grade) for grade in range(1, count + 1) if grade not in grades]
    if missing:
        cursor.problem(f"缺少第 {'、'.join(missing)} 级的比例", f"把 1 到 {count} 级写全", "请补上")
    rising = [str(grade) for grade in grades if grade + 1 in grades and grades[grade].value < grades[grade + 1].value]
    if rising:
        cursor.problem(f"第 {'、'.join(rising)} 级的比例比更轻的一级还低", "由重到轻递减", "请核对")


def _expense(cursor: Cursor, facts: Facts) -> Expense:
    section = cursor.section(("label", "of", "clause", "steps"), ("paid_by", "limits"))
    of = fact_of_type(section, "of", facts, "money")
    return Expense(section.text("label"), of, section.clause(), *read_formula(section, facts))


def _loss(cursor: Cursor, facts: Facts) -> Loss:
    section = cursor.section(("label", "of", "clause"), _FORMULA)
    of = fact_of_type(section, "of", facts, "money")
    return Loss(section.text("label"), of, section.clause(), *read_formula(section, facts))


def _daily(cursor: Cursor, facts: Facts) -> Daily:
    section = cursor.section(("label", "days", "amount"), ("waiting_days", "at_most_days", *_FORMULA))
    paid_by, steps, limits = read_formula(section, facts)
    return Daily(
        label=section.text("label"),
        days=fact_of_type(section, "days", facts, "count", "days"),
        amount=read_amount(section, "amount", "money", facts),
        waiting=section.optional_figure("waiting_days", "count"),
        caps=tuple(_day_cap(name, place) for name, place in section.entries("at_most_days")),
        paid_by=paid_by,
        steps=steps,
        limits=limits,
    )


def _day_cap(name: str, cursor: Cursor) -> DayCap:
    if name not in DAY_CAPS:
        cursor.problem(f"「{name}」不是天数上限的范围", f"是 {'、'.join(DAY_CAPS)} 之一", "请改正")
    return DayCap(name, cursor.figure("count"))


def _per_unit(cursor: Cursor, facts: Facts) -> PerUnit:
    section = cursor.section(("label", "amount", "times"), _FORMULA)
    times = tuple(_quantity(item, facts) for item in section.items("times"))
    amount = read_amount(section, "amount", "money", facts)
    return PerUnit(section.text("label"), amount, times, *read_formula(section, facts))


def _quantity(cursor: Cursor, facts: Facts) -> Quantity:
    """Just a fact, or `{fact: rainfall, above: {value: "50", clause: …}}`."""
    if not cursor.is_mapping():
        holder = Section(cursor, {"fact": cursor})
        return Quantity(fact_of_type(holder, "fact", facts, *_QUANTITIES), None, None)
    section = cursor.section(("fact",), ("above", "at_most"))
    fact = fact_of_type(section, "fact", facts, *_QUANTITIES)
    return Quantity(fact, section.optional_figure("above", "number"), section.optional_figure("at_most", "number"))


def _pool_share(cursor: Cursor, facts: Facts) -> PoolShare:
    section = cursor.section(("label", "pool", "weight", "of_total", "clause"), _FORMULA)
    weight, whole = (fact_of_type(section, name, facts, "money", *_QUANTITIES) for name in ("weight", "of_total"))
    pool = read_amount(section, "pool", "money", facts)
    return PoolShare(section.text("label"), pool, weight, whole, section.clause(), *read_formula(section, facts))


_READERS: Mapping[str, Callable[[Cursor, Facts], SingleBenefit]] = {
    "lump_sum": _lump_sum,
    "scale": _scale,
    "expense": _expense,
    "loss": _loss,
    "daily": _daily,
    "per_unit": _per_unit,
    "pool_share": _pool_share,
}
KINDS = tuple(_READERS)
