"""From the document to the benefit kinds."""

from collections.abc import Callable, Mapping

from schemes.terms.benefits import (
    Benefit,
    ByChoice,
    Deductible,
    Expense,
    ExpenseStep,
    LessPayer,
    Loss,
    LumpSum,
    NoThreshold,
    OwnShare,
    Ratio,
    Scale,
    SingleBenefit,
    Threshold,
)
from schemes.terms.figures import Figure
from schemes.terms.model import Fact
from schemes.terms.nodes import Cursor, Section

Facts = Mapping[str, Fact]

GRADES = range(1, 11)
COMBINATIONS = ("worst_raised_once",)
_STAND_IN = Loss("", "", "")


def read_benefit(cursor: Cursor, facts: Facts) -> Benefit:
    """What stands under `pays`: one kind, or `by` a fact one kind for each of its values."""
    if any(name == "by" for name, _ in cursor.entries()):
        return _by_choice(cursor, facts)
    return _single(cursor, facts)


def fact_of_type(section: Section, name: str, facts: Facts, *types: str) -> str:
    """The code of a declared fact of one of these types; anything else is noted."""
    code = section.one_of(name, facts, "已声明的事实")
    if code in facts and facts[code].type not in types:
        found = f"「{code}」的类型是 {facts[code].type}"
        section[name].problem(found, f"是 {'、'.join(types)} 类型的事实", "请改用别的事实或改正类型")
    return code


def _by_choice(cursor: Cursor, facts: Facts) -> ByChoice:
    section = cursor.section(("by", "cases", "otherwise", "clause"))
    fact = fact_of_type(section, "by", facts, "choice")
    options = facts[fact].options if fact in facts else {}
    cases = {}
    for code, place in section.entries("cases"):
        if fact in facts and code not in options:
            place.problem(f"「{code}」不是「{fact}」的选项", f"是 {'、'.join(options)} 之一", "请改正")
        cases[code] = _single(place, facts)
    return ByChoice(fact, cases, section.text("otherwise"), section.clause())


def _single(cursor: Cursor, facts: Facts) -> SingleBenefit:
    kinds = list(cursor.entries())
    if len(kinds) != 1 or kinds[0][0] not in _READERS:
        found = "、".join(name for name, _ in kinds) or "空"
        cursor.problem(f"给付方式写的是 {found}", f"是 {'、'.join(_READERS)} 中的一种", "请改正")
        return _STAND_IN
    kind, place = kinds[0]
    return _READERS[kind](place, facts)


def _lump_sum(cursor: Cursor, _facts: Facts) -> LumpSum:
    section = cursor.section(("label", "amount"))
    return LumpSum(section.text("label"), section.figure("amount", "money"))


def _scale(cursor: Cursor, facts: Facts) -> Scale:
    section = cursor.section(("label", "items", "same_event", "sum_insured", "ratios", "several"))
    return Scale(
        label=section.text("label"),
        items=fact_of_type(section, "items", facts, "disability"),
        same_event=fact_of_type(section, "same_event", facts, "yes_no"),
        sum_insured=section.figure("sum_insured", "money"),
        grades=_grades(section["ratios"]) if "ratios" in section else {},
        several=section.one_of("several", COMBINATIONS, "已有的多处伤残规则"),
    )


def _grades(cursor: Cursor) -> dict[int, Figure]:
    section = cursor.section(("clause", "grades"), ("interpretation",))
    clause, interpretation = section.clause(), section.interpretation()
    grades = {}
    for name, place in section.entries("grades"):
        if not (name.isdigit() and int(name) in GRADES):
            place.problem(f"等级「{name}」不存在", "是 1 到 10 级", "请改正")
            continue
        value, text = place.number("ratio")
        grades[int(name)] = Figure(value, text, clause, interpretation)
    if "grades" in section:
        _note_gaps_between_grades(section["grades"], grades)
    return grades


def _note_gaps_between_grades(cursor: Cursor, grades: Mapping[int, Figure]) -> None:
    missing = [str(grade) for grade in GRADES if grade not in grades]
    if missing:
        cursor.problem(f"缺少第 {'、'.join(missing)} 级的比例", "把 1 到 10 级写全", "请补上")
    rising = [str(grade) for grade in grades if grade + 1 in grades and grades[grade].value < grades[grade + 1].value]
    if rising:
        cursor.problem(f"第 {'、'.join(rising)} 级的比例比更轻的一级还低", "由重到轻递减", "请核对")


def _expense(cursor: Cursor, facts: Facts) -> Expense:
    section = cursor.section(("label", "of", "paid_by", "clause", "steps"))
    paid_by = fact_of_type(section, "paid_by", facts, "payers")
    payers = facts[paid_by].options if paid_by in facts else {}
    steps = [_expense_step(item, payers) for item in section.items("steps")]
    _note_payers(section, payers, [step.payer for step in steps if isinstance(step, LessPayer)])
    return Expense(
        label=section.text("label"),
        of=fact_of_type(section, "of", facts, "money"),
        paid_by=paid_by,
        clause=section.clause(),
        steps=tuple(steps),
    )


def _note_payers(section: Section, payers: Mapping[str, str], taken_off: list[str]) -> None:
    """What a payer paid is taken off once: left out, it would be paid twice without a word."""
    if "steps" not in section:
        return
    for code, label in payers.items():
        if taken_off.count(code) > 1:
            section["steps"].problem(f"「{label}」（{code}）扣了两次", "只扣一次", "请删去一处")
        if code not in taken_off:
            section["steps"].problem(f"「{label}」（{code}）没有扣", "每个已付方扣一次", "请加上 less_paid_by")


_FIGURES: Mapping[str, tuple[str, Callable[[Figure], ExpenseStep]]] = {
    "threshold": ("money", Threshold),
    "deductible": ("money", Deductible),
    "less_own_share": ("ratio", OwnShare),
    "times": ("ratio", Ratio),
}


def _expense_step(cursor: Cursor, payers: Mapping[str, str]) -> ExpenseStep:
    entries = list(cursor.entries())
    name, place = entries[0] if entries else ("", cursor)
    if name in _FIGURES and len(entries) == 1:
        unit, step = _FIGURES[name]
        return step(place.figure(unit))
    if name == "less_paid_by" or "less_paid_by" in dict(entries):
        section = cursor.section(("less_paid_by", "clause"))
        return LessPayer(section.one_of("less_paid_by", payers, "已声明的已付方"), section.clause())
    if name == "no_threshold" and len(entries) == 1:
        return NoThreshold(place.section(("clause",)).clause())
    expected = f"是 less_paid_by、no_threshold、{'、'.join(_FIGURES)} 之一"
    cursor.problem(f"步骤写的是 {'、'.join(name for name, _ in entries) or '空'}", expected, "请改正")
    return LessPayer("", "")


def _loss(cursor: Cursor, facts: Facts) -> Loss:
    section = cursor.section(("label", "of", "clause"))
    return Loss(section.text("label"), fact_of_type(section, "of", facts, "money"), section.clause())


_READERS: Mapping[str, Callable[[Cursor, Facts], SingleBenefit]] = {
    "lump_sum": _lump_sum,
    "scale": _scale,
    "expense": _expense,
    "loss": _loss,
}
