"""From the document to the limits."""

from schemes.terms.amounts import amount_at
from schemes.terms.facts import Facts, fact_of_type
from schemes.terms.figures import Amount, Figure, Table, tables_in
from schemes.terms.model import Limit
from schemes.terms.nodes import Cursor, Section

LIMITS_PER = ("person", "house", "household", "accident", "claim", "event", "county", "edition")
_QUANTITIES = ("count", "number", "days")


def read_limit(code: str, cursor: Cursor, facts: Facts, state: Facts) -> Limit:
    """`facts` of the claim and `state` of the edition may decide its height."""
    ways = ("amount", "by", "amounts", "times", "divided_by", "multiple_of", "interpretation")
    one = cursor.section(("label", "per", "clause"), ways)
    if ("amount" in one) == ("amounts" in one) or ("amounts" in one) != ("by" in one):
        cursor.problem("限额没有写清", "写一个 amount，或写 by 和 amounts", "请改正")
    clause = one.clause()
    multiple_of = fact_of_type(one, "multiple_of", state, "money", "count", "number")
    return Limit(
        code=code,
        label=one.text("label"),
        per=one.one_of("per", LIMITS_PER, "已有的限额范围"),
        clause=clause,
        amount=_height(one, {**facts, **state}, "number" if multiple_of else "money"),
        times=fact_of_type(one, "times", facts, *_QUANTITIES),
        divided_by=fact_of_type(one, "divided_by", facts, "count"),
        multiple_of=multiple_of,
        interpretation=one.interpretation(),
    )


def _height(one: Section, facts: Facts, unit: str) -> Amount:
    if "amount" in one:
        amount = amount_at(one["amount"], unit, facts)
        _note_hole(one["amount"], amount)
        return amount
    if "amounts" not in one or "by" not in one:
        return Figure(*one.cursor.nothing(), "")
    return _by_options(one, facts, unit)


def _note_hole(cursor: Cursor, amount: Amount) -> None:
    if any(table.otherwise for table in tables_in(amount)):
        cursor.problem("限额的表写了 otherwise", "每种情形都有限额", "请补全，不赔的情形写进 covered_when")


def _by_options(one: Section, facts: Facts, unit: str) -> Table:
    """`by` a choice fact `amounts`: each option a figure with its own clause."""
    by = fact_of_type(one, "by", facts, "choice")
    options = facts[by].options if by in facts else {}
    amounts: dict[str, Amount] = {}
    for code, place in one.entries("amounts"):
        if by in facts and code not in options:
            expected = f"是 {'、'.join(options)} 之一"
            place.problem(f"「{code}」不是「{facts[by].label}」的选项", expected, "请改正")
        amounts[code] = amount_at(place, unit, facts)
        _note_hole(place, amounts[code])
    missing = [label for code, label in options.items() if code not in amounts]
    if missing:
        one["amounts"].problem(f"「{'、'.join(missing)}」没有限额", "给每个选项写限额", "请按通知补上")
    label = facts[by].label if by in facts else ""
    return Table(by, label, options, amounts, (), "", one.clause())
