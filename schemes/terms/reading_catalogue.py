"""From the document to what coverages refer to by code: deadlines, routes, papers, payees, departments, stages."""

from collections.abc import Mapping
from dataclasses import dataclass

from calc.dates import DateRange
from schemes.terms.model import Deadline, Fact, Limit, Paper, Payee, Route, Stage
from schemes.terms.nodes import Cursor, Section

CLAIM_STEPS = ("reported", "accepted", "paid")
PAYEES = ("insured", "heir", "guardian", "head_of_household")
DAY_UNITS = ("working_days", "calendar_days")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What coverages refer to by code. `all_facts`: those of the claim and the states of the edition."""

    facts: Mapping[str, Fact]
    all_facts: Mapping[str, Fact]
    limits: Mapping[str, Limit]
    deadlines: Mapping[str, Deadline]
    routes: Mapping[str, Route]
    papers: Mapping[str, Paper]
    payees: Mapping[str, Payee]
    departments: Mapping[str, str]


def read_deadline(code: str, cursor: Cursor) -> Deadline:
    one = cursor.section(("label", "after", "until"), DAY_UNITS)
    units = [unit for unit in DAY_UNITS if unit in one]
    if len(units) != 1:
        cursor.problem("时限天数没有写清", "在 working_days 与 calendar_days 中写一个", "请改正")
    unit = units[0] if units else DAY_UNITS[0]
    after = one.one_of("after", CLAIM_STEPS, "案件的环节")
    until = one.one_of("until", CLAIM_STEPS, "案件的环节")
    if after in CLAIM_STEPS and until in CLAIM_STEPS and CLAIM_STEPS.index(until) <= CLAIM_STEPS.index(after):
        one["until"].problem(f"until 写的 {until} 不在 after 写的 {after} 之后", "是更晚的环节", "请核对")
    return Deadline(code, one.text("label"), after, until, unit, one.figure(unit, "count"))


def read_route(code: str, cursor: Cursor) -> Route:
    one = cursor.section(("label", "clause"), ("reasons", "steps", "interpretation"))
    reasons = one["reasons"].labels() if "reasons" in one else {}
    return Route(code, one.text("label"), one.clause(), reasons, one.texts("steps"), one.interpretation())


def read_papers(section: Section) -> dict[str, Paper]:
    if "papers" not in section:
        return {}
    papers = section["papers"].section(("clause", "labels"), ("interpretation",))
    papers.clause()
    papers.interpretation()
    labels = papers["labels"].labels() if "labels" in papers else {}
    return {code: Paper(code, label) for code, label in labels.items()}


def read_payees(section: Section) -> dict[str, Payee]:
    if "payees" not in section:
        return {}
    payees = section["payees"].section(("clause", "list"), ("interpretation",))
    payees.clause()
    payees.interpretation()
    found = {}
    for code, place in payees.entries("list"):
        if code not in PAYEES:
            place.problem(f"「{code}」不是已有的领款人", f"是 {'、'.join(PAYEES)} 之一", "请改正")
        one = place.section(("label", "proof"))
        found[code] = Payee(code, one.text("label"), one.text("proof"))
    return found


def read_departments(section: Section) -> dict[str, str]:
    """Certifying departments, code -> name."""
    if "departments" not in section:
        return {}
    one = section["departments"].section(("clause", "labels"), ("interpretation",))
    one.clause()
    one.interpretation()
    return one["labels"].labels() if "labels" in one else {}


def read_stages(section: Section) -> tuple[Stage, ...]:
    stages = []
    for item in section.items("stages"):
        one = item.section(("label", "first", "last", "clause"), ("interpretation",))
        one.interpretation()
        days = DateRange(one.day("first"), one.day("last"))
        if "last" in one and days.last < days.first:
            one["last"].problem(f"最后一天 {days.last} 早于第一天 {days.first}", "不早于第一天", "请核对")
        stages.append(Stage(one.text("label"), days, one.clause()))
    return tuple(stages)
