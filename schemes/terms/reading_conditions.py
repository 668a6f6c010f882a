"""From the document to the conditions of a coverage."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from schemes.terms.bands import EDGES, UNIT_OF, read_bounds
from schemes.terms.conditions import (
    AgeCondition,
    AnyCondition,
    Applies,
    Condition,
    RangeCondition,
    Term,
    ValueCondition,
    When,
    WindowCondition,
)
from schemes.terms.facts import Facts, fact_of_type
from schemes.terms.figures import Figure
from schemes.terms.model import Fact
from schemes.terms.nodes import Cursor, Section

TERM_UNITS = ("days", "months", "years")
_COMMON = ("interpretation", "when", "unless")
_MEASURED = ("money", "count", "number", "age", "days", "date")


def read_condition(cursor: Cursor, facts: Facts) -> Condition:
    """One entry of `covered_when`, told apart by its first word."""
    names = [name for name, _ in cursor.entries()]
    for name, read in _READERS.items():
        if name in names:
            return read(cursor, facts)
    cursor.problem(f"条件写的是 {'、'.join(names) or '空'}", f"写有 {'、'.join(_READERS)} 之一", "请改正")
    return ValueCondition("", frozenset(), "", "")


def _common(section: Section, facts: Facts) -> dict[str, Any]:
    return {
        "otherwise": section.text("otherwise"),
        "clause": section.clause(),
        "interpretation": section.interpretation(),
        "applies": Applies(*(read_when(section[name], facts) if name in section else None for name in _COMMON[1:])),
    }


def _by_fact(cursor: Cursor, facts: Facts) -> Condition:
    section = cursor.section(("fact", "otherwise", "clause"), ("is", "one_of", *EDGES, *_COMMON))
    ways = ("is" in section) + ("one_of" in section) + any(edge in section for edge in EDGES)
    if ways != 1:
        cursor.problem(
            "条件没有写清", "在 is 与 one_of 中写一个，或写界限（at_least、above、at_most、below）", "请改正"
        )
    if any(edge in section for edge in EDGES):
        return _range(section, facts)
    fact = fact_of_type(section, "fact", facts, "choice", "yes_no")
    places = section.items("one_of") if "one_of" in section else [section["is"]] if "is" in section else []
    values = frozenset(value_at(place, facts[fact]) for place in places) if fact in facts else frozenset()
    return ValueCondition(fact, values, **_common(section, facts))


def _range(section: Section, facts: Facts) -> Condition:
    fact = fact_of_type(section, "fact", facts, *_MEASURED)
    bounds, text = read_bounds(section, UNIT_OF.get(facts[fact].type, "number") if fact in facts else "number")
    return RangeCondition(fact, bounds, text, **_common(section, facts))


def _by_age(cursor: Cursor, facts: Facts) -> Condition:
    section = cursor.section(("age_of", "on", "otherwise", "clause"), (*EDGES, *_COMMON))
    clause = section.clause()
    bounds = [_age(section[name], clause) if name in section else None for name in EDGES]
    _note_crossed_ages(cursor, dict(zip(EDGES, bounds, strict=True)))
    born, on = (fact_of_type(section, name, facts, "date") for name in ("age_of", "on"))
    at_least, above, at_most, below = bounds
    return AgeCondition(born, on, at_least, above, at_most, below, **_common(section, facts))


def _age(cursor: Cursor, clause: str) -> Figure:
    value, text = cursor.number("age")
    return Figure(value, text, clause)


def _note_crossed_ages(cursor: Cursor, bounds: Mapping[str, Figure | None]) -> None:
    lower = [bound for name in ("at_least", "above") if (bound := bounds[name])]
    upper = [bound for name in ("at_most", "below") if (bound := bounds[name])]
    if len(lower) > 1 or len(upper) > 1 or not (lower or upper):
        cursor.problem("年龄界限没有写清", "下限、上限各至多写一个，且至少有一个", "请改正")
    elif lower and upper and _first_age(bounds) > _last_age(bounds):
        found = f"下限 {lower[0].text} 大于上限 {upper[0].text}，或之间没有周岁"
        cursor.problem(found, "下限不大于上限", "请核对通知")


def _first_age(bounds: Mapping[str, Figure | None]) -> Decimal:
    at_least, above = bounds["at_least"], bounds["above"]
    return at_least.value if at_least else above.value + 1 if above else Decimal(0)


def _last_age(bounds: Mapping[str, Figure | None]) -> Decimal:
    at_most, below = bounds["at_most"], bounds["below"]
    return at_most.value if at_most else below.value - 1 if below else Decimal("Infinity")


def _by_window(cursor: Cursor, facts: Facts) -> Condition:
    section = cursor.section(("day", "after", "otherwise", "clause"), ("within", "beyond", *_COMMON))
    if ("within" in section) == ("beyond" in section):
        cursor.problem("期限没有写清", "在 within（之内）与 beyond（期满之后，如等待期）中写一个", "请改正")
    inside = "within" in section
    term = read_term(section["within" if inside else "beyond"]) if inside or "beyond" in section else _no_term(section)
    day, after = (fact_of_type(section, name, facts, "date") for name in ("day", "after"))
    return WindowCondition(day, after, term, inside, **_common(section, facts))


def read_term(cursor: Cursor) -> Term:
    """`{months: {value: "1", clause: …}}`."""
    section = cursor.section((), TERM_UNITS)
    units = [unit for unit in TERM_UNITS if unit in section]
    if len(units) != 1:
        cursor.problem("期限没有写清", f"在 {'、'.join(TERM_UNITS)} 中写一个", "请改正")
        return _no_term(section)
    return Term(section.figure(units[0], "count"), units[0])


def _no_term(section: Section) -> Term:
    value, text = section.cursor.nothing()
    return Term(Figure(value, text, ""), TERM_UNITS[0])


def _any(cursor: Cursor, facts: Facts) -> Condition:
    section = cursor.section(("any_of", "otherwise", "clause"), _COMMON)
    conditions = tuple(read_condition(item, facts) for item in section.items("any_of"))
    for item, condition in zip(section.items("any_of"), conditions, strict=True):
        if condition.applies.needs:
            item.problem("any_of 里的条件写了 when 或 unless", "写在 any_of 旁边", "请移到外面，或分成两条")
    return AnyCondition(conditions, **_common(section, facts))


def read_when(cursor: Cursor, facts: Facts) -> When | None:
    """`{event: accident_death}`, `{event: [accident_death, burn]}`, `{renewed: true}`."""
    entries = list(cursor.entries())
    if len(entries) > 1:
        cursor.problem("写了几个条件", "只写一个事实", "请分成几条，或用一个事实的几个选项")
    for name, place in entries:
        if name not in facts or facts[name].type not in ("choice", "yes_no"):
            place.problem(f"「{name}」不是已声明的选择项", "是 choice 或 yes_no 类型的事实", "请改正")
            return None
        places = place.items() if place.is_list() else [place]
        return When(name, frozenset(value_at(item, facts[name]) for item in places))
    return None


def value_at(cursor: Cursor, fact: Fact) -> str | bool:
    """An option's code, or true / false."""
    return cursor.flag() if fact.type == "yes_no" else cursor.one_of(fact.options, f"「{fact.label}」的选项")


_READERS: Mapping[str, Callable[[Cursor, Facts], Condition]] = {
    "fact": _by_fact,
    "age_of": _by_age,
    "day": _by_window,
    "any_of": _any,
}
CONDITIONS = tuple(_READERS)
