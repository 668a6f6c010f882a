"""The facts that an edition declares: what a claim may state, what follows from it, and how the edition stands."""

from collections.abc import Mapping

from schemes.terms.model import Fact
from schemes.terms.nodes import Cursor, Section

STATED = ("date", "money", "count", "number", "yes_no", "choice", "text", "payers", "disability")
DERIVED = ("age", "days")
STATES = ("money", "count", "number", "yes_no", "choice", "date")
RESERVED = ("balance",)
MOST_GRADES = 20

Facts = Mapping[str, Fact]
_OF_STATE = ("multiple_of",)  # how the edition stands, not what a claim states
_TEXTS = ("label", "hint", "group", "unit", "not_before")


def read_facts_declared(section: Section) -> dict[str, Fact]:
    """The facts of a claim by code, in the order of the form."""
    facts = {code: _fact(code, place) for code, place in section.entries("facts")}
    for code, place in section.entries("facts"):
        _note_days(place, facts[code], facts)
    return facts


def read_states(section: Section, facts: Facts) -> dict[str, Fact]:
    """How the edition stands as a whole: total premium, a declared disaster. Nobody states them with a claim."""
    states = {}
    for code, place in section.entries("state"):
        one = place.section(("label", "type"), ("options", "hint", "unit"))
        kind = one.one_of("type", STATES, "已有的类型")
        if code in facts:
            place.problem(f"「{code}」在 facts 里也有", "是另一个名称", "请改名")
        options = _options(one, place, kind)
        states[code] = Fact(code, one.text("label"), kind, options, hint=one.text("hint"), unit=one.text("unit"))
    return states


def _fact(code: str, place: Cursor) -> Fact:
    one = place.section(("label", "type"), ("options", "of", "on", "grades", *_TEXTS[1:]))
    kind = one.one_of("type", (*STATED, *DERIVED), "已有的事实类型")
    if code in RESERVED:
        place.problem(f"「{code}」是保留的名称", "是别的名称", "请改名")
    if kind in STATED and "group" not in one:
        place.problem("缺少 group", "写明表单上的分组，例如 事故", "请补上")
    if (kind in DERIVED) != ("of" in one and "on" in one) or (kind not in DERIVED and ("of" in one or "on" in one)):
        place.problem("of、on 与类型对不上", "age、days 写 of（从哪天）和 on（到哪天），别的类型不写", "请补上或删去")
    label, hint, group, unit, not_before = (one.text(name) for name in _TEXTS)
    options = _options(one, place, kind)
    return Fact(code, label, kind, options, hint, group, unit, not_before, one.text("of"), one.text("on"), _grades(one))


def _options(one: Section, place: Cursor, kind: str) -> dict[str, str]:
    if (kind in ("choice", "payers")) != ("options" in one):
        place.problem("选项 options 与类型对不上", "只在 choice、payers 类型写 options", "请补上或删去")
    return one["options"].labels() if "options" in one else {}


def _grades(one: Section) -> int:
    if "grades" not in one:
        return 10
    count = int(one["grades"].number("count")[0])
    if not 1 <= count <= MOST_GRADES:
        one["grades"].problem(f"等级数是 {count}", f"是 1 到 {MOST_GRADES}", "请核对")
        return 10
    return count


def _note_days(place: Cursor, fact: Fact, facts: Facts) -> None:
    for name in filter(None, (fact.not_before, fact.of, fact.on)):
        if name not in facts or facts[name].type != "date" or name == fact.code:
            key = "not_before" if name == fact.not_before else "of、on"
            place.problem(f"{key} 写的「{name}」不是日期", "是另一个 date 类型的事实", "请改正")


def fact_of_type(section: Section, name: str, facts: Facts, *types: str) -> str:
    """The code of a declared fact of one of these types; anything else is noted."""
    if name in _OF_STATE and not facts and (place := section.get(name)):
        found = f"{name} 只能用 state 里声明的，「{place.text()}」不是"
        place.problem(found, "先在 state 里写明（本方案没有 state）", "请加上 state，或删去这一行")
        return place.text()
    code = section.one_of(name, facts, "已声明的事实（只看 state）" if name in _OF_STATE else "已声明的事实")
    if code in facts and facts[code].type not in types and facts[code].type in (*STATED, *DERIVED):
        found = f"「{code}」的类型是 {facts[code].type}"
        section[name].problem(found, f"是 {'、'.join(types)} 类型的事实", "请改用别的事实或改正类型")
    return code
