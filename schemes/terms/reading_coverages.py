"""From the document to the coverages, with what they ask for, want and allow."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemes.terms.benefits import ByChoice
from schemes.terms.figures import Figure
from schemes.terms.model import (
    AgeCondition,
    Condition,
    Coverage,
    Deadline,
    Fact,
    Limit,
    Listed,
    Paper,
    Payee,
    Route,
    ValueCondition,
    When,
)
from schemes.terms.nodes import Cursor, Section
from schemes.terms.reading_benefits import fact_of_type, read_benefit

_AGE_BOUNDS = ("at_least", "above", "at_most", "below")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What coverages refer to by code."""

    facts: Mapping[str, Fact]
    limits: Mapping[str, Limit]
    deadlines: Mapping[str, Deadline]
    routes: Mapping[str, Route]
    papers: Mapping[str, Paper]
    payees: Mapping[str, Payee]


_REQUIRED = (
    "label",
    "clause",
    "words",
    "decided_by",
    "route",
    "asks",
    "pays",
    "deadlines",
    "papers",
    "payees",
)
_OPTIONAL = ("marks", "covered_when", "limits", "interpretations")


def read_coverage(code: str, cursor: Cursor, catalogue: Catalogue) -> Coverage:
    section = cursor.section(_REQUIRED, _OPTIONAL)
    facts = catalogue.facts
    coverage = Coverage(
        code=code,
        label=section.text("label"),
        clause=section.clause(),
        words=section.text("words"),
        marks=section.texts("marks"),
        decided_by=fact_of_type(section, "decided_by", facts, "date"),
        route=section.one_of("route", catalogue.routes, "已声明的报案方式"),
        asks=_listed(section, "asks", "fact", facts, facts),
        conditions=tuple(_condition(item, facts) for item in section.items("covered_when")),
        benefit=read_benefit(section["pays"], facts) if "pays" in section else ByChoice("", {}, "", ""),
        limits=_codes(section, "limits", catalogue.limits, "已声明的限额"),
        deadlines=tuple(
            catalogue.deadlines[name]
            for name in _codes(section, "deadlines", catalogue.deadlines, "已声明的时限")
            if name in catalogue.deadlines
        ),
        papers=_listed(section, "papers", "paper", catalogue.papers, facts),
        payees=_listed(section, "payees", "payee", catalogue.payees, facts),
        interpretations=tuple(
            reading for item in section.items("interpretations") if (reading := item.reading_of(section.clause()))
        ),
    )
    _note_words(section, coverage)
    _note_facts_not_asked(section, coverage, catalogue)
    return coverage


def _codes(section: Section, name: str, known: Mapping[str, object], what: str) -> tuple[str, ...]:
    return tuple(item.one_of(known, what) for item in section.items(name))


def _listed(
    section: Section, name: str, key: str, known: Mapping[str, object], facts: Mapping[str, Fact]
) -> tuple[Listed, ...]:
    listed = tuple(_entry(item, key, known, facts) for item in section.items(name))
    seen: set[str] = set()
    for item, entry in zip(section.items(name), listed, strict=True):
        if entry.code in seen and entry.when is None:
            item.problem(f"「{entry.code}」列了两遍", "只列一次", "请删去一处")
        seen.add(entry.code)
    return listed


def _entry(cursor: Cursor, key: str, known: Mapping[str, object], facts: Mapping[str, Fact]) -> Listed:
    """Just a code, or `{fact: code, required: false, when: {event: accident_death}}`."""
    if not cursor.is_mapping():
        return Listed(cursor.one_of(known, "已声明的"), required=True, when=None)
    section = cursor.section((key,), ("required", "when"))
    return Listed(
        code=section.one_of(key, known, "已声明的"),
        required=section.flag("required", default=True),
        when=_when(section["when"], facts) if "when" in section else None,
    )


def _when(cursor: Cursor, facts: Mapping[str, Fact]) -> When | None:
    for name, place in cursor.entries():
        if name not in facts or facts[name].type != "choice":
            place.problem(f"「{name}」不是已声明的选择项", "是 choice 类型的事实", "请改正")
            return None
        return When(name, frozenset(_option(item, facts[name]) for item in _one_or_more(place)))
    return None


def _one_or_more(cursor: Cursor) -> list[Cursor]:
    return cursor.items() if cursor.is_list() else [cursor]


def _option(cursor: Cursor, fact: Fact) -> str:
    return cursor.one_of(fact.options, f"「{fact.label}」的选项")


def _condition(cursor: Cursor, facts: Mapping[str, Fact]) -> Condition:
    if any(name == "age_of" for name, _ in cursor.entries()):
        return _age_condition(cursor, facts)
    section = cursor.section(("fact", "otherwise", "clause"), ("is", "one_of", "interpretation"))
    fact = fact_of_type(section, "fact", facts, "choice", "yes_no")
    if ("is" in section) == ("one_of" in section):
        cursor.problem("条件没有写清", "在 is 与 one_of 中写一个", "请改正")
    places = section.items("one_of") if "one_of" in section else [section["is"]] if "is" in section else []
    return ValueCondition(
        fact=fact,
        values=frozenset(_value(place, facts[fact]) for place in places) if fact in facts else frozenset(),
        otherwise=section.text("otherwise"),
        clause=section.clause(),
        interpretation=section.interpretation(),
    )


def _value(cursor: Cursor, fact: Fact) -> str | bool:
    return cursor.flag() if fact.type == "yes_no" else _option(cursor, fact)


def _age_condition(cursor: Cursor, facts: Mapping[str, Fact]) -> AgeCondition:
    section = cursor.section(("age_of", "on", "otherwise", "clause"), (*_AGE_BOUNDS, "interpretation"))
    clause = section.clause()
    bounds = {name: _bound(section[name], clause) if name in section else None for name in _AGE_BOUNDS}
    _note_overlapping_bounds(cursor, bounds)
    return AgeCondition(
        born=fact_of_type(section, "age_of", facts, "date"),
        on=fact_of_type(section, "on", facts, "date"),
        otherwise=section.text("otherwise"),
        clause=clause,
        interpretation=section.interpretation(),
        **bounds,
    )


def _bound(cursor: Cursor, clause: str) -> Figure:
    value, text = cursor.number("age")
    return Figure(value, text, clause)


def _note_overlapping_bounds(cursor: Cursor, bounds: Mapping[str, Figure | None]) -> None:
    lower = [bound for name in ("at_least", "above") if (bound := bounds[name])]
    upper = [bound for name in ("at_most", "below") if (bound := bounds[name])]
    if len(lower) > 1 or len(upper) > 1 or not (lower or upper):
        cursor.problem("年龄界限没有写清", "下限、上限各至多写一个，且至少有一个", "请改正")
    elif lower and upper and lower[0].value > upper[0].value:
        found = f"下限 {lower[0].text} 大于上限 {upper[0].text}"
        cursor.problem(found, "下限不大于上限", "请核对通知")


def _note_words(section: Section, coverage: Coverage) -> None:
    """`words` is quoted from the clause word by word; 「……」 stands for what is left out."""
    if "words" not in section or coverage.clause not in section.cursor.reading.clauses:
        return
    rest = section.cursor.reading.clauses[coverage.clause]
    for part in filter(None, coverage.words.split("……")):
        if part not in rest:
            section["words"].problem(f"「{part[:20]}」在条款里找不到", "照抄原文", "请核对原文，省略处写「……」")
            return
        rest = rest.split(part, 1)[1]
    for mark, place in zip(coverage.marks, section.items("marks"), strict=True):
        if mark not in coverage.words:
            place.problem(f"「{mark}」不在 words 里", "是 words 中的字句", "请改正")


def _note_facts_not_asked(section: Section, coverage: Coverage, catalogue: Catalogue) -> None:
    if "asks" not in section:
        return
    asked = {entry.code for entry in coverage.asks}
    for code in dict.fromkeys(facts_used(coverage, catalogue.limits)):
        if code in catalogue.facts and code not in asked:
            label = catalogue.facts[code].label
            section["asks"].problem(f"用到的「{label}」（{code}）没有列入", "列出用到的每个事实", "请加上")


def facts_used(coverage: Coverage, limits: Mapping[str, Limit]) -> list[str]:
    """Codes of the facts that decide or enter the sum."""
    used = [coverage.decided_by]
    for condition in coverage.conditions:
        used.extend(condition.needs)
    benefit = coverage.benefit
    singles = benefit.cases.values() if isinstance(benefit, ByChoice) else (benefit,)
    if isinstance(benefit, ByChoice):
        used.append(benefit.fact)
    for single in singles:
        used.extend(single.uses)
    used.extend(limits[code].by for code in coverage.limits if code in limits and limits[code].by)
    return used
