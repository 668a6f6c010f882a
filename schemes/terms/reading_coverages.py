"""From the document to the coverages, with what they ask for, want and allow."""

from collections.abc import Mapping

from schemes.terms.amounts import read_amount
from schemes.terms.benefits import ByChoice
from schemes.terms.facts import fact_of_type
from schemes.terms.model import Coverage, Fact, FollowOn, Frequency, Listed, Settles
from schemes.terms.nodes import Cursor, Section
from schemes.terms.reading_benefits import read_benefit
from schemes.terms.reading_catalogue import Catalogue
from schemes.terms.reading_conditions import read_condition, read_term, read_when
from schemes.terms.using import codes_used, stated

FREQUENCY_PER = ("person", "household", "accident")
_REQUIRED = (
    "label",
    "clause",
    "words",
    "decided_by",
    "route",
    "asks",
    "pays",
    "papers",
    "payees",
)
_OPTIONAL = (
    "marks",
    "covered_when",
    "limits",
    "interpretations",
    "deadlines",
    "certified_by",
    "follow_on",
    "settles",
    "at_most_paid",
)


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
        conditions=tuple(read_condition(item, facts) for item in section.items("covered_when")),
        benefit=read_benefit(section["pays"], catalogue.all_facts) if "pays" in section else ByChoice("", {}, "", ""),
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
        certified_by=_codes(section, "certified_by", catalogue.departments, "已声明的认定部门"),
        follow_on=_follow_on(section["follow_on"], catalogue) if "follow_on" in section else None,
        settles=_settles(section["settles"]) if "settles" in section else None,
        frequency=_frequency(section["at_most_paid"]) if "at_most_paid" in section else None,
    )
    _note_words(section, coverage)
    _note_facts_not_asked(section, coverage, catalogue)
    return coverage


def _codes(section: Section, name: str, known: Mapping[str, object], what: str) -> tuple[str, ...]:
    codes: list[str] = []
    for item in section.items(name):
        code = item.one_of(known, what)
        if code in codes:
            item.problem(f"「{code}」列了两遍", "只列一次", "请删去一处")
        codes.append(code)
    return tuple(codes)


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
        when=read_when(section["when"], facts) if "when" in section else None,
    )


def _follow_on(cursor: Cursor, catalogue: Catalogue) -> FollowOn:
    required = ("label", "clause", "after", "reached", "day", "within", "amount", "limits")
    section = cursor.section(required, ("same_accident", "interpretation"))
    return FollowOn(
        label=section.text("label"),
        clause=section.clause(),
        after=section.texts("after"),
        reached=section.figure("reached", "money"),
        same_accident=section.flag("same_accident", default=True),
        day=fact_of_type(section, "day", catalogue.facts, "date"),
        term=read_term(section.get("within") or cursor),
        amount=read_amount(section, "amount", "money", catalogue.facts),
        limits=_codes(section, "limits", catalogue.limits, "已声明的限额"),
        interpretation=section.interpretation(),
    )


def _settles(cursor: Cursor) -> Settles:
    section = cursor.section(("coverages", "clause"), ("label", "interpretation"))
    section.interpretation()
    return Settles(section.texts("coverages"), section.clause(), section.text("label"))


def _frequency(cursor: Cursor) -> Frequency:
    section = cursor.section(("times", "per"))
    return Frequency(section.figure("times", "count"), section.one_of("per", FREQUENCY_PER, "已有的范围"))


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
    for code in dict.fromkeys(stated(codes_used(coverage, catalogue.limits), catalogue.facts)):
        if code in catalogue.facts and code not in asked:
            label = catalogue.facts[code].label
            section["asks"].problem(f"用到的「{label}」（{code}）没有列入", "列出用到的每个事实", "请加上")
    for entry, place in zip(coverage.asks, section.items("asks"), strict=True):
        if entry.code in catalogue.facts and catalogue.facts[entry.code].sources:
            place.problem(f"「{entry.code}」由别的事实算出", "只列填报的事实", "请删去，列出它的 of 和 on")
