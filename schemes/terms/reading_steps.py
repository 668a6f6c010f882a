"""From the document to the steps of a formula."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemes.terms.amounts import Facts, amount_at
from schemes.terms.bands import EDGES, note_gaps, read_bounds
from schemes.terms.facts import fact_of_type
from schemes.terms.figures import Amount, Figure, figures_in
from schemes.terms.nodes import Cursor, Section
from schemes.terms.numbers import per_cent
from schemes.terms.steps import (
    AtLeast,
    AtMost,
    Average,
    Deductible,
    DividedBy,
    Franchise,
    Ladder,
    LessFact,
    LessPayer,
    NoThreshold,
    OwnShare,
    Step,
    Threshold,
    Tier,
    Times,
    TimesFact,
)

WINDOWS = ("accident", "period", "household")
_QUANTITIES = ("count", "number", "days")


@dataclass(frozen=True, slots=True)
class Around:
    """What a step may refer to."""

    facts: Facts
    payers: Mapping[str, str]


Reader = Callable[[Cursor, Around], Step]


def read_formula(section: Section, facts: Facts) -> tuple[str, tuple[Step, ...], tuple[str, ...]]:
    """The fact that holds what others paid (empty: none), the steps in order, the codes of limits of its own."""
    paid_by = fact_of_type(section, "paid_by", facts, "payers")
    payers = facts[paid_by].options if paid_by in facts else {}
    around = Around(facts, payers)
    steps = tuple(_step(item, around) for item in section.items("steps"))
    if "steps" in section or "paid_by" in section:
        _note_payers(section, payers, [step.payer for step in steps if isinstance(step, LessPayer)])
        _note_own_shares(section, steps)
    return paid_by, steps, section.texts("limits")


def _note_payers(section: Section, payers: Mapping[str, str], taken_off: Sequence[str]) -> None:
    """What a payer paid is taken off once: left out, it would be paid twice without a word."""
    place = section.get("steps") or section.cursor
    for code, label in payers.items():
        if taken_off.count(code) > 1:
            place.problem(f"「{label}」（{code}）扣了两次", "只扣一次", "请删去一处")
        if code not in taken_off:
            place.problem(f"「{label}」（{code}）没有扣", "每个已付方扣一次", "请加上 less_paid_by")


def _note_own_shares(section: Section, steps: Sequence[Step]) -> None:
    """Own shares of the whole sum that leave nothing make a benefit that is never paid, or goes below zero."""
    shares = [step.ratio for step in steps if isinstance(step, OwnShare)]
    bent = False
    for item, step in zip(section.items("steps") if "steps" in section else [], steps, strict=False):
        if bent and isinstance(step, OwnShare):
            found = "按全部金额计的个人自付写在 ladder、at_most 或 at_least 之后，损失越大可能赔得越少"
            item.problem(found, "写在它们之前", "请调换次序，或改用 times")
        bent = bent or isinstance(step, Ladder | AtMost | AtLeast)
    least = (min((figure.value for _, figure in figures_in(share)), default=Decimal(0)) for share in shares)
    whole = sum(least, Decimal(0))
    if whole >= 1:
        section["steps"].problem(f"个人自付合计 {per_cent(whole)}，赔付总是不大于零", "合计小于 100%", "请核对比例")


def _step(cursor: Cursor, around: Around) -> Step:
    """One entry, named for what it does; a `clause` beside the name belongs to it."""
    names = [name for name, _ in cursor.entries() if name in _READERS]
    if len(names) == 1:
        return _READERS[names[0]](cursor, around)
    found = "、".join(name for name, _ in cursor.entries()) or "空"
    cursor.problem(f"步骤写的是 {found}", f"是 {'、'.join(_READERS)} 之一", "请改正")
    return NoThreshold("")


def _less_payer(cursor: Cursor, around: Around) -> Step:
    section = cursor.section(("less_paid_by", "clause"))
    return LessPayer(section.one_of("less_paid_by", around.payers, "已声明的已付方"), section.clause())


def _one(cursor: Cursor, name: str) -> Cursor:
    return cursor.section((name,))[name]


def _of_amount(name: str, unit: str, step: Callable[[Amount], Step]) -> Reader:
    def read(cursor: Cursor, around: Around) -> Step:
        return step(amount_at(_one(cursor, name), unit, around.facts, of_step=True))

    return read


def _of_fact(name: str, types: tuple[str, ...], step: Callable[[str, str], Step]) -> Reader:
    def read(cursor: Cursor, around: Around) -> Step:
        section = cursor.section((name, "clause"))
        return step(fact_of_type(section, name, around.facts, *types), section.clause())

    return read


def _deductible(cursor: Cursor, around: Around) -> Step:
    section = cursor.section(("deductible",), ("once_per", "shared_with"))
    once_per = section.one_of("once_per", WINDOWS, "已有的范围")
    if "shared_with" in section and "once_per" not in section:
        section["shared_with"].problem("写了 shared_with，没有写 once_per", "先写明在什么范围内只扣一次", "请补上")
    amount = amount_at(section["deductible"], "money", around.facts, of_step=True)
    return Deductible(amount, once_per, section.texts("shared_with"))


def _no_threshold(cursor: Cursor, _around: Around) -> Step:
    return NoThreshold(_one(cursor, "no_threshold").section(("clause",)).clause())


def _average(cursor: Cursor, around: Around) -> Step:
    section = _one(cursor, "average").section(("insured", "worth", "clause"))
    insured, worth = (fact_of_type(section, name, around.facts, "money") for name in ("insured", "worth"))
    return Average(insured, worth, section.clause())


def _ladder(cursor: Cursor, _around: Around) -> Step:
    section = _one(cursor, "ladder").section(("clause", "tiers"), ("accumulates", "interpretation"))
    clause, reading = section.clause(), section.interpretation()
    tiers, places = [], []
    for item in section.items("tiers"):
        tier = item.section(("ratio",), EDGES)
        bounds, text = read_bounds(tier, "money")
        ratio, printed = tier["ratio"].number("ratio") if "ratio" in tier else item.nothing()
        tiers.append(Tier(bounds, text, Figure(ratio, printed, clause, reading)))
        places.append((item, bounds))
    note_gaps(places, "money", open_ended=False, slices=True)
    return Ladder(tuple(tiers), section.one_of("accumulates", WINDOWS, "已有的范围"), clause)


_READERS: Mapping[str, Reader] = {
    "less_paid_by": _less_payer,
    "less": _of_fact("less", ("money",), LessFact),
    "threshold": _of_amount("threshold", "money", Threshold),
    "no_threshold": _no_threshold,
    "franchise": _of_amount("franchise", "money", Franchise),
    "deductible": _deductible,
    "less_own_share": _of_amount("less_own_share", "ratio", OwnShare),
    "times": _of_amount("times", "factor", Times),
    "times_fact": _of_fact("times_fact", _QUANTITIES, TimesFact),
    "divided_by": _of_fact("divided_by", ("count",), DividedBy),
    "ladder": _ladder,
    "average": _average,
    "at_most": _of_amount("at_most", "money", AtMost),
    "at_least": _of_amount("at_least", "money", AtLeast),
}
STEPS = tuple(_READERS)
