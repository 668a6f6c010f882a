"""From an edition's document to its terms, or to all that is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from calc.dates import DateRange
from schemes.terms.facts import read_facts_declared, read_states
from schemes.terms.model import EXCLUDING_LISTS, EditionTerms, Exclusion, Insured, Notice, NotTakingPart, Period
from schemes.terms.nodes import Cursor, Place, Reading, Section, compose
from schemes.terms.problems import Problem
from schemes.terms.reading_catalogue import (
    Catalogue,
    read_deadline,
    read_departments,
    read_papers,
    read_payees,
    read_route,
    read_stages,
)
from schemes.terms.reading_coverages import read_coverage
from schemes.terms.reading_examples import read_example
from schemes.terms.reading_limits import read_limit
from schemes.terms.reading_pools import read_insurers, read_pool, read_risk_sharing
from schemes.terms.reading_premiums import read_participation, read_premium, read_shares
from schemes.terms.reading_roster_steps import read_roster_steps
from schemes.terms.sense import note_nonsense
from schemes.terms.townships import note_townships
from schemes.terms.unused import note_unused

REQUIRED = (
    *("edition", "notice", "clauses", "period", "insured", "premium", "insurers"),
    *("facts", "routes", "papers", "payees", "coverages", "examples"),
)
OPTIONAL = (
    *("not_taking_part", "limits", "state", "departments", "payers", "shares", "pool", "risk_sharing"),
    *("participation", "stages", "roster_steps", "deadlines"),
)
_EDITION = ("code", "title", "short_title", "scheme_code", "scheme_name", "number_prefix", "place")


@dataclass(frozen=True, slots=True)
class Loaded:
    """`terms` is None where there is any problem. `places`: the numbers and days that a form may change."""

    terms: EditionTerms | None
    problems: tuple[Problem, ...]
    places: tuple[Place, ...] = ()


def load_document(
    text: str, name: str, townships: Mapping[str, Collection[str]] | None = None, *, checked: bool = False
) -> Loaded:
    """The terms in `text`; `name` is the file's name in the sentences.

    `townships`: those of the county, each with its other names (a notice may use an older one);
    where they are given, each must have one insurer or be named as not taking part.
    `checked`: a stored document, which has passed the check of its day; a check that was added since must not make
    old terms unreadable, so what is only seen once all is read is not looked for again.
    """
    reading = Reading(name)
    root = compose(text, reading)
    terms = _read(root, townships, checked=checked) if root else None
    # Some places are read twice, so a mistake may have been noted twice.
    problems = tuple(sorted(dict.fromkeys(reading.problems), key=lambda problem: problem.line))
    return Loaded(None if problems else terms, problems, tuple(dict.fromkeys(reading.places)))


def _read(root: Cursor, townships: Mapping[str, Collection[str]] | None, *, checked: bool) -> EditionTerms | None:
    section = root.section(REQUIRED, OPTIONAL)
    reading = root.reading
    if "clauses" in section:
        reading.clauses = section["clauses"].labels()
    insurers = read_insurers(section["insurers"]) if "insurers" in section else ()
    not_taking_part = _not_taking_part(section["not_taking_part"]) if "not_taking_part" in section else None
    if not checked:
        note_townships(section, insurers, not_taking_part, townships)
    catalogue = _catalogue(section)
    coverages = {code: read_coverage(code, place, catalogue) for code, place in section.entries("coverages")}
    if not checked:
        note_unused(section, coverages.values(), catalogue.limits)
    insured = _insured(section)
    edition, notice, period = _edition(section), _notice(section), _period(section)
    examples = tuple(read_example(item, coverages) for item in section.items("examples"))
    if "premium" not in section:
        return None
    premium = read_premium(section, roster=insured.roster)
    payers = section["payers"].labels() if "payers" in section else {}
    terms = EditionTerms(
        **edition,
        notice=notice,
        clauses=reading.clauses,
        period=period,
        insured=insured,
        premium=premium,
        insurers=insurers,
        not_taking_part=not_taking_part,
        facts=catalogue.facts,
        limits=catalogue.limits,
        deadlines=catalogue.deadlines,
        routes=catalogue.routes,
        papers=catalogue.papers,
        payees=catalogue.payees,
        coverages=coverages,
        examples=examples,
        state={code: fact for code, fact in catalogue.all_facts.items() if code not in catalogue.facts},
        departments=catalogue.departments,
        payers=payers,
        shares=read_shares(section, payers, premium),
        pool=read_pool(section, insurers),
        risk_sharing=read_risk_sharing(section),
        participation=read_participation(section),
        stages=read_stages(section),
        roster_steps=read_roster_steps(section, roster=insured.roster),
        all_interpretations=tuple(dict.fromkeys(reading.interpretations)),
        trials=tuple(dict.fromkeys(reading.trials)),
    )
    if not reading.problems and not checked:
        note_nonsense(section, terms)
    return terms


def _sub(section: Section, name: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Section:
    """A section of the document, or an empty stand-in where it is missing (which has been noted)."""
    return section[name].section(required, optional) if name in section else Section(section.cursor, {})


def _edition(section: Section) -> dict[str, str]:
    edition = _sub(section, "edition", _EDITION)
    place = edition.text("place")
    if place and not (len(place) == 12 and place.isascii() and place.isdigit()):
        edition["place"].problem(f"「{place}」不是区划代码", "是12位数字", "请核对区划代码")
    return {name: edition.text(name) for name in _EDITION}


def _notice(section: Section) -> Notice:
    notice = _sub(section, "notice", ("title", "number", "issued_on", "issuer"))
    return Notice(notice.text("title"), notice.text("number"), notice.day("issued_on"), notice.text("issuer"))


def _period(section: Section) -> Period:
    period = _sub(section, "period", ("first", "last", "clause"), ("interpretation", "trial"))
    days = DateRange(period.day("first"), period.day("last"))
    if "last" in period and days.last < days.first:
        period["last"].problem(f"最后一天 {days.last} 早于第一天 {days.first}", "不早于第一天", "请核对")
    trial = period.flag("trial")
    clause = period.clause()
    if trial:
        period.cursor.note_trial(str(days), clause)
    period.interpretation(trial=trial)
    return Period(days, clause, trial)


def _insured(section: Section) -> Insured:
    insured = _sub(section, "insured", ("roster", "who", "clause"), ("persons", "excludes", "interpretation"))
    insured.interpretation()
    return Insured(
        roster=insured.flag("roster"),
        who=insured.text("who"),
        persons=insured.optional_figure("persons", "count"),
        excludes=_excludes(insured),
        clause=insured.clause(),
    )


def _excludes(insured: Section) -> tuple[Exclusion, ...]:
    if "excludes" not in insured:
        return ()
    found: dict[str, Exclusion] = {}
    for place in insured.items("excludes"):
        one = place.section(("list", "clause"))
        kind = one.one_of("list", tuple(EXCLUDING_LISTS), "已有的名单")
        if kind in found:
            place.problem(f"名单 {kind} 写了两遍", "只写一次", "请删去一处")
        found[kind] = Exclusion(kind, one.clause())
    if not insured.flag("roster"):
        insured["excludes"].problem("没有名册，却写了不参保的名单", "只写在有名册的方案里", "请删去")
    return tuple(found.values())


def _not_taking_part(cursor: Cursor) -> NotTakingPart | None:
    section = cursor.section(("townships", "clause", "interpretation"))
    interpretation = section.interpretation()
    townships, clause = section.texts("townships"), section.clause()
    return NotTakingPart(townships, clause, interpretation) if interpretation else None


def _catalogue(section: Section) -> Catalogue:
    facts = read_facts_declared(section)
    state = read_states(section, facts)
    return Catalogue(
        facts=facts,
        all_facts={**facts, **state},
        limits={code: read_limit(code, place, facts, state) for code, place in section.entries("limits")},
        deadlines={code: read_deadline(code, place) for code, place in section.entries("deadlines")},
        routes={code: read_route(code, place) for code, place in section.entries("routes")},
        papers=read_papers(section),
        payees=read_payees(section),
        departments=read_departments(section),
    )
