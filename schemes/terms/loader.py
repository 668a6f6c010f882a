"""From an edition's document to its terms, or to all that is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from calc.dates import DateRange
from schemes.terms.figures import Figure
from schemes.terms.model import (
    Deadline,
    EditionTerms,
    Fact,
    Insured,
    Insurer,
    Limit,
    Notice,
    NotTakingPart,
    Paper,
    Payee,
    Period,
    Premium,
    Route,
)
from schemes.terms.nodes import Cursor, Place, Reading, Section, compose
from schemes.terms.problems import Problem
from schemes.terms.reading_benefits import fact_of_type
from schemes.terms.reading_coverages import Catalogue, read_coverage
from schemes.terms.reading_examples import read_example
from schemes.terms.townships import note_townships
from schemes.terms.unused import note_unused

FACT_TYPES = ("date", "money", "count", "yes_no", "choice", "text", "payers", "disability")
LIMITS_PER = ("person", "house", "household", "claim", "edition")
CLAIM_STEPS = ("reported", "accepted", "paid")
PAYEES = ("insured", "heir", "guardian", "head_of_household")
DAY_UNITS = ("working_days", "calendar_days")

_REQUIRED = (
    *("edition", "notice", "clauses", "period", "insured", "premium", "insurers"),
    *("facts", "deadlines", "routes", "papers", "payees", "coverages", "examples"),
)
_OPTIONAL = ("not_taking_part", "limits")


@dataclass(frozen=True, slots=True)
class Loaded:
    """`terms` is None where there is any problem. `places`: the numbers and days that a form may change."""

    terms: EditionTerms | None
    problems: tuple[Problem, ...]
    places: tuple[Place, ...] = ()


def load_document(text: str, name: str, townships: Mapping[str, Collection[str]] | None = None) -> Loaded:
    """The terms in `text`; `name` is the file's name in the sentences.

    `townships`: those of the county, each with its other names (a notice may use an older one);
    where they are given, each must have one insurer or be named as not taking part.
    """
    reading = Reading(name)
    root = compose(text, reading)
    terms = _read(root, townships) if root else None
    # Some places are read twice, so a mistake may have been noted twice.
    problems = tuple(sorted(dict.fromkeys(reading.problems), key=lambda problem: problem.line))
    return Loaded(None if problems else terms, problems, tuple(dict.fromkeys(reading.places)))


def _read(root: Cursor, townships: Mapping[str, Collection[str]] | None) -> EditionTerms:
    section = root.section(_REQUIRED, _OPTIONAL)
    if "clauses" in section:
        root.reading.clauses = section["clauses"].labels()
    insurers = _insurers(section["insurers"]) if "insurers" in section else ()
    not_taking_part = _not_taking_part(section["not_taking_part"]) if "not_taking_part" in section else None
    note_townships(section, insurers, not_taking_part, townships)
    catalogue = _catalogue(section)
    coverages = {code: read_coverage(code, place, catalogue) for code, place in section.entries("coverages")}
    note_unused(section, coverages.values())
    return EditionTerms(
        **_edition(section),
        notice=_notice(section),
        clauses=root.reading.clauses,
        period=_period(section),
        insured=_insured(section),
        premium=_premium(section),
        insurers=insurers,
        not_taking_part=not_taking_part,
        facts=catalogue.facts,
        limits=catalogue.limits,
        deadlines=catalogue.deadlines,
        routes=catalogue.routes,
        papers=catalogue.papers,
        payees=catalogue.payees,
        coverages=coverages,
        examples=tuple(read_example(item, coverages) for item in section.items("examples")),
        all_interpretations=tuple(root.reading.interpretations),
    )


def _sub(section: Section, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Section:
    """A section of the document, or an empty stand-in where it is missing (which has been noted)."""
    return section[name].section(required, optional) if name in section else Section(section.cursor, {})


def _edition(section: Section) -> dict[str, str]:
    required = ("code", "title", "short_title", "scheme_code", "scheme_name", "number_prefix", "place")
    edition = _sub(section, "edition", required)
    place = edition.text("place")
    if place and not (len(place) == 12 and place.isdigit()):
        edition["place"].problem(f"「{place}」不是区划代码", "是12位数字", "请核对区划代码")
    return {name: edition.text(name) for name in required}


def _notice(section: Section) -> Notice:
    notice = _sub(section, "notice", ("title", "number", "issued_on", "issuer"))
    return Notice(notice.text("title"), notice.text("number"), notice.day("issued_on"), notice.text("issuer"))


def _period(section: Section) -> Period:
    period = _sub(section, "period", ("first", "last", "clause"), ("interpretation",))
    days = DateRange(period.day("first"), period.day("last"))
    if "last" in period and days.last < days.first:
        period["last"].problem(f"最后一天 {days.last} 早于第一天 {days.first}", "不早于第一天", "请核对")
    period.interpretation()
    return Period(days, period.clause())


def _insured(section: Section) -> Insured:
    insured = _sub(section, "insured", ("roster", "who", "clause"), ("persons", "interpretation"))
    insured.interpretation()
    return Insured(
        roster=insured.flag("roster"),
        who=insured.text("who"),
        persons=insured.optional_figure("persons", "count"),
        clause=insured.clause(),
    )


def _premium(section: Section) -> Premium:
    premium = _sub(section, "premium", ("basis", "rate"))
    return Premium(premium.one_of("basis", ("person",), "已有的计费方式"), premium.figure("rate", "money"))


def _insurers(cursor: Cursor) -> tuple[Insurer, ...]:
    keys = ("name", "short_name", "hotline", "townships", "clause")
    insurers = []
    for item in cursor.items():
        one = item.section(keys)
        texts = (one.text("name"), one.text("short_name"), one.text("hotline"))
        insurers.append(Insurer(*texts, one.texts("townships"), one.clause()))
    return tuple(insurers)


def _not_taking_part(cursor: Cursor) -> NotTakingPart | None:
    section = cursor.section(("townships", "clause", "interpretation"))
    interpretation = section.interpretation()
    townships, clause = section.texts("townships"), section.clause()
    return NotTakingPart(townships, clause, interpretation) if interpretation else None


def _catalogue(section: Section) -> Catalogue:
    facts = _facts(section)
    return Catalogue(
        facts=facts,
        limits={code: _limit(code, place, facts) for code, place in section.entries("limits")},
        deadlines={code: _deadline(code, place) for code, place in section.entries("deadlines")},
        routes={code: _route(code, place) for code, place in section.entries("routes")},
        papers=_papers(section),
        payees=_payees(section),
    )


def _facts(section: Section) -> dict[str, Fact]:
    facts = {}
    for code, place in section.entries("facts"):
        one = place.section(("label", "type", "group"), ("options", "hint", "unit", "not_before"))
        kind = one.one_of("type", FACT_TYPES, "已有的事实类型")
        if (kind in ("choice", "payers")) != ("options" in one):
            place.problem("选项 options 与类型对不上", "只在 choice、payers 类型写 options", "请补上或删去")
        options = one["options"].labels() if "options" in one else {}
        texts = {name: one.text(name) for name in ("label", "hint", "group", "unit", "not_before")}
        facts[code] = Fact(code=code, type=kind, options=options, **texts)
    for code, place in section.entries("facts"):
        other = facts[code].not_before
        if other and (other not in facts or {facts[other].type, facts[code].type} != {"date"}):
            place.problem(f"not_before 写的「{other}」不是日期", "是另一个 date 类型的事实", "请改正")
    return facts


def _limit(code: str, cursor: Cursor, facts: Mapping[str, Fact]) -> Limit:
    one = cursor.section(("label", "per", "clause"), ("amount", "by", "amounts", "interpretation"))
    if ("amount" in one) == ("amounts" in one) or ("amounts" in one) != ("by" in one):
        cursor.problem("限额没有写清", "写一个 amount，或写 by 和 amounts", "请改正")
    by = fact_of_type(one, "by", facts, "choice")
    return Limit(
        code=code,
        label=one.text("label"),
        per=one.one_of("per", LIMITS_PER, "已有的限额范围"),
        clause=one.clause(),
        by=by,
        amount=one.optional_figure("amount", "money"),
        amounts=_amounts(one, facts[by]) if by in facts else {},
        interpretation=one.interpretation(),
    )


def _amounts(one: Section, fact: Fact) -> dict[str, Figure]:
    amounts = {}
    for code, place in one.entries("amounts"):
        if code not in fact.options:
            expected = f"是 {'、'.join(fact.options)} 之一"
            place.problem(f"「{code}」不是「{fact.label}」的选项", expected, "请改正")
        amounts[code] = place.figure("money")
    missing = [label for code, label in fact.options.items() if code not in amounts]
    if missing and "amounts" in one:
        one["amounts"].problem(f"「{'、'.join(missing)}」没有限额", "给每个选项写限额", "请按通知补上")
    return amounts


def _deadline(code: str, cursor: Cursor) -> Deadline:
    one = cursor.section(("label", "after", "until"), DAY_UNITS)
    units = [unit for unit in DAY_UNITS if unit in one]
    if len(units) != 1:
        cursor.problem("时限天数没有写清", "在 working_days 与 calendar_days 中写一个", "请改正")
    unit = units[0] if units else DAY_UNITS[0]
    after = one.one_of("after", CLAIM_STEPS, "案件的环节")
    until = one.one_of("until", CLAIM_STEPS, "案件的环节")
    return Deadline(code, one.text("label"), after, until, unit, one.figure(unit, "count"))


def _route(code: str, cursor: Cursor) -> Route:
    one = cursor.section(("label", "clause"), ("reasons", "interpretation"))
    reasons = one["reasons"].labels() if "reasons" in one else {}
    return Route(code, one.text("label"), one.clause(), reasons, one.interpretation())


def _papers(section: Section) -> dict[str, Paper]:
    papers = _sub(section, "papers", ("clause", "labels"), ("interpretation",))
    papers.clause()
    papers.interpretation()
    labels = papers["labels"].labels() if "labels" in papers else {}
    return {code: Paper(code, label) for code, label in labels.items()}


def _payees(section: Section) -> dict[str, Payee]:
    payees = _sub(section, "payees", ("clause", "list"), ("interpretation",))
    payees.clause()
    payees.interpretation()
    found = {}
    for code, place in payees.entries("list"):
        if code not in PAYEES:
            place.problem(f"「{code}」不是已有的领款人", f"是 {'、'.join(PAYEES)} 之一", "请改正")
        one = place.section(("label", "proof"))
        found[code] = Payee(code, one.text("label"), one.text("proof"))
    return found
